//! Thefts on Google Cloud and Azure whose thief acts in names that he made, gave rights to, or
//! borrowed: one incident, and his. And the people who do the same for a living.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clouds;
mod program;

use clouds::{
    Caller, HANDS_OUT, KUBERNETES, Machine, Member, SUBSCRIPTION, TENANT, account, groups, mail, member, nodes, person,
    time,
};
use jiff::{SignedDuration, Timestamp};
use program::davy;
use serde_json::Value;
use tempfile::TempDir;

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const MACHINE_CONTRIBUTOR: &str = "9980e02c-c2be-4d73-94e8-173b1dc7cf3c";

const EVE: Member = member("7c2f4a10-1111-4222-8333-944455566677", Some("eve@example.com"));
const BUILDS: Member = member("b0b0b0b0-1111-4222-8333-944455566677", None);
const TERRAFORM: Member = member("7e7e7e7e-1111-4222-8333-944455566677", None);
const HAND: Member = member("5e6f7a8b-2222-4333-8444-a55566677788", None);

/// Four regions of Google and of Azure where nobody has anything.
const ZONES: [&str; 4] = ["asia-east1-a", "europe-north1-b", "southamerica-east1-a", "us-west2-b"];
const LOCATIONS: [&str; 4] = ["eastus", "japaneast", "brazilsouth", "southindia"];

fn small(name: &str) -> Machine<'_> {
    Machine { name, kind: "e2-standard-2", accelerators: 0, node_of: None }
}

fn days(from: &str, days: i64) -> impl Iterator<Item = Timestamp> {
    let from = time(from);
    (0..days).map(move |day| from + SignedDuration::from_hours(24 * day))
}

/// Builds that start a machine each morning, for four months.
fn ordinary_google() -> Vec<Value> {
    let days = days("2026-01-01T09:00:00Z", 120);
    days.flat_map(|at| account("builds").launches(at, "us-central1-a", &small(&format!("job-{}", at.as_second()))))
        .collect()
}

fn ordinary_azure() -> Vec<Value> {
    days("2026-01-01T09:00:00Z", 120).flat_map(|at| BUILDS.launches(at, "westeurope", "Standard_D2s_v3")).collect()
}

/// Eight machines with accelerators in each of four regions.
fn google_sweep(who: &Caller, from: &str) -> Vec<Value> {
    let machine = |nth: usize| format!("node-{nth}");
    let launch = |nth: usize| {
        let at = time(from) + SignedDuration::from_secs(30 * i64::try_from(nth).unwrap());
        let name = machine(nth);
        let machine = Machine { name: &name, kind: "n1-standard-16", accelerators: 4, node_of: None };
        who.launches(at, ZONES[nth / 8], &machine)
    };
    (0..32).flat_map(launch).collect()
}

fn azure_sweep(who: Member, from: &str) -> Vec<Value> {
    let sets = LOCATIONS.iter().zip(0..);
    let at = |minute| time(from) + SignedDuration::from_mins(minute);
    sets.flat_map(|(location, minute)| who.makes_set(at(minute), "rg", location, "Standard_NC64as_T4_v3", 8)).collect()
}

fn folder_of(records: &[Value]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    std::fs::write(folder.path().join("log.json"), lines.join("\n")).unwrap();
    folder
}

fn incidents(records: &[Value]) -> Vec<Value> {
    let folder = folder_of(records);
    let run = davy(["scan", folder.path().to_str().unwrap(), "--format", "jsonl"]);
    assert_eq!(run.stderr, "");
    run.incidents()
}

/// All that the thief did is one incident of this root, with so many machines, and at least high.
#[track_caller]
fn check_one(records: &[Value], root: &str, machines: u64) -> Value {
    check_at(&["high", "critical"], records, root, machines)
}

#[track_caller]
fn check_at(severities: &[&str], records: &[Value], root: &str, machines: u64) -> Value {
    let mut incidents = incidents(records);
    assert_eq!(incidents.len(), 1, "{}", told(&incidents));
    let incident = incidents.remove(0);
    let said = told(std::slice::from_ref(&incident));
    assert!(severities.contains(&incident["severity"].as_str().unwrap()), "{said}");
    assert_eq!(
        (&incident["principal"], &incident["instances"]["launched"]),
        (&root.into(), &machines.into()),
        "{said}"
    );
    incident
}

/// Machines that a service started for something old are worth a look at most, and nobody is to
/// blame for them.
#[track_caller]
fn check_nobody(records: &[Value], suspect: &str) {
    let mut incidents = incidents(records);
    incidents.retain(|incident| incident["instances"]["launched"] != 0);
    assert!(incidents.iter().all(|incident| incident["severity"] == "low"), "{}", told(&incidents));
    assert!(incidents.iter().all(|incident| incident["principal"] != suspect), "{}", told(&incidents));
}

fn told(incidents: &[Value]) -> String {
    let term = |term: &Value| format!("\n    {} {} {}", term["points"], term["signal"], term["group"]);
    let terms = |incident: &Value| incident["score_terms"].as_array().unwrap().iter().map(term).collect::<String>();
    let line = |one: &Value| {
        format!("{} {} {} {}{}\n", one["principal"], one["severity"], one["risk_score"], one["instances"], terms(one))
    };
    incidents.iter().map(line).collect()
}

fn has_signal(incident: &Value, name: &str) -> bool {
    incident["score_terms"].as_array().unwrap().iter().any(|term| term["signal"] == name)
}

fn plan(records: &[Value], incident: &Value) -> String {
    let folder = folder_of(records);
    davy(["explain", incident["id"].as_str().unwrap(), folder.path().to_str().unwrap()]).quiet().stdout
}

#[test]
fn a_service_account_that_a_thief_made_is_his() {
    let eve = person("eve");
    let mut records = ordinary_google();
    let member = format!("serviceAccount:{}", mail("miner"));
    records.push(eve.makes_account("2026-04-20T03:00:00Z", "miner"));
    records.push(eve.grants("2026-04-20T03:01:00Z", "roles/compute.admin", &member));
    records.push(eve.makes_key("2026-04-20T03:02:00Z", "miner", "0a1b2c"));
    records.extend(google_sweep(&account("miner").with_key("0a1b2c"), "2026-04-20T03:10:00Z"));
    let incident = check_one(&records, "user:eve@example.com", 32);
    assert!(has_signal(&incident, "fresh_identity") && has_signal(&incident, "compute_role_granted"));
    let plan = plan(&records, &incident);
    let miner = mail("miner");
    for command in [
        format!("gcloud iam service-accounts keys disable 0a1b2c --iam-account={miner} --project=acme-shop"),
        format!("gcloud iam service-accounts disable {miner} --project=acme-shop"),
        format!("gcloud projects remove-iam-policy-binding acme-shop --member={member} --role=roles/compute.admin --all"),
        "gcloud projects get-iam-policy acme-shop --flatten='bindings[].members' --filter='bindings.members=user:eve@example.com'".to_owned(),
    ] {
        assert!(plan.contains(&command), "{command}\n{plan}");
    }
}

#[test]
fn what_everybody_was_given_is_taken_back_from_everybody() {
    let mut records = ordinary_google();
    records.push(person("eve").grants("2026-04-20T03:01:00Z", "roles/editor", "allUsers"));
    records.extend(google_sweep(&person("eve"), "2026-04-20T03:10:00Z"));
    let incident = check_one(&records, "user:eve@example.com", 32);
    assert!(has_signal(&incident, "granted_to_everybody"));
    let plan = plan(&records, &incident);
    assert!(plan.contains("remove-iam-policy-binding acme-shop --member=allUsers --role=roles/editor --all"), "{plan}");
    assert!(!plan.contains("--role=allUsers"), "{plan}");
}

#[test]
fn pseudonyms_hide_who_got_a_role_and_not_which() {
    let mut records = ordinary_google();
    records.push(person("eve").grants("2026-04-20T03:01:00Z", "roles/owner", "user:mallory@example.net"));
    records.extend(google_sweep(&person("").named("mallory@example.net"), "2026-04-20T03:10:00Z"));
    let folder = folder_of(&records);
    let page = davy(["scan", folder.path().to_str().unwrap(), "--format", "html", "--redact"]).stdout;
    assert!(page.contains("remove-iam-policy-binding account-1 --member=user:user-"), "{page}");
    assert!(page.contains("--role=roles/owner --all"), "{page}");
    assert!(!page.contains("mallory@") && !page.contains("eve@"), "{page}");
}

#[test]
fn a_key_for_an_old_account_is_the_thiefs_and_the_account_is_not() {
    let mut records = ordinary_google();
    records.push(person("eve").makes_key("2026-04-20T03:02:00Z", "builds", "0a1b2c"));
    records.extend(google_sweep(&account("builds").with_key("0a1b2c"), "2026-04-20T03:10:00Z"));
    check_one(&records, "user:eve@example.com", 32);
    let mut by_itself = ordinary_google();
    by_itself.push(person("eve").makes_key("2026-04-20T03:02:00Z", "builds", "0a1b2c"));
    by_itself.extend(google_sweep(&account("builds").with_key("other"), "2026-04-20T03:10:00Z"));
    let others = incidents(&by_itself);
    assert!(others.iter().all(|incident| incident["principal"] != "user:eve@example.com"), "{}", told(&others));
}

#[test]
fn a_stranger_who_is_given_rights_is_the_thiefs() {
    let mut records = ordinary_google();
    records.push(person("eve").grants("2026-04-20T03:01:00Z", "roles/owner", "user:Mallory@example.net"));
    let mallory = person("").named("mallory@example.net");
    records.extend(google_sweep(&mallory, "2026-04-20T03:10:00Z"));
    let incident = check_one(&records, "user:eve@example.com", 32);
    assert!(has_signal(&incident, "administrator_role_granted") && !has_signal(&incident, "fresh_identity"));
}

#[test]
fn whoever_borrows_an_account_is_who_launches() {
    let mut records = ordinary_google();
    records.extend(google_sweep(&account("builds").lent_to("eve@example.com"), "2026-04-20T03:10:00Z"));
    let incident = check_one(&records, "user:eve@example.com", 32);
    let plan = plan(&records, &incident);
    assert!(plan.contains("--filter='bindings.members=user:eve@example.com'"), "{plan}");
}

/// A cluster of eight nodes with accelerators, and what makes them.
fn google_nodes(cluster: &str, pool: &str) -> Vec<Value> {
    let node = |nth: i64| {
        let at = time("2026-04-20T03:10:00Z") + SignedDuration::from_secs(nth);
        let name = format!("gke-{cluster}-{pool}-0a1b2c3d-{nth:04}");
        let machine = Machine { name: &name, kind: "n1-standard-16", accelerators: 4, node_of: Some((cluster, pool)) };
        nodes().launches(at, "europe-north1-b", &machine)
    };
    (0..8).flat_map(node).collect()
}

#[test]
fn the_nodes_of_a_cluster_or_pool_belong_to_whoever_made_it() {
    let eve = person("eve");
    let with = |made: Vec<Value>, pool: &str| [ordinary_google(), made, google_nodes("c", pool)].concat();
    let cluster = |at: &str| eve.makes_cluster(at, "europe-north1-b", "c", "gpu");
    let fresh = check_one(&with(vec![cluster("2026-04-20T03:00:00Z")], "gpu"), "user:eve@example.com", 8);
    let usd = |name: &str| fresh[name]["low"].as_f64().unwrap();
    assert!((usd("usd_per_hour") - usd("usd_per_hour_armed")).abs() < 0.01, "nodes are not paid for twice: {fresh:#}");
    let pool = eve.adds_pool("2026-04-20T03:00:00Z", "europe-north1-b", "c", "gpu");
    let pools = incidents(&with(vec![pool.clone()], "gpu"));
    assert_eq!((pools.len(), &pools[0]["instances"]["launched"]), (1, &8.into()), "{}", told(&pools));
    check_nobody(&with(vec![pool], "other"), "user:eve@example.com");
    check_nobody(&with(vec![cluster("2026-03-01T03:00:00Z")], "gpu"), "user:eve@example.com");
}

#[test]
fn an_application_that_a_thief_gave_a_role_is_his() {
    let mut records = ordinary_azure();
    records.extend(EVE.assigns("2026-04-20T03:00:00Z", CONTRIBUTOR, HAND));
    records.extend(azure_sweep(HAND, "2026-04-20T03:10:00Z"));
    let root = format!("azure:{TENANT}:{}", EVE.object);
    let incident = check_one(&records, &root, 32);
    assert!(has_signal(&incident, "administrator_role_granted"));
    assert!(!has_signal(&incident, "role_assigned_by_person"), "one fact is told once");
    let assignment =
        format!("/subscriptions/{SUBSCRIPTION}/providers/microsoft.authorization/roleassignments/{}", HAND.object);
    let plan = plan(&records, &incident);
    assert!(plan.contains(&format!("az role assignment delete --ids {assignment}")), "{plan}");
}

#[test]
fn a_managed_identity_that_a_thief_made_is_his() {
    let mut records = ordinary_azure();
    records.extend(EVE.makes_identity("2026-04-20T03:00:00Z", "miner", HAND));
    records.extend(EVE.assigns("2026-04-20T03:01:00Z", OWNER, HAND));
    records.extend(azure_sweep(HAND, "2026-04-20T03:10:00Z"));
    let incident = check_one(&records, &format!("azure:{TENANT}:{}", EVE.object), 32);
    assert!(has_signal(&incident, "fresh_identity"));
    assert!(plan(&records, &incident).contains("az resource delete --ids "));
}

#[test]
fn a_role_for_an_application_that_has_long_launched_changes_nobodys_root() {
    let mut records = ordinary_azure();
    records.extend(EVE.assigns("2026-04-20T03:00:00Z", CONTRIBUTOR, BUILDS));
    records.extend(azure_sweep(BUILDS, "2026-04-20T03:10:00Z"));
    let mut told = incidents(&records);
    told.retain(|incident| incident["instances"]["launched"] != 0);
    let roots: Vec<&Value> = told.iter().map(|incident| &incident["principal"]).collect();
    assert_eq!(roots, [&Value::from(format!("azure:{TENANT}:{}", BUILDS.object))]);
}

#[test]
fn who_asked_for_a_role_that_he_may_have_is_his_own() {
    let mut records = ordinary_azure();
    records.extend(HANDS_OUT.assigns("2026-04-20T03:00:00Z", CONTRIBUTOR, EVE));
    records.extend(azure_sweep(EVE, "2026-04-20T03:10:00Z"));
    check_one(&records, &format!("azure:{TENANT}:{}", EVE.object), 32);
}

/// His template says that they are nodes of a cluster of others.
#[test]
fn the_machines_of_a_thiefs_group_are_his_whatever_he_calls_them() {
    let mut records = ordinary_google();
    records.push(person("eve").makes_group("2026-04-20T03:00:00Z", "europe-north1-b", "gke-c-gpu-0a1b2c3d-grp", 8));
    for nth in 0..8 {
        let at = time("2026-04-20T03:10:00Z") + SignedDuration::from_secs(nth);
        let name = format!("gke-c-gpu-0a1b2c3d-{nth:04}");
        let machine = Machine { name: &name, kind: "n1-standard-16", accelerators: 4, node_of: Some(("c", "gpu")) };
        records.extend(groups().launches(at, "europe-north1-b", &machine));
    }
    check_one(&records, "user:eve@example.com", 8);
}

#[test]
fn the_nodes_of_a_cluster_of_azure_belong_to_whoever_made_it() {
    let nodes =
        KUBERNETES.makes_set(time("2026-04-20T03:10:00Z"), "MC_rg_c_weu", "westeurope", "Standard_NC64as_T4_v3", 9);
    let with = |at: &str| [ordinary_azure(), EVE.makes_cluster(at, "c", "MC_rg_c_weu"), nodes.clone()].concat();
    let fresh = incidents(&with("2026-04-20T03:00:00Z"));
    assert_eq!(fresh.len(), 1, "{}", told(&fresh));
    assert_eq!(
        (&fresh[0]["principal"], &fresh[0]["instances"]["launched"]),
        (&format!("azure:{TENANT}:{}", EVE.object).into(), &9.into())
    );
    check_nobody(&with("2026-03-01T03:00:00Z"), &format!("azure:{TENANT}:{}", EVE.object));
}

#[test]
fn who_builds_accounts_for_a_living_wakes_nobody() {
    let terraform = account("terraform");
    let mut google = ordinary_google();
    google.push(terraform.makes_account("2026-01-10T10:00:00Z", "batch"));
    let member = format!("serviceAccount:{}", mail("batch"));
    google.push(terraform.grants("2026-01-10T10:01:00Z", "roles/compute.instanceAdmin.v1", &member));
    let batch = account("batch");
    let jobs = days("2026-04-01T10:00:00Z", 20);
    google
        .extend(jobs.flat_map(|at| batch.launches(at, "us-central1-a", &small(&format!("batch-{}", at.as_second())))));
    assert_eq!(incidents(&google), [Value::Null; 0]);

    let mut azure = ordinary_azure();
    azure.extend(TERRAFORM.makes_identity("2026-01-10T10:00:00Z", "batch", HAND));
    azure.extend(TERRAFORM.assigns("2026-01-10T10:01:00Z", MACHINE_CONTRIBUTOR, HAND));
    azure.extend(days("2026-04-01T10:00:00Z", 20).flat_map(|at| HAND.launches(at, "westeurope", "Standard_D2s_v3")));
    assert_eq!(incidents(&azure), [Value::Null; 0]);
}

/// Automation that has made machines for long makes an account with all rights, which is at work on
/// the same day: worth a look at most, and charged to the automation.
#[test]
fn an_account_made_by_known_automation_that_works_at_once_is_low_at_most() {
    let terraform = account("terraform");
    let mut google = ordinary_google();
    let plans = days("2026-01-02T14:00:00Z", 90);
    google.extend(
        plans.flat_map(|at| terraform.launches(at, "us-central1-a", &small(&format!("tf-{}", at.as_second())))),
    );
    google.push(terraform.makes_account("2026-04-10T10:00:00Z", "batch"));
    google.push(terraform.grants("2026-04-10T10:01:00Z", "roles/editor", &format!("serviceAccount:{}", mail("batch"))));
    google.extend(account("batch").launches(time("2026-04-10T12:00:00Z"), "us-central1-a", &small("batch-1")));
    let looked_at = incidents(&google);
    assert!(looked_at.iter().all(|incident| incident["severity"] == "low"), "{}", told(&looked_at));
    assert!(
        looked_at.iter().all(|incident| { incident["principal"] == format!("serviceAccount:{}", mail("terraform")) })
    );
}
