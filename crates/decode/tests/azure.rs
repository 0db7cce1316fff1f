//! Files with records of the Azure Activity Log, and what comes out of them.

use decode::{Caps, Decoded, Wanted, Which};
use model::{Action, Field, Outcome, Selection, VendorProduct};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

const VM: &str = "Microsoft.Compute/virtualMachines/write";
const TIME: &str = "2026-03-02T10:15:30.1234567Z";

fn decode(content: &[u8], which: Which) -> Decoded {
    let wanted = Wanted { which, instances: true, until: None };
    let decoded = decode::decode("file", content, &wanted, &Caps::default());
    let records = decoded.records;
    assert_eq!(records.read, records.kept + records.filtered + records.rejected);
    assert_eq!(records.kept, decoded.events.len() as u64);
    decoded
}

fn everything(records: &[Value]) -> Decoded {
    decode(lines(records).as_bytes(), Which::Everything)
}

fn lines(records: &[Value]) -> String {
    records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn launches() -> Selection {
    let one = |value: &str| [value.to_owned()].into();
    Selection::new([(Field::Action, one("created")), (Field::ObjectCategory, one("instance"))])
}

fn resource(name: &str) -> String {
    format!("/subscriptions/S-1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/{name}")
}

fn record(operation: &str, status: &str, properties: &Value) -> Value {
    json!({"eventTimestamp": TIME, "operationName": {"value": operation}, "status": {"value": status},
        "category": {"value": "Administrative"}, "resourceId": resource("web-1"), "correlationId": "c-1",
        "eventDataId": format!("{operation}-{status}"), "properties": properties})
}

#[test]
fn coverage_counts_in_the_form_of_the_events() {
    let rest = record(VM, "Succeeded", &json!({}));
    let hub = json!({"time": "2026-03-02T11:00:00Z", "operationName": VM.to_uppercase(), "category": "Administrative",
        "resourceId": resource("web-1").to_uppercase(), "resultType": "Success", "location": "West Europe"});
    let other = record("Contoso.Shop/Carts/write", "Succeeded", &json!({}));
    for which in [Which::Everything, Which::commands([VM]), Which::Region("westeurope".into())] {
        let decoded = decode(lines(&[rest.clone(), hub.clone(), other.clone()]).as_bytes(), which);
        let covered = decoded.coverage.product(VendorProduct::AzureActivityLog).unwrap();
        let commands: Vec<_> = covered.commands().map(|(command, span)| (command, span.records)).collect();
        assert_eq!(commands, [("Contoso.Shop/Carts/write", 1), (VM, 2)]);
        let places: Vec<_> = covered.iter().map(|(account, region, span)| (account, region, span.records)).collect();
        assert_eq!(places, [("s-1", "", 2), ("s-1", "westeurope", 1)]);
    }
}

#[test]
fn a_region_is_found_in_a_body() {
    let body = |region: &str| json!({"responseBody": json!({"location": region}).to_string()});
    let records = [record(VM, "Accepted", &body("West Europe")), record(VM, "Accepted", &body("eastus"))];
    let decoded = decode(lines(&records).as_bytes(), Which::Region("westeurope".into()));
    assert_eq!((decoded.records.kept, decoded.records.filtered), (1, 1));
    assert_eq!(decoded.events[0].vendor_region.as_deref(), Some("westeurope"));
}

#[test]
fn a_selection_of_launches_keeps_the_launches_of_azure() {
    let policy = json!({"eventTimestamp": TIME, "operationName": {"value": "Microsoft.Authorization/policies/audit/action"},
        "authorization": {"action": VM}, "category": {"value": "Policy"}, "properties": {"operationName": VM}});
    let records = [record(VM, "Started", &json!({})), policy, record(&VM.to_uppercase(), "Succeeded", &json!({}))];
    let decoded = decode(lines(&records).as_bytes(), Which::of([&launches()]));
    assert_eq!((decoded.records.kept, decoded.records.filtered), (2, 1));
    assert!(decoded.events.iter().all(model::Event::is_launch));
}

#[test]
fn a_selection_of_changes_keeps_what_may_be_one() {
    let one = |value: &str| [value.to_owned()].into();
    let changes = Selection::new([(Field::Action, one("modified")), (Field::ObjectCategory, one("instance"))]);
    let update = record(VM, "Accepted", &json!({"statusCode": "OK"}));
    let decoded = decode(lines(&[update]).as_bytes(), Which::of([&changes]));
    assert_eq!(decoded.events[0].action, Some(Action::Modified));
}

#[test]
fn what_is_no_record_says_why() {
    let check = |record: Value, reason: &str| {
        let decoded = everything(&[record]);
        assert_eq!((decoded.records.rejected, &*decoded.rejects[0].reason), (1, reason));
        assert!(decoded.coverage.is_empty());
    };
    let fragment = json!({"p_log_type": "Azure.MonitorActivity", "category": "Administrative", "operationName": VM});
    check(fragment, "Azure record without a time");
    check(json!({"time": "soon", "category": "Policy", "operationName": VM}), "impossible time `soon`");
    let sign_in = json!({"time": TIME, "category": "SignInLogs", "operationName": "Sign-in activity"});
    check(sign_in, "Azure log of category `SignInLogs`, not a record of the Activity Log");
    let ticks = |ticks: &str| json!({"id": format!("{}/events/e-1/ticks/{ticks}", resource("a")), "operationName": {"value": VM}});
    check(ticks("111111111111111111"), "Azure record without a time");
    let decoded = everything(&[ticks("636923208048336028")]);
    assert_eq!(decoded.events[0].time.to_string(), "2019-05-01T15:20:04.8336028Z");
}

#[test]
fn what_was_not_known_is_counted_once() {
    let records = [record(VM, "Canceling", &json!({})), record(VM, "Canceling", &json!({}))];
    let decoded = everything(&records);
    let drift = &decoded.drifts[0];
    assert_eq!((decoded.drifts.len(), &*drift.what, drift.records), (1, "Azure status `Canceling`", 2));
    assert_eq!(decoded.events[0].outcome, Outcome::Pending);
}

/// Names of operations, and texts that look like them.
fn operation() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        VM,
        "Microsoft.Compute/virtualMachineScaleSets/write",
        "Microsoft.Compute/virtualMachines/delete",
        "Microsoft.Authorization/policies/audit/action",
        "RunInstances",
        "",
    ]);
    (known, 0..3_usize).prop_map(|(name, spelling)| match spelling {
        0 => name.to_owned(),
        1 => name.to_uppercase(),
        _ => name.to_lowercase(),
    })
}

/// A record in any spelling, any of its parts stated or not, and some of them twice.
fn any_record() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["operationName", "operation_name", "OperationName", "OperationNameValue"]);
    let named = (name, operation(), any::<bool>()).prop_map(|(key, operation, is_object)| {
        let value = if is_object { json!({"value": operation}) } else { json!(operation) };
        (key.to_owned(), value)
    });
    let body = json!({"location": "West Europe", "operationName": VM, "properties": {"provisioningState": "Updating"}});
    let texts = prop::sample::select(vec![json!({}), json!(VM), json!(7), body.clone(), json!(body.to_string())]);
    let keys =
        prop::sample::select(vec!["properties", "claims", "identity", "authorization", "status", "location", "x"]);
    let others = (keys, texts).prop_map(|(key, value)| (key.to_owned(), value));
    (vec(named, 1..3), vec(others, 0..5), any::<bool>()).prop_flat_map(|(named, others, is_escaped)| {
        let time = [("eventTimestamp".to_owned(), json!(TIME)), ("resourceId".to_owned(), json!(resource("a")))];
        let members: Vec<_> = named.into_iter().chain(others).chain(time).collect();
        Just(members).prop_shuffle().prop_map(move |members| {
            let members: Vec<_> = members.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
            let text = format!("{{{}}}", members.join(","));
            if is_escaped { text.replace('/', r"\/") } else { text }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// A record of which full parsing makes a launch is never missed, and nothing is lost count of.
    #[test]
    fn the_filter_misses_nothing(records in vec(any_record(), 1..5)) {
        let content = records.join("\n");
        let all = decode(content.as_bytes(), Which::Everything);
        let launches = launches();
        let expected: Vec<_> = all.events.iter().filter(|event| launches.matches(event)).collect();
        let chosen = decode(content.as_bytes(), Which::of([&launches]));
        let found: Vec<_> = chosen.events.iter().filter(|event| launches.matches(event)).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(&chosen.coverage, &all.coverage);
        prop_assert_eq!(chosen.records.rejected, all.records.rejected);
        let there = decode(content.as_bytes(), Which::Region("westeurope".into()));
        let expected = all.events.iter().filter(|event| event.vendor_region.as_deref() == Some("westeurope")).count();
        prop_assert_eq!(there.events.len(), expected);
        prop_assert_eq!(&there.coverage, &all.coverage);
    }

    /// Damage anywhere in a record with texts in texts.
    #[test]
    fn no_bytes_break_it(damage in vec((any::<Index>(), any::<u8>()), 0..6), end in prop::option::of(any::<Index>())) {
        let body = json!({"location": "West Europe", "sku": {"name": "A", "capacity": 3}, "tags": {"a": "\u{e9}\"}"}});
        let error = json!({"error": {"code": "Conflict", "details": [{"code": "x", "message": "{\"code\":1}"}]}});
        let properties = json!({"responseBody": body.to_string(), "statusMessage": error.to_string()}).to_string();
        let mut record = record(VM, "Failed", &json!(properties));
        record["claims"] = json!(json!({"oid": "o", "xms_mirid": "/"}).to_string());
        let mut content = lines(&[record.clone(), record]).into_bytes();
        for (at, byte) in damage {
            let at = at.index(content.len());
            content[at] = byte;
        }
        content.truncate(end.map_or(content.len(), |end| end.index(content.len())));
        for which in [Which::Everything, Which::of([&launches()]), Which::Mentioning("West".into()), Which::Region("x".into())] {
            decode(&content, which);
        }
    }
}
