//! Records as CloudTrail writes them, and as others edit them.

use model::{Action, Text};

use super::*;
use crate::tree::Tree;

fn read(record: &str) -> Event {
    event(
        Tree::default().read(record.as_bytes()).unwrap(),
        Timestamp::from_second(1_722_511_823).unwrap(),
        true,
        &mut Names::default(),
    )
    .0
}

/// A launch with this request, response and error.
fn launch(request: &str, response: &str, error: &str) -> Event {
    read(&format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333","userName":"alice"}},
        "eventTime":"2024-08-01T11:30:23Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"eu-west-1",
        "sourceIPAddress":"203.0.113.7","userAgent":"aws-cli","eventID":"1a4debbb-12e9-4bde-b8c7-ea29002bb2a7",
        "recipientAccountId":"111122223333"{error},"requestParameters":{request},"responseElements":{response}}}"#
    ))
}

fn texts(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(|text| &**text).collect()
}

const ASKED: &str =
    r#"{"instancesSet":{"items":[{"imageId":"ami-1","minCount":1,"maxCount":10}]},"instanceType":"p2.xlarge"}"#;

const GOT: &str = r#"{"instancesSet":{"items":[
    {"instanceId":"i-1","imageId":"ami-2","instanceType":"c5.large","architecture":"x86_64","placement":{"availabilityZone":"eu-west-1a"},
     "keyName":"k","privateIpAddress":"10.0.0.1","ipAddress":"198.51.100.1","subnetId":"subnet-1","vpcId":"vpc-1",
     "instanceState":{"code":0,"name":"pending"},"launchTime":1722511823000,"tagSet":{"items":[{"key":"Name","value":"miner"},{"key":"x"}]}},
    {"instanceId":"i-2","imageId":"ami-2","instanceType":"c5.large"}]}}"#;

#[test]
fn a_launch_is_told_by_its_response() {
    let event = launch(ASKED, GOT, "");
    assert!(event.is_launch());
    assert_eq!(event.outcome, Outcome::Ok);
    assert_eq!(event.count, 2);
    assert_eq!(texts(&event.object_id), ["i-1", "i-2"]);
    assert_eq!(texts(&event.image_id), ["ami-2"]);
    assert_eq!(texts(&event.instance_type), ["c5.large"]);
    assert_eq!(event.id.to_string(), "1a4debbb-12e9-4bde-b8c7-ea29002bb2a7");
    assert_eq!(event.vendor_account.as_deref(), Some("111122223333"));
    assert_eq!(event.vendor_region.as_deref(), Some("eu-west-1"));
    assert_eq!(event.src.as_deref(), Some("203.0.113.7"));
    assert_eq!(event.user_agent.as_deref(), Some("aws-cli"));
    assert_eq!(event.result_id, None);
}

#[test]
fn the_details_of_an_instance_are_read() {
    let instance = &launch(ASKED, GOT, "").instances[0];
    let text = |text: &str| Some(Text::from(text));
    let expected = model::Instance {
        instance_id: "i-1".into(),
        image_id: text("ami-2"),
        instance_type: text("c5.large"),
        architecture: text("x86_64"),
        availability_zone: text("eu-west-1a"),
        key_name: text("k"),
        private_ip_address: text("10.0.0.1"),
        public_ip_address: text("198.51.100.1"),
        subnet_id: text("subnet-1"),
        vpc_id: text("vpc-1"),
        state: text("pending"),
        launch_time: Timestamp::from_second(1_722_511_823).ok(),
        tags: vec!["Name=miner".into(), "x=".into()],
    };
    assert_eq!(*instance, expected);
}

#[test]
fn a_refused_launch_is_told_by_its_request() {
    let event = launch(ASKED, "null", r#","errorCode":"Client.VcpuLimitExceeded","errorMessage":"no more""#);
    assert!(event.is_launch());
    assert_eq!(event.outcome, Outcome::Quota);
    assert_eq!(event.result_id.as_deref(), Some("Client.VcpuLimitExceeded"));
    assert_eq!(event.result.as_deref(), Some("no more"));
    assert_eq!((event.count, event.object_id.len(), event.instances.len()), (10, 0, 0));
    assert_eq!(texts(&event.image_id), ["ami-1"]);
    assert_eq!(texts(&event.instance_type), ["p2.xlarge"]);
}

#[test]
fn a_launch_from_a_template_has_image_and_type_in_the_response() {
    let template =
        r#"{"launchTemplate":{"launchTemplateId":"lt-1"},"instancesSet":{"items":[{"minCount":1,"maxCount":1}]}}"#;
    let event = launch(template, GOT, "");
    assert_eq!((texts(&event.image_id), texts(&event.instance_type)), (vec!["ami-2"], vec!["c5.large"]));
    let refused = launch(template, "null", r#","errorCode":"Client.InstanceLimitExceeded""#);
    assert!(refused.image_id.is_empty() && refused.instance_type.is_empty());
    assert_eq!(refused.count, 1);
}

#[test]
fn instances_are_counted_from_whatever_is_stated() {
    let count = |request: &str, response: &str| launch(request, response, "").count;
    let asked = |item: &str| format!(r#"{{"instancesSet":{{"items":[{item}]}}}}"#);
    assert_eq!(count(&asked(r#"{"minCount":"2","maxCount":"7"}"#), "null"), 7);
    assert_eq!(count(&asked(r#"{"minCount":"2"}"#), "null"), 2);
    assert_eq!(count(&asked(r#"{"maxCount":2},{"maxCount":3}"#), "null"), 5);
    assert_eq!(count(r#"{"imageId":"ami-1","minCount":1,"maxCount":4}"#, "null"), 4);
    assert_eq!(count("null", "null"), 1);
    assert_eq!(count("{}", r#"{"instancesSet":{}}"#), 1);
    assert_eq!(count(&asked(r#"{"maxCount":0}"#), "null"), 1);
    assert_eq!(count(&asked(r#"{"maxCount":18446744073709551615},{"maxCount":9}"#), "null"), u32::MAX);
    assert_eq!(
        count(ASKED, r#"{"omitted":true,"originalSize":300000,"reason":"responseElementsExceededMaximumSize"}"#),
        10
    );
    let fifty: Vec<String> = (0..50).map(|n| format!(r#"{{"instanceId":"i-{n}"}}"#)).collect();
    let event = launch(ASKED, &asked(&fifty.join(",")), "");
    assert_eq!((event.count, event.object_id.len()), (50, 50));
}

#[test]
fn image_and_type_are_found_at_the_top_of_the_request() {
    let event = launch(r#"{"imageId":"ami-1","instanceType":"t3.micro","maxCount":1}"#, "null", "");
    assert_eq!((texts(&event.image_id), texts(&event.instance_type)), (vec!["ami-1"], vec!["t3.micro"]));
}

#[test]
fn only_ec2_launches() {
    let of = |source: &str| read(&format!(r#"{{"eventName":"RunInstances"{source}}}"#));
    assert!(of(r#","eventSource":"ec2.amazonaws.com""#).is_launch());
    assert!(!of(r#","eventSource":"opsworks.amazonaws.com""#).is_launch());
    assert!(!of("").is_launch());
}

#[test]
fn other_commands_are_described_by_the_table() {
    let check = |record: &str, action: Option<Action>, category: Option<&str>, ids: &[&str]| {
        let event = read(record);
        assert_eq!((event.action, event.object_category.as_deref()), (action, category), "{record}");
        assert_eq!(texts(&event.object_id), ids, "{record}");
        event
    };
    let ec2 = |name: &str, rest: &str| format!(r#"{{"eventSource":"ec2.amazonaws.com","eventName":"{name}",{rest}}}"#);
    let items = r#""requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#;
    let done = r#""responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"}]}}"#;
    let start = check(&ec2("StartInstances", items), Some(Action::Started), Some("instance"), &["i-1", "i-2"]);
    assert_eq!(start.count, 2);
    let stop = format!("{items},{done}");
    let stop = check(&ec2("StopInstances", &stop), Some(Action::Stopped), Some("instance"), &["i-1"]);
    assert_eq!(stop.count, 0);
    check(&ec2("TerminateInstances", done), Some(Action::Deleted), Some("instance"), &["i-1"]);
    check(&ec2("RebootInstances", items), Some(Action::Restarted), Some("instance"), &["i-1", "i-2"]);
    let copy = r#""requestParameters":{"sourceImageId":"ami-1"},"responseElements":{"imageId":"ami-2"}"#;
    let copy = check(&ec2("CopyImage", copy), Some(Action::Created), Some("image"), &["ami-2"]);
    assert_eq!(texts(&copy.image_id), ["ami-1"]);
    check(&ec2("CreateFleet", items), Some(Action::Created), Some("fleet"), &[]);
    check(&ec2("DescribeInstances", items), None, None, &[]);
    let user = r#"{"eventName":"CreateUser","requestParameters":{"userName":"mallory"}}"#;
    check(user, Some(Action::Created), Some("user"), &["mallory"]);
}

#[test]
fn a_failed_login_is_denied() {
    let login = |result: &str| {
        read(&format!(r#"{{"eventName":"ConsoleLogin","responseElements":{{"ConsoleLogin":"{result}"}}}}"#)).outcome
    };
    assert_eq!(login("Failure"), Outcome::Denied);
    assert_eq!(login("Success"), Outcome::Ok);
}

#[test]
fn fields_of_an_unexpected_shape_are_absent() {
    let event = read(
        r#"{"eventName":"RunInstances","eventSource":"ec2.amazonaws.com","awsRegion":{},"userIdentity":[],"requestParameters":"text",
        "responseElements":7,"sourceIPAddress":null,"userAgent":"","errorCode":{},"eventID":null}"#,
    );
    assert!(event.is_launch());
    assert_eq!((event.vendor_region, event.src, event.user_agent, event.result_id), (None, None, None, None));
    assert_eq!((event.outcome, event.count), (Outcome::Ok, 1));
    assert!(!event.user.attributed);
}

#[test]
fn a_record_without_an_id_is_named_by_its_content() {
    let [one, again, other] = [r#"{"eventName":"A"}"#, r#"{"eventName":"A"}"#, r#"{"eventName":"B"}"#].map(read);
    assert!(one.id.to_string().starts_with("content:"));
    assert_eq!(one.id, again.id);
    assert_ne!(one.id, other.id);
}

/// Whoever cleans a log may write the same for all.
#[test]
fn an_id_that_is_none_does_not_make_records_the_same() {
    let [one, again, other] =
        ["A", "A", "B"].map(|name| read(&format!(r#"{{"eventName":"{name}","eventID":"XXXXXXXXXXX"}}"#)));
    assert!(one.id.to_string().starts_with("XXXXXXXXXXX@content:"), "{}", one.id);
    assert_eq!(one.id, again.id);
    assert_ne!(one.id, other.id);
    let real = "1A4DEBBB-12E9-4BDE-B8C7-EA29002BB2A7";
    assert_eq!(read(&format!(r#"{{"eventName":"A","eventID":"{real}"}}"#)).id.to_string(), real);
}

#[test]
fn an_account_is_where_it_happened() {
    let account = |recipient: &str| {
        let record = format!(r#"{{"eventName":"A","userIdentity":{{"accountId":"444455556666"}}{recipient}}}"#);
        read(&record).vendor_account
    };
    assert_eq!(account(r#","recipientAccountId":"111122223333""#).as_deref(), Some("111122223333"));
    assert_eq!(account("").as_deref(), Some("444455556666"));
}

#[test]
fn no_text_is_long() {
    let event = read(&format!(r#"{{"eventName":"A","userAgent":"{}"}}"#, "x".repeat(100_000)));
    assert_eq!(event.user_agent.map(|text| text.len()), Some(4096));
}

#[test]
fn a_launch_says_what_it_was_started_by() {
    let parent = |request: &str, response: &str| launch(request, response, "").compute.parent.clone();
    let got =
        |tags: &str| format!(r#"{{"instancesSet":{{"items":[{{"instanceId":"i-1","tagSet":{{"items":{tags}}}}}]}}}}"#);
    let check = |tags: &str, expected: &str| {
        assert_eq!(parent("{}", &got(tags)).as_deref(), Some(expected), "{tags}");
        let asked = format!(r#"{{"tagSpecificationSet":{{"items":[{{"resourceType":"instance","tags":{tags}}}]}}}}"#);
        assert_eq!(parent(&asked, "null").as_deref(), Some(expected), "{tags}");
    };
    let group = r#"{"key":"aws:autoscaling:groupName","value":"eks-ng"}"#;
    let fleet = r#"{"key":"aws:ec2:fleet-id","value":"fleet-1"}"#;
    let node = r#"{"key":"eks:nodegroup-name","value":"ng"}"#;
    let template = r#"{"key":"aws:ec2launchtemplate:id","value":"lt-1"}"#;
    check(&format!("[{template},{node},{fleet},{group}]"), "autoscaling_group:eks-ng");
    check(&format!("[{template},{node},{fleet}]"), "fleet:fleet-1");
    check(&format!("[{template},{node}]"), "nodegroup:ng");
    check(&format!("[{template}]"), "launch_template:lt-1");
    check(template, "launch_template:lt-1");
    check(r#"[{"key":"karpenter.sh/nodepool","value":"general"}]"#, "nodepool:general");
    check(r#"[{"key":"aws:ec2spot:fleet-request-id","value":"sfr-1"}]"#, "spot_fleet:sfr-1");
    check(r#"[{"key":"aws:elasticmapreduce:job-flow-id","value":"j-1"}]"#, "job_flow:j-1");
    check(r#"[{"key":"aws:cloudformation:stack-name","value":"s"}]"#, "stack:s");
    assert_eq!(parent("{}", &got(r#"[{"key":"Name","value":"aws:autoscaling:groupName"}]"#)), None);
    let by_name = r#"{"launchTemplate":{"launchTemplateName":"miner","version":"$Latest"}}"#;
    assert_eq!(parent(by_name, &got("[]")).as_deref(), Some("launch_template:miner"));
}

#[test]
fn a_launch_says_whether_it_may_be_taken_back() {
    let spot = |request: &str, response: &str| launch(request, response, "").compute.spot;
    assert!(spot(r#"{"instanceMarketOptions":{"marketType":"spot"}}"#, "null"));
    assert!(spot("{}", r#"{"instancesSet":{"items":[{"instanceId":"i-1","instanceLifecycle":"spot"}]}}"#));
    assert!(!spot(ASKED, GOT));
}

fn unknowns(record: &str) -> Vec<String> {
    event(Tree::default().read(record.as_bytes()).unwrap(), Timestamp::UNIX_EPOCH, false, &mut Names::default()).1
}

#[test]
fn a_launch_of_another_shape_says_so() {
    let check = |rest: &str, expected: &[&str]| {
        let record = format!(r#"{{"eventName":"RunInstances","eventSource":"ec2.amazonaws.com",{rest}}}"#);
        assert_eq!(unknowns(&record), expected, "{rest}");
    };
    let request = |request: &str| format!(r#""requestParameters":{request},"responseElements":null"#);
    check(&request(ASKED), &[]);
    check(&format!(r#""requestParameters":{ASKED},"responseElements":{GOT}"#), &[]);
    check(&request("null"), &[]);
    check(&request(r#""null""#), &[]);
    check(&request(r#"{"instancesSet":{}}"#), &[]);
    check(&request(r#"{"omitted":true,"originalSize":1,"reason":"requestParametersExceededMaximumSize"}"#), &[]);
    check(&request("[1]"), &["`requestParameters` of `RunInstances` is a list, not an object"]);
    check(&request(r#""text""#), &["`requestParameters` of `RunInstances` is `text`, not an object"]);
    check(r#""responseElements":7"#, &["`responseElements` of `RunInstances` is `7`, not an object"]);
    let set = "`instancesSet` of `RunInstances` is";
    check(&request(r#"{"instancesSet":[{"maxCount":3}]}"#), &[&format!("{set} a list, not a set of instances")]);
    check(&request(r#"{"instancesSet":{"members":[]}}"#), &[&format!("{set} an object, not a set of instances")]);
    check(
        &request(r#"{"instancesSet":{"items":[{"maxCount":"ten"},{"maxCount":"ten"}]}}"#),
        &["maxCount of `RunInstances` is `ten`, not a number"],
    );
    check(r#""errorCode":"Client.VcpuLimitExceeded""#, &[]);
    check(r#""errorCode":{"code":403}"#, &["`errorCode` of `RunInstances` is an object, not an error code"]);
    check(r#""errorCode":"no more""#, &["`errorCode` of `RunInstances` is `no more`, not an error code"]);
}

#[test]
fn an_operation_of_no_interest_may_have_any_shape() {
    let record =
        r#"{"eventName":"DescribeInstances","eventSource":"ec2.amazonaws.com","requestParameters":7,"errorCode":{}}"#;
    assert_eq!(unknowns(record), [""; 0]);
}
