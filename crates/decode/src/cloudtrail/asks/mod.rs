//! What a request for compute asks for, and what it is about: for each operation, where in its
//! record that stands. One file a family of services.
//!
//! Only `RunInstances` is read elsewhere: what a launch got matters more than what it asked for.

mod autoscaling;
mod batch;
mod builds;
mod containers;
mod ec2;
mod functions;
mod guards;
mod identity;
mod images;
mod learning;
mod machines;
mod stacks;

use std::{collections::HashMap, sync::LazyLock};

use foldhash::fast::RandomState;
use model::{Compute, Event, Field, Text};

use super::{
    drift::Drifted,
    facts::{Facts, number},
};

/// Alternatives: the first that says anything counts.
pub(super) type Paths = &'static [&'static str];

/// What one operation asks for.
#[derive(Clone, Copy)]
pub(super) struct Ask {
    pub(super) name: &'static str,
    /// Each of these is an id, or ids, of what was made or touched.
    pub(super) object_id: &'static [Paths],
    pub(super) count: Count,
    pub(super) max_count: Paths,
    pub(super) vcpu: Vcpu,
    pub(super) instance_type: Paths,
    pub(super) task: Option<Task>,
    pub(super) image_id: Paths,
    pub(super) spot: Spot,
    /// What it hangs from: the `object_category` of that, and where its name stands.
    pub(super) parent: &'static [(&'static str, &'static str)],
}

/// How many machines.
#[derive(Debug, Clone, Copy)]
pub(super) enum Count {
    None,
    One,
    Stated(Paths),
    /// One, if it does not say.
    StatedOrOne(Paths),
    /// As many as there are of these.
    Each(Paths),
}

/// How many virtual processors; a part of one is one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Vcpu {
    None,
    InAll(Paths),
    /// For each machine.
    Each(Paths),
    /// For each machine, 1024 of them being one, unless it says `vCPU`.
    EachInUnits(Paths),
}

/// Where the size of a task stands that runs without a machine of its own. Its type is then the
/// name under which such sizes are sold: `fargate-16-32768`, processors and MiB.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task {
    /// One of these must say `FARGATE`.
    pub(super) runs_on: Paths,
    /// 1024 units are one processor.
    pub(super) cpu: &'static str,
    /// In MiB, unless it says `GB`.
    pub(super) memory: &'static str,
}

/// Whether the capacity may be taken back.
#[derive(Debug, Clone, Copy)]
pub(super) enum Spot {
    Never,
    Always,
    /// One of these says so: `spot`, `true`, or a number above zero.
    Says(Paths),
    /// The percentage that is not spot is below a hundred.
    Below100(&'static str),
}

/// The operations of one service; or of any, where the name says enough.
pub(super) struct Family {
    source: Option<&'static str>,
    asks: &'static [Ask],
}

static FAMILIES: &[Family] = &[
    Family { source: Some("amplify.amazonaws.com"), asks: builds::AMPLIFY },
    Family { source: Some("application-autoscaling.amazonaws.com"), asks: autoscaling::APPLICATION },
    Family { source: Some("apprunner.amazonaws.com"), asks: containers::APP_RUNNER },
    Family { source: Some("appstream.amazonaws.com"), asks: machines::APP_STREAM },
    Family { source: Some("autoscaling.amazonaws.com"), asks: autoscaling::GROUPS },
    Family { source: Some("batch.amazonaws.com"), asks: batch::BATCH },
    Family { source: Some("cloudformation.amazonaws.com"), asks: stacks::STACKS },
    Family { source: Some("codebuild.amazonaws.com"), asks: builds::CODE_BUILD },
    Family { source: Some("ec2.amazonaws.com"), asks: ec2::EC2 },
    Family { source: Some("ec2.amazonaws.com"), asks: images::EC2 },
    Family { source: Some("ecs.amazonaws.com"), asks: containers::ECS },
    Family { source: Some("eks.amazonaws.com"), asks: containers::EKS },
    Family { source: Some("elasticmapreduce.amazonaws.com"), asks: batch::MAP_REDUCE },
    Family { source: Some("gamelift.amazonaws.com"), asks: machines::GAME_LIFT },
    Family { source: Some("glue.amazonaws.com"), asks: batch::GLUE },
    Family { source: Some("imagebuilder.amazonaws.com"), asks: images::IMAGE_BUILDER },
    Family { source: Some("lambda.amazonaws.com"), asks: functions::LAMBDA },
    Family { source: Some("lightsail.amazonaws.com"), asks: machines::LIGHTSAIL },
    Family { source: Some("sagemaker.amazonaws.com"), asks: learning::SAGE_MAKER },
    Family { source: Some("workspaces.amazonaws.com"), asks: machines::WORK_SPACES },
    Family { source: None, asks: identity::IDENTITY },
    Family { source: None, asks: guards::GUARDS },
];

/// What an operation asks for, if anything that is read. A name that says enough needs no service.
pub(super) fn find(name: &str, source: Option<&str>) -> Option<&'static Ask> {
    let is_of = |family: &Family| family.source.is_none() || source.is_none() || family.source == source;
    BY_NAME.get(name)?.iter().find(|(family, _)| is_of(family)).map(|(_, ask)| *ask)
}

type OfFamily = (&'static Family, &'static Ask);

/// The asks of each name, in the order of the families.
static BY_NAME: LazyLock<HashMap<&str, Vec<OfFamily>, RandomState>> = LazyLock::new(|| {
    let mut asks: HashMap<_, Vec<_>, _> = HashMap::default();
    for family in FAMILIES {
        for ask in family.asks {
            asks.entry(ask.name).or_default().push((family, ask));
        }
    }
    asks
});

impl Ask {
    const fn of(name: &'static str, object_id: &'static [Paths]) -> Self {
        Self {
            name,
            object_id,
            count: Count::None,
            max_count: &[],
            vcpu: Vcpu::None,
            instance_type: &[],
            task: None,
            image_id: &[],
            spot: Spot::Never,
            parent: &[],
        }
    }

    /// Whether it asks for machines, now or later.
    pub(super) fn is_for_compute(&self) -> bool {
        let counts = !matches!((self.count, self.vcpu), (Count::None, Vcpu::None));
        counts || !(self.max_count.is_empty() && self.instance_type.is_empty() && self.image_id.is_empty())
    }

    /// Writes into the event what its record says.
    pub(super) fn read(&self, facts: &Facts<'_>, event: &mut Event, drifted: &mut Drifted) {
        let mut asked = Asked { facts, drifted, command: self.name };
        event.object_id = self.object_id.iter().flat_map(|paths| facts.texts(paths)).collect();
        event.image_id = facts.texts(self.image_id).into();
        event.instance_type = facts.texts(self.instance_type).into();
        event.instance_type.extend(self.task.and_then(|task| task.size(facts)));
        event.count = asked.count(self.count);
        let (parent, written) = asked.parent(self.parent).unzip();
        event.as_written.extend(written.flatten().map(|written| (Field::Parent, written)));
        event.compute = Compute {
            max_count: asked.number("size", self.max_count),
            vcpu: asked.vcpu(self.vcpu, event.count),
            spot: asked.spot(self.spot),
            parent,
            ..Compute::default()
        }
        .into();
    }
}

impl Task {
    fn size(&self, facts: &Facts<'_>) -> Option<Text> {
        let runs_on = self.runs_on.iter().flat_map(|path| facts.scalars(path));
        let is_managed = runs_on.into_iter().any(|text| &*text == "FARGATE");
        let units = fine_units(facts.scalars(self.cpu).first()?, "vcpu")?;
        let mib = fine_units(facts.scalars(self.memory).first()?, "gb")?;
        let sold = units > 0 && mib > 0 && is_managed;
        sold.then(|| format!("fargate-{}-{mib}", f64::from(units) / 1024.0).into())
    }
}

/// `16384`, `16 vCPU`, `32 GB`: in the small unit, of which 1024 are one.
fn fine_units(text: &str, whole: &str) -> Option<u32> {
    let lower = text.trim().to_ascii_lowercase();
    match lower.strip_suffix(whole) {
        Some(number) => number.trim().parse::<u32>().ok()?.checked_mul(1024),
        None => lower.parse().ok(),
    }
}

/// One record, while it is asked.
struct Asked<'r, 'a> {
    facts: &'r Facts<'a>,
    drifted: &'r mut Drifted,
    command: &'static str,
}

impl Asked<'_, '_> {
    fn count(&mut self, count: Count) -> u32 {
        match count {
            Count::None => 0,
            Count::One => 1,
            Count::Stated(paths) => self.number("count", paths).unwrap_or(0),
            Count::StatedOrOne(paths) => self.number("count", paths).unwrap_or(1),
            Count::Each(paths) => u32::try_from(self.facts.stated(paths).len()).unwrap_or(u32::MAX),
        }
    }

    fn vcpu(&mut self, vcpu: Vcpu, machines: u32) -> Option<u32> {
        let (paths, each) = match vcpu {
            Vcpu::None => return None,
            Vcpu::InAll(paths) => return self.number("vCPU", paths),
            Vcpu::Each(paths) => (paths, number as fn(&str) -> Option<u64>),
            Vcpu::EachInUnits(paths) => (paths, units as fn(&str) -> Option<u64>),
        };
        Some(self.read("vCPU", paths, each)?.saturating_mul(machines.max(1)))
    }

    fn number(&mut self, what: &str, paths: Paths) -> Option<u32> {
        self.read(what, paths, number)
    }

    fn read(&mut self, what: &str, paths: Paths, read: impl Fn(&str) -> Option<u64>) -> Option<u32> {
        match self.facts.number(paths, read)? {
            Ok(number) => Some(u32::try_from(number).unwrap_or(u32::MAX)),
            Err(written) => {
                self.drifted.number(self.command, what, &written);
                None
            }
        }
    }

    fn spot(&self, spot: Spot) -> bool {
        let number_at = |path| self.facts.number(&[path], number).and_then(Result::ok);
        match spot {
            Spot::Never => false,
            Spot::Always => true,
            Spot::Below100(path) => number_at(path).is_some_and(|percentage| percentage < 100),
            Spot::Says(paths) => paths.iter().flat_map(|path| self.facts.scalars(path)).any(|text| says_spot(&text)),
        }
    }

    /// `object_category:name`, and how the name was written where that is an ARN.
    fn parent(&self, parents: &[(&str, &str)]) -> Option<(Text, Option<Text>)> {
        parents.iter().find_map(|(category, path)| {
            let written = self.facts.scalars(path).into_iter().next()?;
            let name = bare(&written);
            let parent = crate::lenient::cap(&format!("{category}:{name}"));
            Some((parent, (name.len() < written.len()).then(|| Text::from(&*written))))
        })
    }
}

fn says_spot(text: &str) -> bool {
    text.to_ascii_lowercase().contains("spot") || text == "true" || number(text).is_some_and(|number| number > 0)
}

/// `16384`, `16 vCPU`: sixteen.
fn units(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    match lower.strip_suffix("vcpu") {
        Some(processors) => number(processors),
        None => Some(number(&lower)?.div_ceil(1024)),
    }
}

/// The name at the end of an ARN.
fn bare(written: &str) -> &str {
    let resource = written.starts_with("arn:").then(|| written.splitn(6, ':').nth(5)).flatten();
    let name = resource.and_then(|resource| resource.split_once('/').or_else(|| resource.split_once(':')));
    name.map_or(written, |(_, name)| name)
}

#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = (Option<&'static str>, &'static Ask)> {
    FAMILIES.iter().flat_map(|family| family.asks.iter().map(|ask| (family.source, ask)))
}

#[cfg(test)]
mod tests;
