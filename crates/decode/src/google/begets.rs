//! Whom an operation brings to life or gives rights to: service accounts, their keys, members.

use model::{Begotten, Event, Outcome, Text};

use super::{Record, grants, identity, normal};

/// Nothing of a request that was refused.
pub(super) fn begets(event: &Event, record: &Record<'_>) -> Vec<Begotten> {
    if event.outcome != Outcome::Ok {
        return Vec::new();
    }
    if matches!(event.object_category.as_deref(), Some("policy" | "service_account_policy")) {
        return empowered(record);
    }
    match &*event.command {
        "google.iam.admin.CreateServiceAccount" => {
            let id = mail_of_account(record).and_then(|mail| identity::of_member(&format!("serviceAccount:{mail}")));
            id.map(Begotten::Principal).into_iter().collect()
        }
        "google.iam.admin.CreateServiceAccountKey" | "google.iam.admin.UploadServiceAccountKey" => {
            let key = record.response.str("name").map(|name| normal::last_part(&name).into());
            key.map(Begotten::AccessKey).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The mail of the service account that a record is about: the resource is named by its number,
/// or is only the project.
pub(super) fn mail_of_account(record: &Record<'_>) -> Option<Text> {
    let label = || record.fields.object("resource").object("labels").text("email_id");
    record.response.text("email").or_else(label)
}

fn empowered(record: &Record<'_>) -> Vec<Begotten> {
    let mut begotten: Vec<Begotten> = Vec::new();
    for id in grants::added(record.payload).filter_map(|grant| grant.empowered()) {
        let id = Begotten::Empowered(id);
        if !begotten.contains(&id) {
            begotten.push(id);
        }
    }
    begotten
}
