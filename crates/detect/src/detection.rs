//! Detections: text, checked once, then trusted.
//!
//! A detection is data. `new_value` and `abnormal_count` learn what is normal; `match`, `spread`
//! and `burst` need not. All take any field of an event, so that one more detection is a file
//! and not a change of this program.

use std::collections::{BTreeMap, BTreeSet};

use model::{Event, Field, Outcome, Quantity, Scope, Selection, Text};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    Error, Sets,
    dispatch::TOLD,
    incident::Score,
    message::Message,
    window::{Given, Within},
};

/// A detection that has been checked.
#[derive(Debug, Clone)]
pub struct Detection {
    /// File name without its ending: `detection` in what Davy writes.
    pub detection: Text,
    pub id: Uuid,
    /// The published name.
    pub name: Text,
    /// A word or two for screens.
    pub title: Text,
    pub selection: Selection,
    /// What of the selection is about more than the operation.
    pub(crate) rest: Selection,
    /// Events that it leaves alone although they are selected.
    pub unless: Option<Selection>,
    /// Events with less of any of these are left alone.
    pub at_least: BTreeMap<Quantity, f64>,
    pub kind: Kind,
    /// What it is worth in an incident.
    pub score: Option<Score>,
    pub risk: Risk,
    pub message: Message,
    pub mitre_attack_id: Vec<Text>,
    /// Later events with the same value join the finding for this long.
    pub join_hours: u16,
}

/// What makes an event abnormal.
#[derive(Debug, Clone)]
pub enum Kind {
    NewValue(NewValue),
    AbnormalCount(AbnormalCount),
    /// `match`, `spread` or `burst`.
    Within(Within),
}

/// A value of `field` that was not seen before.
#[derive(Debug, Clone)]
pub struct NewValue {
    pub field: Field,
    pub scopes: Vec<Scope>,
    pub warm_up_days: u16,
    pub forget_after_days: u16,
    pub lookup: Option<Lookup>,
    pub same_as: Option<SameAs>,
}

/// The original's lookup table for this detection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    pub name: String,
    /// Its key column.
    pub key: String,
    /// The field of an event that the key holds, where that is not the detection's own.
    pub field: Option<Field>,
}

/// Events that say that one value stands for another: a copy of an image is that image.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameAs {
    #[serde(rename = "where")]
    pub selection: Selection,
    pub copy: Field,
    pub of: Field,
}

/// More in an hour than the model allows.
#[derive(Debug, Clone)]
pub struct AbnormalCount {
    /// Whose hourly count is judged.
    pub by: Field,
    pub unit: Unit,
    pub model: Model,
    /// The area of the upper tail.
    pub threshold: f64,
    /// A model of fewer hours is not used.
    pub min_rows: u32,
    pub window_days: u16,
    /// Counts below this are never abnormal.
    pub min_count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Instances,
    Requests,
    /// Whole dollars an hour, at the lower end of what the price list says.
    Usd,
}

impl Unit {
    /// For sentences.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Instances => "instance",
            Self::Requests => "request",
            Self::Usd => "dollar an hour",
        }
    }

    /// How many of them an event counts.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    pub(crate) fn of(self, event: &Event) -> u64 {
        match self {
            Self::Instances => u64::from(event.count),
            Self::Requests => 1,
            Self::Usd => Quantity::UsdPerHour.of(event).unwrap_or(0.0) as u64,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Of the whole estate's hourly totals, by group of hours: the original.
    Exponential,
    /// Of each one's own hourly counts.
    NegativeBinomial,
}

/// Risk scores by how the requests ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    pub ok: u32,
    pub refused: u32,
    pub dry_run: u32,
}

impl Risk {
    pub fn of(self, outcome: Outcome) -> u32 {
        match outcome {
            Outcome::Ok | Outcome::Pending => self.ok,
            Outcome::DryRun => self.dry_run,
            Outcome::Denied | Outcome::Quota | Outcome::Capacity | Outcome::Verification | Outcome::Other => {
                self.refused
            }
        }
    }
}

impl Detection {
    /// Checks the text of a detection file that names no sets.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        Self::parse_with(&Sets::default(), name, text)
    }

    /// Checks the text of a detection file. `name` is the file's name without its ending; `sets`
    /// are the lists of values that it may select by.
    pub fn parse_with(sets: &Sets, name: &str, text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text)
            .map_err(|source| Error::Toml { detection: name.to_owned(), source: Box::new(source) })?;
        file.check(name, sets).map_err(|problem| Error::Detection { detection: name.to_owned(), problem })
    }

    /// Whether an event is for this detection to judge.
    pub fn selects(&self, event: &Event) -> bool {
        self.selection.matches(event) && self.selects_rest(event)
    }

    /// The same of an event whose operation is known to be selected.
    pub(crate) fn selects_rest(&self, event: &Event) -> bool {
        self.rest.matches(event)
            && !self.unless.as_ref().is_some_and(|unless| unless.matches(event))
            && self.at_least.iter().all(|(quantity, bound)| quantity.of(event).is_some_and(|stated| stated >= *bound))
    }

    /// Whether it is a signal: worth nothing alone, and points in an incident.
    pub fn is_signal(&self) -> bool {
        self.risk == Risk::default() && self.score.is_some()
    }

    /// The other detection that it is about.
    pub fn given(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Within(Within { given: Some(given), .. }) => Some(given.detection()),
            _ => None,
        }
    }

    /// Whether it is about what another detection had to say.
    pub(crate) fn asks_others(&self) -> bool {
        self.given().is_some()
    }

    /// What events this detection must see: those it judges, and those that tell it of copies.
    pub fn selections(&self) -> impl Iterator<Item = &Selection> {
        let same_as = match &self.kind {
            Kind::NewValue(NewValue { same_as: Some(same_as), .. }) => Some(&same_as.selection),
            _ => None,
        };
        std::iter::once(&self.selection).chain(same_as)
    }
}

/// A detection file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    id: Uuid,
    title: String,
    kind: KindName,
    #[serde(rename = "where", default)]
    selection: Selection,
    unless: Option<Selection>,
    #[serde(default)]
    at_least: BTreeMap<Quantity, f64>,
    #[serde(default)]
    risk: Risk,
    message: String,
    #[serde(default)]
    mitre_attack_id: Vec<Text>,
    #[serde(default = "default_join_hours")]
    join_hours: u16,
    new_value: Option<NewValueFile>,
    abnormal_count: Option<AbnormalCountFile>,
    #[serde(rename = "match")]
    match_: Option<MatchFile>,
    spread: Option<SpreadFile>,
    burst: Option<BurstFile>,
    score: Option<Score>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum KindName {
    NewValue,
    AbnormalCount,
    Match,
    Spread,
    Burst,
}

impl KindName {
    fn as_str(self) -> &'static str {
        match self {
            Self::NewValue => "new_value",
            Self::AbnormalCount => "abnormal_count",
            Self::Match => "match",
            Self::Spread => "spread",
            Self::Burst => "burst",
        }
    }
}

/// It happened: each value of `of` is told once for each of `by`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MatchFile {
    #[serde(default = "by_user")]
    by: Field,
    /// What the finding names.
    of: Option<Field>,
    given: Option<Text>,
    while_learning: Option<Text>,
}

/// So many different values of a field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpreadFile {
    #[serde(default = "by_user")]
    by: Field,
    of: Field,
    at_least: u64,
    minutes: u32,
    given: Option<Text>,
    while_learning: Option<Text>,
}

/// So many events or machines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BurstFile {
    #[serde(default = "by_user")]
    by: Field,
    unit: Unit,
    at_least: u64,
    minutes: u32,
    given: Option<Text>,
    while_learning: Option<Text>,
}

fn by_user() -> Field {
    Field::User
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewValueFile {
    field: Field,
    #[serde(default = "both_scopes")]
    scopes: BTreeSet<Scope>,
    warm_up_days: u16,
    #[serde(default = "ninety_days")]
    forget_after_days: u16,
    lookup: Option<Lookup>,
    same_as: Option<SameAs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AbnormalCountFile {
    by: Field,
    unit: Unit,
    model: Model,
    threshold: f64,
    min_rows: u32,
    #[serde(default = "ninety_days")]
    window_days: u16,
    #[serde(default)]
    min_count: u64,
}

fn default_join_hours() -> u16 {
    24
}

fn both_scopes() -> BTreeSet<Scope> {
    BTreeSet::from([Scope::Account, Scope::Organization])
}

fn ninety_days() -> u16 {
    90
}

impl File {
    fn check(self, detection: &str, sets: &Sets) -> Result<Detection, String> {
        require(self.risk.ok <= 100, "`risk.ok` is above 100")?;
        require(self.risk.refused <= self.risk.ok, "`risk.refused` is above `risk.ok`")?;
        require(self.risk.dry_run <= self.risk.ok, "`risk.dry_run` is above `risk.ok`")?;
        let tables = (self.new_value, self.abnormal_count, self.match_, self.spread, self.burst);
        let kind = match (self.kind, tables) {
            (KindName::NewValue, (Some(file), None, None, None, None)) => Kind::NewValue(file.check()?),
            (KindName::AbnormalCount, (None, Some(file), None, None, None)) => Kind::AbnormalCount(file.check()?),
            (KindName::Match, (None, None, Some(file), None, None)) => Kind::Within(file.check()?),
            (KindName::Spread, (None, None, None, Some(file), None)) => Kind::Within(file.check()?),
            (KindName::Burst, (None, None, None, None, Some(file))) => Kind::Within(file.check()?),
            (kind, _) => {
                let kind = kind.as_str();
                return Err(format!("kind `{kind}` takes the table `[{kind}]`, and only it"));
            }
        };
        let selection = sets.expand(&self.selection)?;
        Ok(Detection {
            detection: detection.into(),
            id: self.id,
            name: self.name.into(),
            title: self.title.into(),
            rest: beyond_told(&selection),
            selection,
            unless: self.unless.map(|unless| sets.expand(&unless)).transpose()?,
            at_least: self.at_least,
            kind,
            score: self.score,
            risk: self.risk,
            message: Message::parse(&self.message)?,
            mitre_attack_id: self.mitre_attack_id,
            join_hours: self.join_hours,
        })
    }
}

impl NewValueFile {
    fn check(self) -> Result<NewValue, String> {
        require(!self.scopes.is_empty(), "`scopes` is empty")?;
        require(self.forget_after_days > 0, "`forget_after_days` is 0: every value would be new for ever")?;
        Ok(NewValue {
            field: self.field,
            scopes: self.scopes.into_iter().collect(),
            warm_up_days: self.warm_up_days,
            forget_after_days: self.forget_after_days,
            lookup: self.lookup,
            same_as: self.same_as,
        })
    }
}

impl AbnormalCountFile {
    fn check(self) -> Result<AbnormalCount, String> {
        require(self.threshold > 0.0 && self.threshold < 1.0, "`threshold` is not between 0 and 1")?;
        require((1..=3660).contains(&self.window_days), "`window_days` is not between 1 and 3660")?;
        Ok(AbnormalCount {
            by: self.by,
            unit: self.unit,
            model: self.model,
            threshold: self.threshold,
            min_rows: self.min_rows,
            window_days: self.window_days,
            min_count: self.min_count,
        })
    }
}

impl MatchFile {
    fn check(self) -> Result<Within, String> {
        let Self { by, of, given, while_learning } = self;
        let given = Given::of(given, while_learning)?;
        Ok(Within { by, of, unit: Unit::Requests, at_least: 1, minutes: 0, given })
    }
}

impl SpreadFile {
    fn check(self) -> Result<Within, String> {
        require((2..=1000).contains(&self.at_least), "`at_least` is not between 2 and 1000")?;
        let Self { by, of, at_least, minutes, given, while_learning } = self;
        let given = Given::of(given, while_learning)?;
        Ok(Within { by, of: Some(of), unit: Unit::Requests, at_least, minutes, given })
    }
}

impl BurstFile {
    fn check(self) -> Result<Within, String> {
        require((2..=100_000).contains(&self.at_least), "`at_least` is not between 2 and 100000")?;
        let Self { by, unit, at_least, minutes, given, while_learning } = self;
        let given = Given::of(given, while_learning)?;
        Ok(Within { by, of: None, unit, at_least, minutes, given })
    }
}

fn beyond_told(selection: &Selection) -> Selection {
    let rest = selection.fields().filter(|field| !TOLD.contains(field));
    Selection::new(rest.filter_map(|field| Some((field, selection.values(field)?.clone()))))
}

fn require(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: &str = r#"
        name = "Region"
        id = "fa4089e2-50e3-40f7-8469-d2cc1564ca59"
        title = "region"
        kind = "new_value"
        message = "{user} {did} {instances} in {value}"
        where = { action = ["created"] }
        risk = { ok = 42, refused = 21, dry_run = 8 }
        new_value = { field = "vendor_region", warm_up_days = 14 }
    "#;

    fn problem(from: &str, to: &str) -> String {
        let error = Detection::parse("region", &REGION.replace(from, to)).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}\n{source}")
    }

    #[test]
    fn a_detection_is_checked_when_it_is_read() {
        let detection = Detection::parse("region", REGION).unwrap();
        assert_eq!(detection.join_hours, 24);
        for (from, to, expected) in [
            ("vendor_region", "regoin", "unknown field `regoin`, expected one of accelerator, access_key_id"),
            ("\"new_value\"", "\"abnormal_count\"", "takes the table `[abnormal_count]`"),
            ("refused = 21", "refused = 50", "`risk.refused` is above `risk.ok`"),
            ("{value}", "{regoin}", "unknown placeholder `{regoin}`"),
            ("warm_up_days", "warmup", "unknown field `warmup`"),
            ("fa4089e2", "zz", "id"),
        ] {
            assert!(problem(from, to).contains(expected), "{to}: {}", problem(from, to));
        }
    }
}
