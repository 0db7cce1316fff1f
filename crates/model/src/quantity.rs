//! The numbers of an event by name, for detections that are written as data.

use serde::Deserialize;

use crate::Event;

/// A number that a detection can ask for at least so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Machines started or asked for.
    Count,
    /// Machines that may run without another request.
    MaxCount,
    /// Virtual processors, of all machines together.
    Vcpu,
    /// Virtual processors of one machine.
    VcpuEach,
    /// How many times as many may run as are asked for now.
    Headroom,
    /// Accelerators of one machine, of all kinds.
    Accelerators,
    /// What all machines together cost an hour, at the lower end.
    UsdPerHour,
}

impl Quantity {
    /// Absent when the log does not say it.
    pub fn of(self, event: &Event) -> Option<f64> {
        let machines = f64::from(event.count.max(1));
        let compute = &event.compute;
        match self {
            Self::Count => Some(f64::from(event.count)),
            Self::MaxCount => compute.max_count.map(f64::from),
            Self::Vcpu => compute.vcpu.map(f64::from),
            Self::VcpuEach => compute.vcpu.map(|vcpu| f64::from(vcpu) / machines),
            Self::Headroom => compute.max_count.map(|most| f64::from(most) / machines),
            Self::Accelerators => Some(compute.accelerators.iter().map(|inside| f64::from(inside.count)).sum()),
            Self::UsdPerHour => compute.usd_per_hour.map(|usd| usd.low * machines),
        }
    }
}
