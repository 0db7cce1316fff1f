//! What an event says of compute. Most say nothing, or not until their turn has come.

use std::ops::Deref;

use crate::{Accelerator, Text, Usd};

/// What a request for compute says beside count, image and type: of a launch, and of whatever
/// starts machines later.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compute {
    /// Machines that may run without another request: the largest size of a group or fleet.
    pub max_count: Option<u32>,
    /// Virtual processors asked for in all, where the log counts those and not machines.
    pub vcpu: Option<u32>,
    /// Attached to each instance, beyond what its type brings.
    pub accelerators: Vec<Accelerator>,
    /// Capacity that the provider may take back at any time.
    pub spot: bool,
    /// What it was started by or belongs to: a group, a fleet, a cluster. `object_category` and
    /// `object_id` of the event that made that, e.g. `autoscaling_group:web`. The word of the
    /// log, which a client may have written.
    pub parent: Option<Text>,
    /// What one machine costs an hour. No log says so: the detector takes it from its price list.
    pub usd_per_hour: Option<Usd>,
}

impl Compute {
    const NOTHING: &Self =
        &Self { max_count: None, vcpu: None, accelerators: Vec::new(), spot: false, parent: None, usd_per_hour: None };
}

/// [`Compute`] in one word: allocated where it says something, and read as if it always stood there.
#[derive(Debug, Clone, Default)]
pub struct Requested(Option<Box<Compute>>);

impl Requested {
    /// To be changed, if it says anything.
    pub fn get_mut(&mut self) -> Option<&mut Compute> {
        self.0.as_deref_mut()
    }

    /// To be made to say something.
    pub fn make_mut(&mut self) -> &mut Compute {
        self.0.get_or_insert_default()
    }
}

impl From<Compute> for Requested {
    fn from(compute: Compute) -> Self {
        Self((compute != *Compute::NOTHING).then(|| Box::new(compute)))
    }
}

impl Deref for Requested {
    type Target = Compute;

    fn deref(&self) -> &Compute {
        self.0.as_deref().unwrap_or(Compute::NOTHING)
    }
}

/// Whether both say the same, or nothing.
impl PartialEq for Requested {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_is_read_all_the_same() {
        let mut requested = Requested::from(Compute::default());
        assert_eq!((requested.vcpu, &requested), (None, &Requested::default()));
        assert!(requested.get_mut().is_none());
        requested.make_mut().vcpu = Some(8);
        assert_eq!(requested, Requested::from(Compute { vcpu: Some(8), ..Compute::default() }));
        requested.make_mut().vcpu = None;
        assert_eq!(requested, Requested::default());
    }
}
