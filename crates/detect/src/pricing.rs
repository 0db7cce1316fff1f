//! An event is told what its machines are and cost.

use model::{Accelerator, Event, Text, Usd, VendorProduct};

use crate::{
    catalog::{Ask, Catalog, Quote},
    memory::Map,
};

/// A price list, and what it was lately asked: of all that is launched there are few kinds.
pub(crate) struct Prices<'c> {
    catalog: &'c Catalog,
    known: Map<Kind, Price>,
}

/// A type of machine, in a region; and whether it is spot.
type Kind = (VendorProduct, Text, Option<Text>, bool);

/// What one machine is and costs, of one type or of several that it may be.
#[derive(Debug, Default)]
struct Price {
    usd_per_hour: Option<Usd>,
    vcpu: Option<f64>,
    accelerators: Vec<Accelerator>,
}

/// Kinds known at a time. A log may name any number of them.
const MOST: usize = 10_000;

impl<'c> Prices<'c> {
    pub(crate) fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, known: Map::default() }
    }

    /// What the log says of processors and accelerators stands; what it does not say the catalogue
    /// adds. Of several types that were asked for, any may be what runs: hence a range.
    pub(crate) fn tell(&mut self, event: &mut Event) {
        if event.instance_type.is_empty() {
            return;
        }
        let mut price = Price::default();
        for instance_type in &event.instance_type {
            self.with_price(event, instance_type, |of_one| price.widen(of_one));
        }
        let compute = event.compute.make_mut();
        compute.usd_per_hour = price.usd_per_hour;
        let vcpu = price.vcpu.map(|vcpu| whole(vcpu * f64::from(event.count.max(1))));
        compute.vcpu = compute.vcpu.or(vcpu);
        if compute.accelerators.is_empty() {
            compute.accelerators = price.accelerators;
        }
    }

    fn with_price(&mut self, event: &Event, instance_type: &Text, take: impl FnOnce(&Price)) {
        let product = event.vendor_product;
        let ask = || Price::of(&self.catalog.quote(product, &Ask::of(event, instance_type)));
        if !event.compute.accelerators.is_empty() {
            // What is attached to it is priced with it.
            return take(&ask());
        }
        if self.known.len() >= MOST {
            self.known.clear();
        }
        let kind = (product, instance_type.clone(), event.vendor_region.clone(), event.compute.spot);
        take(self.known.entry(kind).or_insert_with(ask));
    }
}

impl Price {
    fn of(quote: &Quote<'_>) -> Self {
        Self {
            usd_per_hour: quote.usd_per_hour.map(|range| Usd { low: range.low, high: range.high }),
            vcpu: quote.vcpu,
            accelerators: inside(quote),
        }
    }

    /// It may be of another type as well.
    fn widen(&mut self, other: &Self) {
        let wider = |a: Usd, b: Usd| Usd { low: a.low.min(b.low), high: a.high.max(b.high) };
        self.usd_per_hour = self.usd_per_hour.into_iter().chain(other.usd_per_hour).reduce(wider);
        self.vcpu = self.vcpu.into_iter().chain(other.vcpu).reduce(f64::max);
        if self.accelerators.is_empty() {
            self.accelerators.clone_from(&other.accelerators);
        }
    }
}

/// What is inside one machine.
fn inside(quote: &Quote<'_>) -> Vec<Accelerator> {
    let accelerators = quote.accelerators.iter();
    accelerators.map(|inside| Accelerator { name: inside.name.into(), count: inside.count.unwrap_or(1) }).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn whole(vcpu: f64) -> u32 {
    vcpu.ceil() as u32
}
