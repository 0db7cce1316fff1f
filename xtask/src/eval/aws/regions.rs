//! Regions of AWS, by what Acme has to do with them.

pub(crate) const VIRGINIA: &str = "us-east-1";
pub(crate) const IRELAND: &str = "eu-west-1";

/// The regions that every account may use; the first two are Acme's own.
pub(crate) const ENABLED: [&str; 17] = [
    VIRGINIA,
    IRELAND,
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
];

/// Regions that an account has to ask for first.
pub(crate) const OPT_IN: [&str; 2] = ["af-south-1", "me-south-1"];
