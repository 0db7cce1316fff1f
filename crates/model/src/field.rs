//! The fields of an event by name, for detections that are written as data.

use std::{fmt, slice, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Accelerator, Event, Text};

/// A field that a detection can select by, learn or count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    Accelerator,
    AccessKeyId,
    Action,
    Command,
    ImageId,
    InstanceType,
    InvokedBy,
    ObjectCategory,
    ObjectId,
    Outcome,
    Parent,
    ResultId,
    Session,
    Src,
    Status,
    User,
    UserAgent,
    UserClass,
    UserName,
    UserType,
    VendorAccount,
    VendorProduct,
    VendorRegion,
}

impl Field {
    pub const ALL: [Self; 23] = [
        Self::Accelerator,
        Self::AccessKeyId,
        Self::Action,
        Self::Command,
        Self::ImageId,
        Self::InstanceType,
        Self::InvokedBy,
        Self::ObjectCategory,
        Self::ObjectId,
        Self::Outcome,
        Self::Parent,
        Self::ResultId,
        Self::Session,
        Self::Src,
        Self::Status,
        Self::User,
        Self::UserAgent,
        Self::UserClass,
        Self::UserName,
        Self::UserType,
        Self::VendorAccount,
        Self::VendorProduct,
        Self::VendorRegion,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accelerator => "accelerator",
            Self::AccessKeyId => "access_key_id",
            Self::Action => "action",
            Self::Command => "command",
            Self::ImageId => "image_id",
            Self::InstanceType => "instance_type",
            Self::InvokedBy => "invoked_by",
            Self::ObjectCategory => "object_category",
            Self::ObjectId => "object_id",
            Self::Outcome => "outcome",
            Self::Parent => "parent",
            Self::ResultId => "result_id",
            Self::Session => "session",
            Self::Src => "src",
            Self::Status => "status",
            Self::User => "user",
            Self::UserAgent => "user_agent",
            Self::UserClass => "user_class",
            Self::UserName => "user_name",
            Self::UserType => "user_type",
            Self::VendorAccount => "vendor_account",
            Self::VendorProduct => "vendor_product",
            Self::VendorRegion => "vendor_region",
        }
    }

    /// The values of this field in `event`: none when absent, several for images and the like.
    pub fn of(self, event: &Event) -> Values<'_> {
        let user = &event.user;
        match self {
            Self::Accelerator => Values::Accelerators(event.compute.accelerators.iter()),
            Self::AccessKeyId => Values::One(user.access_key_id.as_ref()),
            Self::Action => Values::One(event.action.map(crate::Action::as_text)),
            Self::Command => Values::One(Some(&event.command)),
            Self::ImageId => Values::Many(event.image_id.iter()),
            Self::InstanceType => Values::Many(event.instance_type.iter()),
            Self::InvokedBy => Values::One(user.invoked_by.as_ref()),
            Self::ObjectCategory => Values::One(event.object_category.as_ref()),
            Self::ObjectId => Values::Many(event.object_id.iter()),
            Self::Outcome => Values::One(Some(event.outcome.as_text())),
            Self::Parent => Values::One(event.compute.parent.as_ref()),
            Self::ResultId => Values::One(event.result_id.as_ref()),
            Self::Session => Values::One(user.session.as_ref()),
            Self::Src => Values::One(event.src.as_ref()),
            Self::Status => Values::One(Some(event.outcome.status_text())),
            Self::User => Values::One(Some(&user.id)),
            Self::UserAgent => Values::One(event.user_agent.as_ref()),
            Self::UserClass => Values::One(Some(user.class.as_text())),
            Self::UserName => Values::One(user.name.as_ref()),
            Self::UserType => Values::One(user.kind.as_ref()),
            Self::VendorAccount => Values::One(event.vendor_account.as_ref()),
            Self::VendorProduct => Values::One(Some(event.vendor_product.as_text())),
            Self::VendorRegion => Values::One(event.vendor_region.as_ref()),
        }
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|field| field.as_str() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|field| field.as_str()).collect();
            format!("unknown field `{name}`, expected one of {}", names.join(", "))
        })
    }
}

impl TryFrom<String> for Field {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.as_str().to_owned()
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The values of one field of one event.
pub enum Values<'a> {
    One(Option<&'a Text>),
    Many(slice::Iter<'a, Text>),
    Accelerators(slice::Iter<'a, Accelerator>),
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a Text;

    fn next(&mut self) -> Option<&'a Text> {
        match self {
            Self::One(value) => value.take(),
            Self::Many(values) => values.next(),
            Self::Accelerators(values) => values.next().map(|accelerator| &accelerator.name),
        }
    }
}
