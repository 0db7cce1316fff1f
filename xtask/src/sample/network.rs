//! Networks of the invented accounts. The same account and region always have the same.

use super::rng::Rng;

pub(crate) fn vpc(account: &str, region: &str) -> String {
    Rng::new(&format!("vpc {account} {region}")).resource_id("vpc")
}

pub(crate) fn subnet(account: &str, region: &str, zone: char) -> String {
    Rng::new(&format!("subnet {account} {region} {zone}")).resource_id("subnet")
}

pub(crate) fn security_group(account: &str, region: &str) -> String {
    Rng::new(&format!("group {account} {region}")).resource_id("sg")
}

/// A private address, from a range of the account's own.
pub(crate) fn host(account: &str, rng: &mut Rng) -> String {
    format!("10.{}.{}.{}", &account[..2], rng.between(0, 63), rng.between(4, 250))
}
