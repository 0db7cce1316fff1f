//! What a name says by itself: family, size, vCPU, memory.
//!
//! Clouds build names in three ways. Names come out of logs, so that nothing of them is believed
//! beyond these forms, and no number beyond what is sold.

use std::{collections::BTreeMap, str};

use model::Text;
use serde::{Deserialize, Serialize};

/// The longest name that is sold has 36 bytes.
pub(super) const MAX_NAME: usize = 64;
/// No machine of more vCPU, and no size above that, is believed.
const MAX_UNITS: f64 = 10_000.0;
/// 64 TiB.
const MAX_MIB: f64 = 67_108_864.0;

/// A name as a key: without the path that some clouds put in front, in lower case, on the stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Normal {
    bytes: [u8; MAX_NAME],
    length: usize,
}

impl Normal {
    /// Nothing that is sold is called otherwise.
    pub(super) fn of(text: &str) -> Option<Self> {
        let name = text.rsplit('/').next().unwrap_or(text).trim_ascii();
        Self::collect(name.bytes())
    }

    /// `East US` is `eastus`.
    pub(super) fn without_blanks(text: &str) -> Option<Self> {
        Self::collect(text.bytes().filter(|byte| *byte != b' '))
    }

    fn collect(name: impl Iterator<Item = u8>) -> Option<Self> {
        let (mut bytes, mut length) = ([0; MAX_NAME], 0);
        for byte in name {
            *bytes.get_mut(length).filter(|_| byte.is_ascii_graphic())? = byte.to_ascii_lowercase();
            length += 1;
        }
        (length > 0).then_some(Self { bytes, length })
    }

    pub(super) fn as_str(&self) -> &str {
        // All of it is ASCII.
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// How the names of a cloud are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Names {
    /// `family.size`
    Dotted,
    /// `tier_series`, with the size in the series
    Underscored,
    /// `family-shape-size`
    Dashed,
}

/// A name, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parts<'n> {
    /// The same for all sizes of a family.
    pub(super) family: String,
    /// The family without its shape; what rates are by.
    pub(super) root: &'n str,
    pub(super) shape: &'n str,
    pub(super) size: Option<Amount>,
    pub(super) vcpu: Option<f64>,
    pub(super) memory_gib: Option<f64>,
    /// A size that another size is sold as: its price is that one's, its vCPU its own.
    pub(super) constrained: bool,
}

/// How much of its family a size is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Amount {
    Units(f64),
    Largest,
}

impl Names {
    /// Takes a normal name apart; nothing when it has not the form.
    pub(super) fn read<'n>(self, name: &'n str, sizes: &BTreeMap<Text, f64>) -> Option<Parts<'n>> {
        match self {
            Self::Dotted => dotted(name, sizes),
            Self::Underscored => underscored(name),
            Self::Dashed => dashed(name),
        }
    }
}

impl Parts<'_> {
    /// The letters that a family's name begins with say what it is made for.
    pub(super) fn letters(&self) -> &str {
        letters(self.root)
    }
}

pub(super) fn letters(family: &str) -> &str {
    leading(family, |byte| byte.is_ascii_alphabetic())
}

/// The family that rates know a machine by: what stands before the first dash.
pub(super) fn root(name: &str) -> &str {
    match name.split('-').next() {
        Some(CUSTOM) => FIRST_CUSTOM,
        Some(root) => root,
        None => name,
    }
}

/// `c5.2xlarge`, and `fargate-16-32768` for what is sold by vCPU and memory.
fn dotted<'n>(name: &'n str, sizes: &BTreeMap<Text, f64>) -> Option<Parts<'n>> {
    if let Some(parts) = custom(name) {
        return Some(parts);
    }
    let (family, size) = name.split_once('.')?;
    if letters(family).is_empty() {
        return None;
    }
    let size = amount(size, sizes);
    let vcpu = match size {
        Some(Amount::Units(units)) => Some(units.max(1.0)),
        _ => None,
    };
    Some(Parts { family: family.to_owned(), root: family, shape: "", size, vcpu, memory_gib: None, constrained: false })
}

/// `metal-24xl` is what `24xlarge` is.
fn amount(size: &str, sizes: &BTreeMap<Text, f64>) -> Option<Amount> {
    if size == "metal" {
        return Some(Amount::Largest);
    }
    if let Some(units) = sizes.get(size) {
        return Some(Amount::Units(*units));
    }
    let times = size.strip_prefix("metal-").map_or_else(|| size.strip_suffix("xlarge"), |size| size.strip_suffix("xl"));
    let units = number(times?)? * sizes.get("xlarge")?;
    Some(Amount::Units(units))
}

/// `standard_e64-16s_v4`: tier, letters, number, perhaps the vCPU that are awake, features.
fn underscored(name: &str) -> Option<Parts<'_>> {
    let (tier, series) = name.split_once('_')?;
    let letters = letters(series);
    let digits = leading(&series[letters.len()..], |byte| byte.is_ascii_digit());
    let features = &series[letters.len() + digits.len()..];
    if tier.is_empty() || letters.is_empty() || digits.is_empty() {
        return None;
    }
    let awake = awake(features);
    let features = awake.map_or_else(|| features.to_owned(), |awake| features.replacen(&format!("-{awake}"), "", 1));
    let units = number(digits);
    Some(Parts {
        family: format!("{tier}_{letters}#{features}"),
        root: letters,
        shape: "",
        size: units.map(Amount::Units),
        vcpu: awake.map_or(units, number),
        memory_gib: None,
        constrained: awake.is_some(),
    })
}

/// The digits of `-16s_v4` and `ds-104_6_v3`.
fn awake(features: &str) -> Option<&str> {
    let rest = features[leading(features, |byte| byte.is_ascii_alphabetic()).len()..].strip_prefix('-')?;
    let digits = leading(rest, |byte| byte.is_ascii_digit());
    (!digits.is_empty()).then_some(digits)
}

/// `n2-standard-8`, `a2-highgpu-8g`, `custom-4-8192`, `n2-custom-8-16384-ext`.
fn dashed(name: &str) -> Option<Parts<'_>> {
    let mut parts = name.split('-');
    let (root, shape) = (parts.next()?, parts.next()?);
    if root == CUSTOM || shape == CUSTOM {
        return custom(name);
    }
    if letters(root).is_empty() {
        return None;
    }
    let size = parts.next().unwrap_or_default();
    let vcpu = number(size);
    let units = vcpu.or_else(|| number(size.strip_suffix('g')?));
    Some(Parts {
        family: format!("{root}-{shape}"),
        root,
        shape,
        size: units.map(Amount::Units),
        vcpu,
        memory_gib: None,
        constrained: false,
    })
}

/// A machine by vCPU and MiB. The first family that could be had so goes without its name.
fn custom(name: &str) -> Option<Parts<'_>> {
    let name = name.strip_suffix("-ext").unwrap_or(name);
    let (rest, mib) = name.rsplit_once('-')?;
    let (rest, vcpu) = rest.rsplit_once('-')?;
    let (vcpu, mib) = (decimal(vcpu, MAX_UNITS)?, decimal(mib, MAX_MIB)?);
    let root = match rest.strip_suffix(CUSTOM) {
        Some("") => FIRST_CUSTOM,
        Some(family) => family.strip_suffix('-')?,
        None => rest,
    };
    if root.is_empty() || !root.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    Some(Parts {
        family: format!("{root}-{CUSTOM}"),
        root,
        shape: CUSTOM,
        size: Some(Amount::Units(vcpu)),
        vcpu: Some(vcpu),
        memory_gib: Some(mib / 1024.0),
        constrained: false,
    })
}

pub(super) const CUSTOM: &str = "custom";
const FIRST_CUSTOM: &str = "n1";

fn leading(text: &str, is: impl Fn(u8) -> bool) -> &str {
    let length = text.bytes().take_while(|byte| is(*byte)).count();
    // Only ASCII is counted, so that this is a border.
    text.get(..length).unwrap_or_default()
}

fn number(digits: &str) -> Option<f64> {
    if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|units| (1.0..=MAX_UNITS).contains(units))
}

fn decimal(text: &str, most: f64) -> Option<f64> {
    if text.len() > 8 || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    text.parse().ok().filter(|value| *value > 0.0 && *value <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: Names, name: &str, expected: &str) {
        let sizes = BTreeMap::from([("large".into(), 2.0), ("xlarge".into(), 4.0), ("nano".into(), 0.125)]);
        let shown = names.read(name, &sizes).map_or_else(
            || "no form".to_owned(),
            |parts| {
                let size = match parts.size {
                    Some(Amount::Units(units)) => units.to_string(),
                    Some(Amount::Largest) => "largest".to_owned(),
                    None => "?".to_owned(),
                };
                let optional = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
                let (vcpu, gib) = (optional(parts.vcpu), optional(parts.memory_gib));
                let awake = if parts.constrained { " constrained" } else { "" };
                format!("{} {size}: {} {vcpu} vcpu {gib} gib{awake}", parts.family, parts.letters())
            },
        );
        assert_eq!(shown, expected, "{name}");
    }

    #[test]
    fn names_are_taken_apart() {
        for (name, expected) in [
            ("c5.2xlarge", "c5 8: c 8 vcpu ? gib"),
            ("c5.metal", "c5 largest: c ? vcpu ? gib"),
            ("m7i.metal-24xl", "m7i 96: m 96 vcpu ? gib"),
            ("t3.nano", "t3 0.125: t 1 vcpu ? gib"),
            ("u7i-12tb.224xlarge", "u7i-12tb 896: u 896 vcpu ? gib"),
            ("c5.huge", "c5 ?: c ? vcpu ? gib"),
            ("c5.99999999xlarge", "c5 ?: c ? vcpu ? gib"),
            ("c5.-2xlarge", "c5 ?: c ? vcpu ? gib"),
            ("fargate-0.25-512", "fargate-custom 0.25: fargate 0.25 vcpu 0.5 gib"),
            ("c5", "no form"),
            (".large", "no form"),
            ("5.large", "no form"),
        ] {
            check(Names::Dotted, name, expected);
        }
        for (name, expected) in [
            ("standard_d48s_v5", "standard_d#s_v5 48: d 48 vcpu ? gib"),
            ("standard_e64-16s_v4", "standard_e#s_v4 64: e 16 vcpu ? gib constrained"),
            ("standard_m416ds-104_6_v3", "standard_m#ds_6_v3 416: m 104 vcpu ? gib constrained"),
            ("standard_d99999999999s_v5", "standard_d#s_v5 ?: d ? vcpu ? gib"),
            ("standard_e64-99999999999s_v4", "standard_e#s_v4 64: e ? vcpu ? gib constrained"),
            ("standard_", "no form"),
            ("standard_ds", "no form"),
            ("_d2", "no form"),
        ] {
            check(Names::Underscored, name, expected);
        }
        for (name, expected) in [
            ("n1-standard-4", "n1-standard 4: n 4 vcpu ? gib"),
            ("a2-highgpu-8g", "a2-highgpu 8: a ? vcpu ? gib"),
            ("c3-standard-192-metal", "c3-standard 192: c 192 vcpu ? gib"),
            ("custom-4-8192", "n1-custom 4: n 4 vcpu 8 gib"),
            ("n2-custom-8-16384-ext", "n2-custom 8: n 8 vcpu 16 gib"),
            ("n2-custom--8-16384", "no form"),
            ("n2-custom-8-99999999", "no form"),
            ("e2-micro", "e2-micro ?: e ? vcpu ? gib"),
            ("n1", "no form"),
            ("-standard-4", "no form"),
        ] {
            check(Names::Dashed, name, expected);
        }
    }

    #[test]
    fn a_key_is_short_plain_and_lower_case() {
        let key = |text: &str| Normal::of(text).map(|normal| normal.as_str().to_owned());
        assert_eq!(key("zones/us-central1-a/machineTypes/n1-standard-4").as_deref(), Some("n1-standard-4"));
        assert_eq!(key(" Standard_D2s_v3 ").as_deref(), Some("standard_d2s_v3"));
        for text in ["", "/", "c5\u{1b}.large", "c5 .large", "ç5.large", &"a".repeat(MAX_NAME + 1)] {
            assert_eq!(key(text), None, "{text:?}");
        }
        assert!(key(&"a".repeat(MAX_NAME)).is_some());
    }
}
