//! Which records are worth parsing. All others are counted and left alone.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use jiff::Timestamp;
use memchr::memmem::Finder;
use model::{Action, Event, Field, Selection, Text, VendorProduct};

use crate::{azure, cloudtrail, google, header::Header, lenient, operations::Operations, scan};

/// Which records are worth parsing, and how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub which: Which,
    /// Fill `Event::instances`.
    pub instances: bool,
    /// Leave out records of this time and later: they are filtered, and cover nothing.
    pub until: Option<Timestamp>,
}

/// Which records are worth parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    Everything,
    /// Records of these operations.
    Commands(Arc<BTreeSet<Text>>),
    /// Records of this region.
    Region(Text),
    /// Records in which this text occurs anywhere.
    Mentioning(Text),
}

impl Which {
    /// Records of these operations.
    pub fn commands<T: Into<Text>>(names: impl IntoIterator<Item = T>) -> Self {
        Self::Commands(Arc::new(names.into_iter().map(Into::into).collect()))
    }

    /// The records that can match any of the selections; usually that is a few operations.
    pub fn of<'a>(selections: impl IntoIterator<Item = &'a Selection>) -> Self {
        let mut commands = BTreeSet::new();
        for selection in selections {
            match commands_of(selection) {
                Some(names) => commands.extend(names.into_iter().map(Text::from)),
                None => return Self::Everything,
            }
        }
        Self::Commands(commands.into())
    }
}

/// The operations whose events a selection can match, or `None` for any operation.
///
/// Only `command`, `action` and `object_category` follow from the name of an operation, so
/// only they narrow the choice.
fn commands_of(selection: &Selection) -> Option<Vec<&str>> {
    let [commands, actions, categories] =
        [Field::Command, Field::Action, Field::ObjectCategory].map(|field| selection.values(field));
    let is_any = actions.is_none() && categories.is_none();
    let allowed = |(action, category): Meaning| allows(actions, action.as_str()) && allows(categories, category);
    match commands {
        Some(names) => {
            let names = names.iter().map(|name| &**name);
            Some(names.filter(|name| is_any || meanings(name).any(allowed)).collect())
        }
        None if is_any => None,
        None => {
            let known = KNOWN.iter().filter(|(_, meanings)| meanings.iter().copied().any(allowed));
            Some(known.map(|(name, _)| *name).collect())
        }
    }
}

/// What an operation does, and to what.
type Meaning = (Action, &'static str);

/// Every operation that is known, with all that it can mean. There are dozens of selections, and
/// each asks of all of them.
static KNOWN: LazyLock<Vec<(&'static str, Vec<Meaning>)>> =
    LazyLock::new(|| known_names().map(|name| (name, meanings(name).collect())).collect());

/// Every operation that is known, of all providers.
fn known_names() -> impl Iterator<Item = &'static str> {
    let google = google::commands::all().map(|command| command.name);
    cloudtrail::commands::names().chain(azure::commands::names()).chain(google)
}

/// What an operation of this name does and to what: of each provider that has one, all that it
/// can turn out to have done.
fn meanings(name: &str) -> impl Iterator<Item = Meaning> {
    let aws = cloudtrail::commands::named(name).iter().map(|command| (command.action, command.object_category));
    let google = google::commands::find(name).map(|command| (command.action, command.object_category));
    let azure = azure::commands::find(name).into_iter();
    let azure = azure.flat_map(|command| command.actions().iter().map(|action| (*action, command.object_category)));
    aws.chain(google).chain(azure)
}

fn allows(allowed: Option<&BTreeSet<String>>, value: &str) -> bool {
    allowed.is_none_or(|allowed| allowed.contains(value))
}

/// `Which`, ready to be asked about record after record.
pub(crate) enum Filter<'a> {
    Everything,
    Commands(&'a BTreeSet<Text>),
    Region(&'a [u8]),
    Mentioning(Box<Finder<'a>>),
}

impl<'a> Filter<'a> {
    pub(crate) fn new(which: &'a Which) -> Self {
        match which {
            Which::Everything => Self::Everything,
            Which::Commands(names) => Self::Commands(names),
            Which::Region(region) => Self::Region(region.as_bytes()),
            Which::Mentioning(text) => Self::Mentioning(Box::new(Finder::new(text.as_bytes()))),
        }
    }

    pub(crate) fn wants(&self, record: &[u8], header: &Header<'_>, operations: &mut Operations) -> bool {
        match self {
            Self::Everything => true,
            Self::Commands(names) => header.is_named(names, operations),
            Self::Region(region) => header.regions().any(|value| *value == **region),
            Self::Mentioning(finder) => mentions(record, finder),
        }
    }

    /// The same for an entry of Google Cloud.
    pub(crate) fn wants_entry(&self, record: &[u8], entry: &google::Entry<'_>, operations: &mut Operations) -> bool {
        match self {
            Self::Everything => true,
            Self::Commands(names) => {
                let product = VendorProduct::GoogleCloudAuditLogs;
                entry.methods().any(|method| operations.is_wanted(product, method, || google::is_named(method, names)))
            }
            Self::Region(region) => entry.is_in(region),
            Self::Mentioning(finder) => mentions(record, finder),
        }
    }

    /// Whether a record of Azure may be wanted. Its region is only known once it is parsed: then
    /// `wants_event` decides.
    pub(crate) fn may_want(&self, record: &[u8], header: &azure::Header<'_>, operations: &mut Operations) -> bool {
        match self {
            Self::Everything | Self::Region(_) => true,
            Self::Commands(names) => {
                let is_named = |written: &[u8]| names.contains(&azure::commands::normal(written));
                let product = VendorProduct::AzureActivityLog;
                header.operations().any(|written| operations.is_wanted(product, written, || is_named(written)))
            }
            Self::Mentioning(finder) => mentions(record, finder),
        }
    }

    pub(crate) fn wants_event(&self, event: &Event) -> bool {
        match self {
            Self::Region(region) => event.vendor_region.as_ref().is_some_and(|value| value.as_bytes() == *region),
            Self::Everything | Self::Commands(_) | Self::Mentioning(_) => true,
        }
    }
}

/// A text may be written with escapes, each in several ways; so strings that hold any are
/// looked at as what they mean.
fn mentions(record: &[u8], finder: &Finder<'_>) -> bool {
    let in_other_words = || escaped_strings(record).any(|inner| finder.find(&lenient::unescape(inner)).is_some());
    // Most records have no escapes at all.
    finder.find(record).is_some() || memchr::memchr(b'\\', record).is_some() && in_other_words()
}

/// The strings of a record that hold escapes.
fn escaped_strings(record: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let quote = at + memchr::memchr(b'"', record.get(at..)?)?;
            let (end, escaped) = scan::string_end(record, quote).ok()?;
            at = end;
            if escaped {
                return Some(&record[quote + 1..end - 1]);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(terms: &[(Field, &[&str])]) -> Selection {
        Selection::new(terms.iter().map(|(field, values)| (*field, values.iter().map(|&v| v.to_owned()).collect())))
    }

    fn names(which: &Which) -> Vec<&str> {
        let Which::Commands(names) = which else { panic!("{which:?}") };
        names.iter().map(|name| &**name).collect()
    }

    /// Of all providers.
    const LAUNCHES: [&str; 7] = [
        "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/write",
        "Microsoft.Compute/virtualMachineScaleSets/write",
        "Microsoft.Compute/virtualMachines/write",
        "RunInstances",
        "compute.instances.bulkInsert",
        "compute.instances.insert",
        "compute.regionInstances.bulkInsert",
    ];

    #[test]
    fn a_selection_of_launches_needs_the_launches_of_all_providers() {
        let launches = selection(&[
            (Field::Action, &["created"]),
            (Field::ObjectCategory, &["instance"]),
            (Field::Status, &["success"]),
        ]);
        assert_eq!(names(&Which::of([&launches])), LAUNCHES);
        let named = selection(&[(Field::Command, &["StopInstances", "GetCallerIdentity"])]);
        let all = [&["GetCallerIdentity"], &LAUNCHES[..4], &["StopInstances"], &LAUNCHES[4..]].concat();
        assert_eq!(names(&Which::of([&launches, &named])), all);
    }

    #[test]
    fn a_name_that_means_several_things_is_wanted_for_each() {
        let of = |category: &str| names(&Which::of([&selection(&[(Field::ObjectCategory, &[category])])])).join(" ");
        assert_eq!(of("fleet"), "CreateFleet Microsoft.AzureFleet/fleets/write ModifyFleet");
        assert_eq!(of("appstream_fleet"), "CreateFleet StartFleet UpdateFleet");
        assert_eq!(of("instance_protection"), "ModifyInstanceAttribute");
    }

    #[test]
    fn a_selection_by_anything_else_needs_everything() {
        let by_region = selection(&[(Field::VendorRegion, &["eu-west-1"])]);
        assert_eq!(Which::of([&by_region]), Which::Everything);
        assert_eq!(Which::of([&Selection::default()]), Which::Everything);
    }

    #[test]
    fn what_cannot_match_needs_nothing() {
        let never = selection(&[(Field::Command, &["GetCallerIdentity"]), (Field::Action, &["created"])]);
        assert!(names(&Which::of([&never])).is_empty());
        assert!(names(&Which::of([])).is_empty());
    }

    #[test]
    fn a_mention_is_found_however_it_is_written() {
        let mentions = |record: &str| mentions(record.as_bytes(), &Finder::new("role/\"x\""));
        assert!(mentions(r#"{"a":"role/\"x\""}"#));
        assert!(mentions(r#"{"b":"\n","a":"\u0072ole\/\u0022x\""}"#));
        assert!(!mentions(r#"{"a":"role/","b":"x"}"#));
    }
}
