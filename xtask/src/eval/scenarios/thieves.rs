//! From where thieves come, and with what.
//!
//! Addresses are of documentation; what kind of network they stand for is ours to say.

use crate::sample::actor::Actor;

pub(super) const VPN: &str = "198.51.100.77";
pub(super) const HOSTING: &str = "198.51.100.141";
pub(super) const RESIDENTIAL: [&str; 5] =
    ["198.51.100.11", "198.51.100.23", "198.51.100.38", "198.51.100.45", "198.51.100.59"];
/// A machine in somebody else's account.
pub(super) const OTHER_CLOUD: &str = "198.51.100.200";

/// The same key in other hands.
pub(super) fn with(actor: Actor, address: &str, agent: &'static str) -> Actor {
    Actor { address: address.to_owned(), agent, ..actor }
}

pub(super) const BOTO: &str = "Boto3/1.36.21 md/Botocore#1.36.21 ua/2.0 os/linux#6.8.0-52-generic md/arch#x86_64 lang/python#3.12.3 Botocore/1.36.21";
pub(super) const CLI: &str =
    "aws-cli/2.15.30 Python/3.11.8 Linux/6.6.9-amd64 exe/x86_64.kali.2024 prompt/off command/ec2.run-instances";
pub(super) const GO: &str = "aws-sdk-go/1.44.298 (go1.20.6; linux; amd64)";
pub(super) const S3_BROWSER: &str = "S3 Browser/11.6.7 (https://s3browser.com)";
pub(super) const CONSOLE: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
