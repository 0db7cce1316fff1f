//! A9: the key of a service account, 240 requests in eleven regions (Google, Threat Horizons).
//!
//! The default account of an old application, in a project that never had a machine. The compute
//! service is switched on, quota asked for, and then GPUs and 224-core machines requested in
//! twenty-eight zones. A third fails, and only the last entry of each operation says so.
//!
//! A9s: twenty minutes later Google's own responder disables the key.

use serde_json::json;

use crate::eval::google::compute::{Machine, UBUNTU, regional_group, template};
use crate::eval::google::entry::{Act, Caller, Ending};
use crate::eval::label::Phase;
use crate::eval::prices;
use crate::eval::story::Story;
use crate::eval::world::google::{call, insert, operate};

pub(super) fn tell(story: &mut Story) {
    story.attack_by(&[THIEF.email]);
    call(story, THIEF, &enable_compute());
    for (index, quota) in [
        "GPUS-ALL-REGIONS-per-project",
        "NVIDIA-T4-GPUS-per-project-region",
        "CPUS-per-project-region",
        "N2D-CPUS-per-project-region",
    ]
    .into_iter()
    .enumerate()
    {
        story.at(1, 12 * index as u64);
        call(story, THIEF, &ask_for_quota(quota));
    }
    story.phase(Phase::Launch);
    for index in 0..240_usize {
        story.at(3, index as u64 * 300 / 240);
        one_of_many(story, index);
        story.phase(Phase::Spread);
    }
    grow_groups(story);
}

pub(super) fn tell_stopped(story: &mut Story) {
    tell(story);
    story.at(20, 0);
    story.phase(Phase::Containment);
    call(story, RESPONDER, &disable_key());
    let last = story.entries.last_mut().expect("the record was pushed just now");
    last.label.malicious = false;
}

fn one_of_many(story: &mut Story, index: usize) {
    let zone = ZONES[index % ZONES.len()];
    let name = format!("instance-{index}");
    let gpu = index.is_multiple_of(2);
    let machine = Machine {
        project: PROJECT,
        zone,
        name: &name,
        kind: if gpu { "n1-standard-4" } else { "n2d-highcpu-224" },
        accelerator: gpu.then_some(("nvidia-tesla-t4", 4)),
        image: UBUNTU,
        startup_script: true,
    };
    let usd = if gpu { prices::N1_WITH_FOUR_T4 } else { prices::of("n2d-highcpu-224") };
    let ending = refusal(story, zone, gpu);
    insert(story, THIEF, &machine, &ending, usd);
}

fn refusal(story: &mut Story, zone: &str, gpu: bool) -> Ending {
    let region = &zone[..zone.len() - 2];
    let metric = if gpu { "NVIDIA_T4_GPUS" } else { "N2D_CPUS" };
    match story.rng.between(1, 100) {
        1..=20 => Some((8, format!("QUOTA_EXCEEDED: Quota '{metric}' exceeded.  Limit: 8.0 in region {region}."))),
        21..=35 => Some((
            14,
            format!(
                "ZONE_RESOURCE_POOL_EXHAUSTED: The zone 'projects/{PROJECT}/zones/{zone}' does not have enough resources available to fulfill the request."
            ),
        )),
        _ => None,
    }
}

/// Six groups of a hundred; Google's agent starts what it gets.
fn grow_groups(story: &mut Story) {
    story.at(10, 0);
    operate(story, THIEF, &template(PROJECT, "worker", "n2d-highcpu-224"), &None, 0, 0.0);
    for (index, region) in
        ["us-central1", "us-east1", "us-west1", "europe-west1", "europe-west4", "asia-east1"].into_iter().enumerate()
    {
        story.at(10, 20 + 15 * index as u64);
        let group = format!("workers-{region}");
        operate(story, THIEF, &regional_group(PROJECT, region, &group, "worker", 100), &None, 0, 0.0);
        for member in 0..20 {
            story.wait(2, 6);
            let (zone, name) = (format!("{region}-b"), format!("{group}-{member:04}"));
            let machine = Machine {
                project: PROJECT,
                zone: &zone,
                name: &name,
                kind: "n2d-highcpu-224",
                accelerator: None,
                image: UBUNTU,
                startup_script: true,
            };
            let ending = if member < 4 { None } else { refusal(story, &zone, false) };
            insert(story, AGENT, &machine, &ending, prices::of("n2d-highcpu-224"));
        }
    }
}

fn enable_compute() -> Act {
    Act {
        project: PROJECT,
        service: "serviceusage.googleapis.com",
        method: "google.api.serviceusage.v1.ServiceUsage.EnableService",
        resource_name: format!("projects/{PROJECT}/services/compute.googleapis.com"),
        resource: ("audited_resource", Vec::new()),
        request: json!({
            "@type": "type.googleapis.com/google.api.serviceusage.v1.EnableServiceRequest",
            "name": format!("projects/{PROJECT}/services/compute.googleapis.com"),
        }),
    }
}

fn ask_for_quota(quota: &str) -> Act {
    let config = json!({ "preferredValue": "5000" });
    Act {
        project: PROJECT,
        service: "cloudquotas.googleapis.com",
        method: "google.api.cloudquotas.v1.CloudQuotas.CreateQuotaPreference",
        resource_name: format!("projects/{PROJECT}/locations/global"),
        resource: ("audited_resource", Vec::new()),
        request: json!({
            "@type": "type.googleapis.com/google.api.cloudquotas.v1.CreateQuotaPreferenceRequest",
            "quotaPreference": { "service": "compute.googleapis.com", "quotaId": quota, "quotaConfig": config },
        }),
    }
}

fn disable_key() -> Act {
    Act {
        project: PROJECT,
        service: "iam.googleapis.com",
        method: "google.iam.admin.v1.DisableServiceAccountKey",
        resource_name: KEY.to_owned(),
        resource: ("service_account", vec![("email_id", THIEF.email.to_owned())]),
        request: json!({
            "@type": "type.googleapis.com/google.iam.admin.v1.DisableServiceAccountKeyRequest",
            "name": KEY,
            "service_account_key_disable_reason": "SERVICE_ACCOUNT_KEY_DISABLE_REASON_EXPOSED",
        }),
    }
}

const PROJECT: &str = "acme-web-legacy";
const KEY: &str = "projects/acme-web-legacy/serviceAccounts/acme-web-legacy@appspot.gserviceaccount.com/keys/4f1c7a90be23d5867e10c4a9f25d83b6071e9ca4";

const THIEF: Caller = Caller {
    email: "acme-web-legacy@appspot.gserviceaccount.com",
    address: "198.51.100.190",
    agent: "google-cloud-sdk gcloud/458.0.1 command/gcloud.compute.instances.create invocation-id/5c1f environment/None,gzip(gfe)",
    key: Some(
        "//iam.googleapis.com/projects/acme-web-legacy/serviceAccounts/acme-web-legacy@appspot.gserviceaccount.com/keys/4f1c7a90be23d5867e10c4a9f25d83b6071e9ca4",
    ),
};

const AGENT: Caller = Caller {
    email: "902341776150@cloudservices.gserviceaccount.com",
    address: "private",
    agent: "GCE Managed Instance Group",
    key: None,
};

const RESPONDER: Caller = Caller {
    email: "gcp-compromised-key-response@system.gserviceaccount.com",
    address: "private",
    agent: "",
    key: None,
};

/// Twenty-eight zones in eleven regions.
const ZONES: [&str; 28] = [
    "us-central1-a",
    "us-central1-b",
    "us-central1-c",
    "us-east1-b",
    "us-east1-c",
    "us-east1-d",
    "us-east4-a",
    "us-east4-b",
    "us-east4-c",
    "us-west1-a",
    "us-west1-b",
    "us-west1-c",
    "europe-west1-b",
    "europe-west1-c",
    "europe-west1-d",
    "europe-west4-a",
    "europe-west4-b",
    "europe-west4-c",
    "europe-west2-a",
    "europe-west2-b",
    "asia-east1-a",
    "asia-east1-b",
    "asia-east1-c",
    "asia-southeast1-a",
    "asia-southeast1-b",
    "asia-southeast1-c",
    "asia-south1-a",
    "southamerica-east1-a",
];
