//! List prices, USD an hour, on demand, as the reports had them.
//!
//! A table of the scoreboard's own and not the program's: if both were one, a wrong price would
//! prove itself right. AWS us-east-1 of 2026-07-20, Azure eastus of 2026-06-18, Google us-central1.

/// Price of one machine of this type or size.
///
/// A type that is not listed is a mistake in a scenario, so it stops the chore.
pub(crate) fn of(machine_type: &str) -> f64 {
    let known = PRICES.iter().find(|(name, _)| *name == machine_type);
    known.unwrap_or_else(|| panic!("`{machine_type}` has no price: add it to `prices.rs`")).1
}

/// A Fargate task, Linux on x86.
pub(crate) fn fargate(vcpu: u64, gib: u64) -> f64 {
    vcpu as f64 * 0.040_48 + gib as f64 * 0.004_445
}

/// Four T4 beside an `n1-standard-4`.
pub(crate) const N1_WITH_FOUR_T4: f64 = 0.19 + 4.0 * 0.35;

const PRICES: &[(&str, f64)] = &[
    ("t3.micro", 0.0104),
    ("t3.medium", 0.0416),
    ("t3.large", 0.0832),
    ("m5.large", 0.096),
    ("m5.xlarge", 0.192),
    ("m5.2xlarge", 0.384),
    ("m5.12xlarge", 2.304),
    ("m5a.xlarge", 0.172),
    ("m6a.2xlarge", 0.3456),
    ("m6i.large", 0.096),
    ("m6i.xlarge", 0.192),
    ("m6i.2xlarge", 0.384),
    ("m6i.4xlarge", 0.768),
    ("c5.large", 0.085),
    ("c5.xlarge", 0.17),
    ("c5.2xlarge", 0.34),
    ("c5.4xlarge", 0.68),
    ("c5.metal", 4.08),
    ("c5a.8xlarge", 1.232),
    ("c5a.24xlarge", 3.696),
    ("c6a.xlarge", 0.153),
    ("c6a.2xlarge", 0.306),
    ("c6a.24xlarge", 3.672),
    ("c6a.48xlarge", 7.344),
    ("c6i.large", 0.085),
    ("c6i.xlarge", 0.17),
    ("c6i.2xlarge", 0.34),
    ("c6i.32xlarge", 5.44),
    ("r5.xlarge", 0.252),
    ("r5.4xlarge", 1.008),
    ("r5a.4xlarge", 0.904),
    ("r6i.2xlarge", 0.504),
    ("g4dn.12xlarge", 3.912),
    ("g5.12xlarge", 5.672),
    ("p2.xlarge", 0.90),
    ("p3.8xlarge", 12.24),
    ("p4d.24xlarge", 21.957_642),
    ("p5.48xlarge", 55.04),
    ("ml.t3.medium", 0.05),
    ("e2-standard-2", 0.067),
    ("e2-standard-4", 0.134),
    ("n2-standard-4", 0.194),
    ("n2-standard-8", 0.388),
    ("n2d-highcpu-224", 6.99),
    ("Standard_D2s_v5", 0.096),
    ("Standard_D4s_v5", 0.192),
    ("Standard_D8s_v5", 0.384),
    ("Standard_F4s_v2", 0.169),
    ("Standard_F8s_v2", 0.338),
    ("Standard_NC64as_T4_v3", 4.352),
    ("Standard_NC24ads_A100_v4", 3.673),
];
