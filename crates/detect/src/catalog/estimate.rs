//! From a name to a price: the table, else the family, else the accelerators, else the letters, else
//! nothing, and said so.
//!
//! Accelerators come before letters where they are known: a p5e is priced by its eight H200 far
//! better than by what other families in `p` ask for a vCPU.

use std::collections::BTreeMap;

use super::{
    Catalog, FileIndex, Key,
    cloud::{Cloud, Family, Member, Size, model},
    names::{Amount, CUSTOM, Normal, Parts},
    quote::{Accelerator, Ask, Basis, Quote, Range},
};

/// No cloud attaches more than 16 to a machine; a request for millions costs nothing, for it is refused.
const MAX_ATTACHED: u32 = 64;

/// What is alike costs alike: the middle four fifths of the prices of a class.
#[derive(Debug, Clone, Default)]
pub(super) struct Classes(BTreeMap<Key, Class>);

#[derive(Debug, Clone, Copy)]
struct Class {
    usd: Range,
    file: FileIndex,
}

impl Classes {
    pub(super) fn of(samples: impl IntoIterator<Item = (String, f64, FileIndex)>) -> Self {
        let mut classes: BTreeMap<String, (Vec<f64>, FileIndex)> = BTreeMap::new();
        for (class, usd, file) in samples {
            classes.entry(class).or_insert_with(|| (Vec::new(), file)).0.push(usd);
        }
        let class = |(name, (mut prices, file)): (String, (Vec<f64>, FileIndex))| {
            prices.sort_by(f64::total_cmp);
            let last = prices.len() - 1;
            let usd = Range { low: prices[last / 10], high: prices[last - last / 10] };
            (name.into(), Class { usd, file })
        };
        Self(classes.into_iter().map(class).collect())
    }

    fn get(&self, name: &str) -> Option<(&str, Class)> {
        self.0.get_key_value(name).map(|(name, class)| (&**name, *class))
    }
}

/// A machine before region, service and market.
#[derive(Debug, Clone, Copy)]
struct Machine<'a> {
    name: Option<&'a str>,
    vcpu: Option<f64>,
    memory_gib: Option<f64>,
    accelerator: Option<&'a str>,
    accelerator_count: Option<u32>,
    price: Option<Price<'a>>,
}

#[derive(Debug, Clone, Copy)]
struct Price<'a> {
    usd: Range,
    basis: Basis<'a>,
    file: FileIndex,
}

pub(super) fn quote<'a>(catalog: &'a Catalog, cloud: &'a Cloud, ask: &Ask<'a>) -> Quote<'a> {
    let name = Normal::of(ask.instance_type);
    let (service, name) = cloud.service(name.as_ref().map_or("", Normal::as_str));
    let machine = machine(catalog, cloud, name);
    let takes = service.map_or(Range::ONE, |service| service.factor);
    let market = if ask.spot { cloud.spot(name) } else { Range::ONE };
    let inside = machine.accelerator.map(|name| Accelerator {
        name,
        count: machine.accelerator_count,
        priced: machine.price.is_some(),
    });
    let mut quote = Quote {
        instance_type: machine.name,
        vcpu: machine.vcpu,
        memory_gib: machine.memory_gib,
        accelerators: inside.into_iter().collect(),
        region: cloud.place(ask.region),
        market,
        service,
        ..Quote::unknown()
    };
    let mut price = machine.price.map(|price| Price { usd: price.usd * takes * market, ..price });
    attach(catalog, cloud, ask, &mut quote.accelerators, &mut price);
    if let Some(Price { usd, basis, file }) = price {
        quote.usd_per_hour = Some(usd * quote.region.factor());
        quote.basis = basis;
        quote.source = catalog.manifest.files.get(file);
    }
    quote
}

fn machine<'a>(catalog: &'a Catalog, cloud: &'a Cloud, name: &str) -> Machine<'a> {
    let row = cloud.sizes.get(name).map(Machine::exactly);
    if let Some(machine) = row.filter(|machine| machine.price.is_some()) {
        return machine;
    }
    let guess = cloud.read(name).map(|parts| guess(catalog, cloud, &parts, row));
    row.map_or(guess, |row| Some(row.or(guess))).unwrap_or(Machine::UNKNOWN)
}

/// Of a machine without a price. `row` is what the table says of it nevertheless.
fn guess<'a>(catalog: &'a Catalog, cloud: &'a Cloud, parts: &Parts<'_>, row: Option<Machine<'a>>) -> Machine<'a> {
    let known = row.unwrap_or(Machine::UNKNOWN).or(Some(Machine::named(cloud, parts)));
    by_family(cloud, parts)
        .or_else(|| by_rates(cloud, parts, known))
        .or_else(|| by_accelerators(catalog, known))
        .or_else(|| by_letters(cloud, parts, known))
        .unwrap_or(known)
}

/// Between the next smaller and the next larger of the family, each by what its units cost.
fn by_family<'a>(cloud: &'a Cloud, parts: &Parts<'_>) -> Option<Machine<'a>> {
    let Family { name, members } = cloud.families.get(&*parts.family)?;
    let priced = |usd, member: &Member| Price { usd, basis: Basis::Family(name), file: cloud.sizes[&member.key].file };
    let Some(amount) = parts.size else {
        let usd = Range::around(members.iter().map(|member| member.usd))?;
        return Some(Machine { price: Some(priced(usd, members.first()?)), ..Machine::UNKNOWN });
    };
    let units = match amount {
        Amount::Units(units) => units,
        Amount::Largest => members.last()?.units,
    };
    let above = members.iter().find(|member| member.units >= units);
    let below = members.iter().rfind(|member| member.units <= units);
    let usd = Range::around([below, above].into_iter().flatten().map(|member| member.usd / member.units))?;
    let next = above.or(below)?;
    let machine = Machine::scaled(&cloud.sizes[&next.key], units / next.units);
    let vcpu = if parts.constrained { parts.vcpu } else { machine.vcpu };
    Some(Machine { vcpu, price: Some(priced(usd * units, next)), ..machine })
}

fn by_rates<'a>(cloud: &'a Cloud, parts: &Parts<'_>, known: Machine<'a>) -> Option<Machine<'a>> {
    let (family, rate) = cloud.rates.get_key_value(parts.root).filter(|(_, rate)| !rate.accelerated)?;
    let (vcpu, gib) = (known.vcpu?, known.memory_gib?);
    let custom = if parts.shape == CUSTOM { cloud.rules.custom } else { Range::ONE };
    let usd = custom * (rate.usd_per_vcpu * vcpu + rate.usd_per_gib * gib);
    Some(Machine { price: Some(Price { usd, basis: Basis::Rates(family), file: rate.file }), ..known })
}

fn by_accelerators<'a>(catalog: &'a Catalog, known: Machine<'a>) -> Option<Machine<'a>> {
    let count = known.accelerator_count.filter(|count| *count > 0)?;
    let (name, class) = class_of(catalog, known.accelerator?)?;
    let usd = class.usd * f64::from(count);
    Some(Machine { price: Some(Price { usd, basis: Basis::Accelerator(name), file: class.file }), ..known })
}

fn class_of<'a>(catalog: &'a Catalog, accelerator: &str) -> Option<(&'a str, Class)> {
    let name = Normal::of(accelerator)?;
    catalog.accelerators.get(model(name.as_str()))
}

fn by_letters<'a>(cloud: &'a Cloud, parts: &Parts<'_>, known: Machine<'a>) -> Option<Machine<'a>> {
    let letters = parts.letters();
    let narrow = cloud.letters.get(&format!("{letters}-{}", parts.shape));
    let (name, class) = narrow.or_else(|| cloud.letters.get(letters))?;
    let usd = class.usd * known.vcpu?;
    Some(Machine { price: Some(Price { usd, basis: Basis::Letter(name), file: class.file }), ..known })
}

/// Accelerators that the request attaches. Those that are in the machine anyway are named twice by
/// some logs, and counted once.
fn attach<'a>(
    catalog: &'a Catalog,
    cloud: &'a Cloud,
    ask: &Ask<'a>,
    accelerators: &mut Vec<Accelerator<'a>>,
    price: &mut Option<Price<'a>>,
) {
    let inside = accelerators.first().map(|inside| model(inside.name));
    for model::Accelerator { name, count } in ask.attached.iter().filter(|attached| attached.count > 0) {
        let Some(key) = Normal::of(name).filter(|_| *count <= MAX_ATTACHED) else {
            accelerators.push(Accelerator { name, count: Some(*count), priced: false });
            continue;
        };
        if inside == Some(model(key.as_str())) {
            continue;
        }
        let (shown, each) = each(catalog, cloud, key.as_str(), ask.spot);
        accelerators.push(Accelerator { name: shown.unwrap_or(name), count: Some(*count), priced: each.is_some() });
        if let Some(each) = each {
            let machine = price.unwrap_or(Price { usd: Range::default(), ..each });
            *price = Some(Price { usd: machine.usd + each.usd * f64::from(*count), ..machine });
        }
    }
}

/// What one attached accelerator costs, and its name in the catalogue.
fn each<'a>(catalog: &'a Catalog, cloud: &'a Cloud, key: &str, spot: bool) -> (Option<&'a str>, Option<Price<'a>>) {
    if let Some((name, attachable)) = cloud.attachable.get_key_value(key) {
        let usd = match attachable.usd_spot.filter(|_| spot) {
            Some(usd) => Range::exactly(usd),
            None if spot => cloud.rules.spot * attachable.usd,
            None => Range::exactly(attachable.usd),
        };
        return (Some(name), Some(Price { usd, basis: Basis::Accelerator(name), file: attachable.file }));
    }
    let market = if spot { cloud.rules.spot } else { Range::ONE };
    let class = class_of(catalog, key);
    let price = |(name, class): (&'a str, Class)| Price {
        usd: class.usd * market,
        basis: Basis::Accelerator(name),
        file: class.file,
    };
    (None, class.map(price))
}

impl<'a> Machine<'a> {
    const UNKNOWN: Self =
        Self { name: None, vcpu: None, memory_gib: None, accelerator: None, accelerator_count: None, price: None };

    fn exactly(size: &'a Size) -> Self {
        let price = |usd| Price { usd: Range::exactly(usd), basis: Basis::Exact, file: size.file };
        Self { name: Some(&size.name), price: size.usd_per_hour.map(price), ..Self::scaled(size, 1.0) }
    }

    /// What a machine of so many times `size` holds.
    fn scaled(size: &'a Size, times: f64) -> Self {
        Self {
            vcpu: size.vcpu.map(|vcpu| (vcpu * times).max(1.0)),
            memory_gib: size.memory_gib.map(|gib| gib * times),
            accelerator: size.accelerator.as_deref(),
            accelerator_count: size.accelerator_count.map(|count| scaled_count(count, times)),
            ..Self::UNKNOWN
        }
    }

    /// What the name alone says.
    fn named(cloud: &Cloud, parts: &Parts<'_>) -> Self {
        let by_shape = || Some(cloud.gib_per_vcpu(parts.root, parts.shape)? * parts.vcpu?);
        Self { vcpu: parts.vcpu, memory_gib: parts.memory_gib.or_else(by_shape), ..Self::UNKNOWN }
    }

    /// What this does not say, `other` may.
    fn or(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or(Self::UNKNOWN);
        Self {
            name: self.name.or(other.name),
            vcpu: self.vcpu.or(other.vcpu),
            memory_gib: self.memory_gib.or(other.memory_gib),
            accelerator: self.accelerator.or(other.accelerator),
            accelerator_count: self.accelerator_count.or(other.accelerator_count),
            price: self.price.or(other.price),
        }
    }
}

/// Rounded, and not to nothing: a machine of a family with accelerators has one, or a part of one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes and counts are positive and capped")]
fn scaled_count(count: u32, times: f64) -> u32 {
    let scaled = (f64::from(count) * times).round() as u32;
    if count > 0 { scaled.max(1) } else { 0 }
}
