//! Who was accused by somebody else: a provider that finds a key in public says whose it is, by
//! a bare name or by the id of the key, and neither is how that principal is known elsewhere.

use jiff::{SignedDuration, Timestamp};
use model::{Event, Text};

use crate::memory::Map;

/// Account, and a name or the id of an access key in it.
type Name = (Text, Text);

/// Names that were accused lately. Only a provider, or whoever may speak in its name, adds one.
#[derive(Debug, Default)]
pub(crate) struct Accused {
    pub(super) names: Map<Name, Timestamp>,
}

/// Beyond, the oldest are forgotten first.
const MOST: usize = 100_000;

impl Accused {
    pub(crate) fn accuse(&mut self, account: &Text, name: &Text, time: Timestamp) {
        if self.names.len() >= MOST {
            self.names.retain(|_, accused| time.duration_since(*accused) < SignedDuration::from_hours(24));
        }
        if self.names.len() < MOST {
            self.names.insert((account.clone(), name.clone()), time);
        }
    }

    pub(crate) fn forget_before(&mut self, time: Timestamp) {
        self.names.retain(|_, accused| *accused >= time);
    }

    /// Under which name whoever acts here was accused, within so long.
    pub(crate) fn name_of(&self, event: &Event, young: SignedDuration) -> Option<&Text> {
        if self.names.is_empty() {
            return None;
        }
        let account = event.vendor_account.as_ref()?;
        let names = event.user.name.iter().chain(&event.user.access_key_id);
        names
            .filter_map(|name| self.names.get_key_value(&(account.clone(), name.clone())))
            .find_map(|((_, name), time)| (event.time.duration_since(*time) <= young).then_some(name))
    }
}

/// Under which root the incident of an accused runs until that principal is met.
pub(crate) fn stand_in(account: &Text, name: &Text) -> Text {
    format!("{account}:{name}").into()
}
