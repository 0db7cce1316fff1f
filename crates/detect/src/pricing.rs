//! An event is told what its machines are and cost.

use model::{Event, Usd};

use crate::catalog::{Ask, Catalog, Quote};

/// What the log says of processors and accelerators stands; what it does not say the catalogue
/// adds. Of several types that were asked for, any may be what runs: hence a range.
pub(crate) fn price(catalog: &Catalog, event: &mut Event) {
    let quotes: Vec<Quote<'_>> = event
        .instance_type
        .iter()
        .map(|instance_type| catalog.quote(event.vendor_product, &Ask::of(event, instance_type)))
        .collect();
    let usd = quotes.iter().filter_map(|quote| quote.usd_per_hour);
    let usd = usd.map(|range| Usd { low: range.low, high: range.high });
    let usd_per_hour = usd.reduce(|a, b| Usd { low: a.low.min(b.low), high: a.high.max(b.high) });
    let vcpu = quotes.iter().filter_map(|quote| quote.vcpu).reduce(f64::max);
    let accelerators = quotes.iter().find(|quote| !quote.accelerators.is_empty()).map(inside);
    if quotes.is_empty() {
        return;
    }
    let compute = event.compute.make_mut();
    compute.usd_per_hour = usd_per_hour;
    compute.vcpu = compute.vcpu.or(vcpu.map(|vcpu| whole(vcpu * f64::from(event.count.max(1)))));
    if let Some(accelerators) = accelerators.filter(|_| compute.accelerators.is_empty()) {
        compute.accelerators = accelerators;
    }
}

/// What is inside one machine.
fn inside(quote: &Quote<'_>) -> Vec<model::Accelerator> {
    let accelerators = quote.accelerators.iter();
    accelerators
        .map(|inside| model::Accelerator { name: inside.name.into(), count: inside.count.unwrap_or(1) })
        .collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn whole(vcpu: f64) -> u32 {
    vcpu.ceil() as u32
}
