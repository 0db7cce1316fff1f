//! One thing that somebody did to a cloud account, in the words of the CIM Change data model.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use crate::{EventId, Few, Field, Outcome, Requested, Text, text};

/// A normalised audit log record. A field that nobody stated is absent, never `unknown`.
///
/// Every launch ever read waits in this form for its turn, so what few events have takes a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The provider's own id of the record; the same record delivered twice has the same id.
    pub id: EventId,
    pub time: Timestamp,
    pub vendor_product: VendorProduct,
    /// Account, project or subscription.
    pub vendor_account: Option<Text>,
    pub vendor_region: Option<Text>,
    /// The provider's name of the operation, e.g. `RunInstances`.
    pub command: Text,
    /// What was attempted, whether or not it worked.
    pub action: Option<Action>,
    /// What it was attempted on: `instance`, `user`, `bucket`…
    pub object_category: Option<Text>,
    pub outcome: Outcome,
    /// The provider's error code, as written.
    pub result_id: Option<Text>,
    /// The provider's error message, as written.
    pub result: Option<Text>,
    /// Events of one session share it.
    pub user: Arc<Principal>,
    pub src: Option<Text>,
    pub user_agent: Option<Text>,
    /// Machines started; or, when the request was refused or they start later, asked for. Zero
    /// for other events.
    pub count: u32,
    /// Ids of the objects made or touched; for a launch, of the instances. Empty when refused.
    pub object_id: Few<Text>,
    /// Distinct images, as the response names them, else the request.
    pub image_id: Few<Text>,
    /// Distinct instance types, as the response names them, else the request.
    pub instance_type: Few<Text>,
    /// What else a request for compute says.
    pub compute: Requested,
    /// Details of each instance. Only investigations ask the decoder for them.
    pub instances: ThinVec<Instance>,
    /// The request that this record is one of several of.
    pub operation: Option<Box<Operation>>,
    /// The other records of the same request, once they are joined.
    pub joined: ThinVec<EventId>,
    /// Whom this brought to life or took over, under the ids with which they act later.
    pub begets: ThinVec<Begotten>,
    /// Values that were brought into a normal form, as written.
    pub as_written: ThinVec<(Field, Text)>,
}

impl Event {
    /// An event of which no more is known yet.
    pub fn new(
        id: EventId,
        time: Timestamp,
        vendor_product: VendorProduct,
        command: Text,
        user: impl Into<Arc<Principal>>,
    ) -> Self {
        Self {
            id,
            time,
            vendor_product,
            vendor_account: None,
            vendor_region: None,
            command,
            action: None,
            object_category: None,
            outcome: Outcome::Ok,
            result_id: None,
            result: None,
            user: user.into(),
            src: None,
            user_agent: None,
            count: 0,
            object_id: Few::new(),
            image_id: Few::new(),
            instance_type: Few::new(),
            compute: Requested::default(),
            instances: ThinVec::new(),
            operation: None,
            joined: ThinVec::new(),
            begets: ThinVec::new(),
            as_written: ThinVec::new(),
        }
    }

    /// Whether this is a launch: one request to create instances, successful or not.
    pub fn is_launch(&self) -> bool {
        self.action == Some(Action::Created) && self.object_category.as_deref() == Some("instance")
    }
}

/// Somebody whom an event brought to life or took over. What launches later is named by
/// `compute.parent`, as `object_category:object_id` of what made it, or as that id alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begotten {
    /// As it stands in `user.id` of what it does.
    Principal(Text),
    /// As it stands in `user.access_key_id`.
    AccessKey(Text),
    /// Somebody who was given rights, as in `user.id`, and may have been there before.
    Empowered(Text),
}

/// One of several records that a provider writes of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The same in all of them, and in no record of another request.
    pub id: Text,
    pub stage: Stage,
}

/// How far a request had come when a record of it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It was asked for. What was asked for is here, or nowhere.
    Started,
    /// The provider took it on; it may still fail.
    Accepted,
    /// It is done, or failed.
    Finished,
}

/// Accelerators of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accelerator {
    /// The provider's name, e.g. `nvidia-tesla-t4`.
    pub name: Text,
    pub count: u32,
}

/// Who did it, under a name that stays the same from session to session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    /// Stable and unique across accounts: the ARN of the user or role, or
    /// `provider:account:kind` for an actor that has no such name.
    pub id: Text,
    /// The bare user or role name, as Splunk's `user` has it.
    pub name: Option<Text>,
    /// The provider's kind of identity, e.g. `AssumedRole`.
    pub kind: Option<Text>,
    /// Session of a role, or name of a federated user. A detail, never a key.
    pub session: Option<Text>,
    pub access_key_id: Option<Text>,
    /// Who acts under this identity without being it, as that stands in `id` of its own acts. The
    /// provider's word: nobody can borrow in the name of another.
    pub borrower: Option<Text>,
    /// The service that made the call on somebody's behalf.
    pub invoked_by: Option<Text>,
    /// A role that only a service of the provider can assume.
    pub service_linked: bool,
    /// What kind of actor this is, in any cloud.
    pub class: UserClass,
    /// False when the record does not say who acted. Such an actor is judged, but never
    /// becomes known: otherwise one unattributed launch would vouch for all that follow.
    pub attributed: bool,
}

/// Kinds of actor that every cloud has. None of them can be chosen by a client, but any of them
/// can be stolen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserClass {
    /// The record does not say.
    #[default]
    Unknown,
    /// The owner of the account.
    Root,
    /// A person, or a user that has keys of its own.
    User,
    /// A role, service account or application that anything may act as.
    Workload,
    /// The provider itself, on somebody's behalf.
    Service,
}

impl UserClass {
    pub fn as_str(self) -> &'static str {
        self.as_text()
    }

    pub(crate) fn as_text(self) -> &'static Text {
        match self {
            Self::Unknown => text!("unknown"),
            Self::Root => text!("root"),
            Self::User => text!("user"),
            Self::Workload => text!("workload"),
            Self::Service => text!("service"),
        }
    }
}

/// What a launch says of one instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Instance {
    pub instance_id: Text,
    pub image_id: Option<Text>,
    pub instance_type: Option<Text>,
    pub architecture: Option<Text>,
    pub availability_zone: Option<Text>,
    pub key_name: Option<Text>,
    pub private_ip_address: Option<Text>,
    pub public_ip_address: Option<Text>,
    pub subnet_id: Option<Text>,
    pub vpc_id: Option<Text>,
    pub state: Option<Text>,
    pub launch_time: Option<Timestamp>,
    /// `key=value`, in the order of the log.
    pub tags: Vec<Text>,
}

/// The `action` of the CIM Change data model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Created,
    Deleted,
    Modified,
    Read,
    Restarted,
    Started,
    Stopped,
    Updated,
}

impl Action {
    pub fn as_str(self) -> &'static str {
        self.as_text()
    }

    pub(crate) fn as_text(self) -> &'static Text {
        match self {
            Self::Created => text!("created"),
            Self::Deleted => text!("deleted"),
            Self::Modified => text!("modified"),
            Self::Read => text!("read"),
            Self::Restarted => text!("restarted"),
            Self::Started => text!("started"),
            Self::Stopped => text!("stopped"),
            Self::Updated => text!("updated"),
        }
    }
}

/// Which product wrote the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum VendorProduct {
    #[serde(rename = "AWS CloudTrail")]
    AwsCloudTrail,
    #[serde(rename = "Azure Activity Log")]
    AzureActivityLog,
    #[serde(rename = "Google Cloud Audit Logs")]
    GoogleCloudAuditLogs,
}

impl VendorProduct {
    pub const ALL: [Self; 3] = [Self::AwsCloudTrail, Self::AzureActivityLog, Self::GoogleCloudAuditLogs];

    pub fn as_str(self) -> &'static str {
        self.as_text()
    }

    pub(crate) fn as_text(self) -> &'static Text {
        match self {
            Self::AwsCloudTrail => text!("AWS CloudTrail"),
            Self::AzureActivityLog => text!("Azure Activity Log"),
            Self::GoogleCloudAuditLogs => text!("Google Cloud Audit Logs"),
        }
    }
}

impl fmt::Display for VendorProduct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_waits_is_small() {
        assert!(size_of::<Event>() <= 216, "{} bytes", size_of::<Event>());
    }
}
