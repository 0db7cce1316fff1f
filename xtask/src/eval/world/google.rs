//! Acme on Google Cloud: two projects, one managed group, one cluster, a few people, one pipeline.

use serde_json::json;

use super::Today;
use crate::eval::google::compute::{DEBIAN, Machine, delete};
use crate::eval::google::entry::{Act, Caller, Ending, pair, single};
use crate::eval::story::Story;

pub(crate) const SHOP: &str = "acme-shop-prod";
pub(crate) const LAB: &str = "acme-lab";

/// The agent of managed groups and of the cluster's node pools.
pub(crate) const GROUP_MANAGER: Caller = Caller {
    email: "481516234200@cloudservices.gserviceaccount.com",
    address: "private",
    agent: "GCE Managed Instance Group",
    key: None,
};

const PIPELINE: Caller = Caller {
    email: "deploy@acme-shop-prod.iam.gserviceaccount.com",
    address: "192.0.2.201",
    agent: "google-cloud-sdk gcloud/509.0.0 command/gcloud.compute.instances.create,gzip(gfe)",
    key: None,
};

const PEOPLE: [Caller; 2] = [
    Caller { email: "heidi@example.com", address: "203.0.113.81", agent: CONSOLE, key: None },
    Caller { email: "ivan@example.com", address: "203.0.113.82", agent: CONSOLE, key: None },
];

pub(crate) fn day(story: &mut Story, today: &Today) {
    for _ in 0..story.rng.between(2, 4) {
        recreate(story, "us-central1-a", "shop-mig", "n2-standard-4");
    }
    for _ in 0..story.rng.between(1, 3) {
        recreate(story, "us-central1-b", "gke-prod-default-pool", "e2-standard-4");
    }
    if today.works() {
        one_machine(story, PIPELINE, SHOP, "e2-standard-2");
        let person = *story.rng.pick(&PEOPLE);
        one_machine(story, person, LAB, "e2-standard-2");
        change_policy(story, person);
    }
}

/// The group replaces a machine: one goes, one comes.
pub(crate) fn recreate(story: &mut Story, zone: &str, group: &str, machine_type: &str) {
    some_time(story);
    replace(story, zone, group, machine_type);
}

pub(crate) fn replace(story: &mut Story, zone: &str, group: &str, machine_type: &str) {
    let name = format!("{group}-{}", story.rng.hex(4));
    let id = story.rng.between(1_000_000_000_000_000_000, 8_999_999_999_999_999_999).to_string();
    operate(story, GROUP_MANAGER, &delete(SHOP, zone, &name, &id), &None, 0, 0.0);
    story.wait(20, 40);
    let machine = Machine {
        project: SHOP,
        zone,
        name: &name,
        kind: machine_type,
        accelerator: None,
        image: DEBIAN,
        startup_script: true,
    };
    insert(story, GROUP_MANAGER, &machine, &None, crate::eval::prices::of(machine_type));
}

/// Inserts a machine; what it costs stands on the entry that says how it ended.
pub(crate) fn insert(story: &mut Story, caller: Caller, machine: &Machine<'_>, ending: &Ending, usd_per_hour: f64) {
    let id = story.rng.between(1_000_000_000_000_000_000, 8_999_999_999_999_999_999).to_string();
    let act = machine.insert(&id);
    let (count, usd) = if ending.is_some() { (0, 0.0) } else { (1, usd_per_hour) };
    operate(story, caller, &act, ending, count, usd);
}

/// A long-running call, both entries of it.
pub(crate) fn operate(story: &mut Story, caller: Caller, act: &Act, ending: &Ending, count: u64, usd: f64) {
    let [first, last] = pair(story.now(), caller, act, ending, &mut story.rng);
    // A machine starts with the request; the last entry only confirms it.
    story.push(first, count, usd);
    story.push_again(last);
}

pub(crate) fn call(story: &mut Story, caller: Caller, act: &Act) {
    let entry = single(story.now(), caller, act, &mut story.rng);
    story.push(entry, 0, 0.0);
}

fn one_machine(story: &mut Story, caller: Caller, project: &'static str, machine_type: &str) {
    some_time(story);
    let name = format!("job-{}", story.rng.hex(6));
    let zone = "us-central1-a";
    let machine = Machine {
        project,
        zone,
        name: &name,
        kind: machine_type,
        accelerator: None,
        image: DEBIAN,
        startup_script: false,
    };
    insert(story, caller, &machine, &None, crate::eval::prices::of(machine_type));
    story.wait(1000, 3000);
    let id = story.rng.between(1_000_000_000_000_000_000, 8_999_999_999_999_999_999).to_string();
    operate(story, caller, &delete(project, zone, &name, &id), &None, 0, 0.0);
}

fn change_policy(story: &mut Story, caller: Caller) {
    story.wait(30, 300);
    let delta = json!({ "action": "ADD", "role": "roles/viewer", "member": "user:heidi@example.com" });
    let act = Act {
        project: LAB,
        service: "cloudresourcemanager.googleapis.com",
        method: "SetIamPolicy",
        resource_name: format!("projects/{LAB}"),
        resource: ("project", Vec::new()),
        request: json!({
            "@type": "type.googleapis.com/google.iam.v1.SetIamPolicyRequest",
            "policyDelta": { "bindingDeltas": [delta] },
        }),
    };
    call(story, caller, &act);
}

fn some_time(story: &mut Story) {
    let (hour, minute) = (story.rng.between(7, 21), story.rng.between(0, 59));
    story.at_hour(0, hour.cast_signed(), minute.cast_signed());
}

const CONSOLE: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36,gzip(gfe),gzip(gfe)";
