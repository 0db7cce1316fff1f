//! Records as files, under the names that each provider gives them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp, Unit};

use super::entry::{Entry, Place};
use crate::sample::layout;
use crate::sample::rng::Rng;

/// How much of a log one file holds. Real ones hold five minutes of AWS and an hour of the others;
/// for five weeks of history a day serves as well and is read sooner.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Slice {
    AsDelivered,
    Day,
}

/// Writes the records below `folder`, by their time of arrival. Within a file they stand in no order.
pub(crate) fn write(folder: &Path, entries: &[Entry], slice: Slice, shuffle: bool) -> Result<()> {
    let mut groups: BTreeMap<(Place, Timestamp), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        groups.entry((entry.place, closes(entry, slice))).or_default().push(entry);
    }
    for ((place, closed), mut entries) in groups {
        let mut rng = Rng::new(&format!("{place:?} {closed} {}", entries.len()));
        entries.sort_by_key(|entry| entry.arrival);
        // CloudTrail never keeps an order; the others do, unless they are disturbed.
        if shuffle || matches!(place, Place::Aws { .. }) {
            rng.shuffle(&mut entries);
        }
        let path = folder.join(name(place, closed, &mut rng));
        write_file(&path, place, &entries).with_context(|| format!("writing `{}`", path.display()))?;
    }
    Ok(())
}

fn closes(entry: &Entry, slice: Slice) -> Timestamp {
    let length = match (slice, entry.place) {
        (Slice::Day, _) => 86_400,
        (Slice::AsDelivered, Place::Aws { .. }) => 300,
        (Slice::AsDelivered, _) => 3600,
    };
    let second = entry.arrival.as_second();
    entry.arrival.round(Unit::Second).unwrap_or(entry.arrival) - SignedDuration::from_secs(second.rem_euclid(length))
}

fn name(place: Place, at: Timestamp, rng: &mut Rng) -> String {
    match place {
        Place::Aws { account, region } => {
            layout::name(&layout::folder("CloudTrail", account, region, at), account, region, at, rng)
        }
        Place::Google { project } => {
            format!("{project}/cloudaudit.googleapis.com/activity/{}_S0.json", at.strftime("%Y/%m/%d/%H:%M:00"))
        }
        Place::Azure { subscription } => format!(
            "insights-activity-logs/resourceId=/SUBSCRIPTIONS/{}/{}/PT1H.json",
            subscription.to_uppercase(),
            at.strftime("y=%Y/m=%m/d=%d/h=%H/m=00")
        ),
    }
}

fn write_file(path: &Path, place: Place, entries: &[&Entry]) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let texts: Vec<&str> = entries.iter().map(|entry| &*entry.text).collect();
    let file = File::create(path)?;
    match place {
        Place::Aws { .. } => {
            let mut packed = GzEncoder::new(file, Compression::fast());
            write!(packed, r#"{{"Records":[{}]}}"#, texts.join(","))?;
            packed.finish()?;
        }
        Place::Google { .. } => writeln!(&file, "{}", texts.join("\n"))?,
        Place::Azure { .. } => write!(&file, r#"{{"records":[{}]}}"#, texts.join(","))?,
    }
    Ok(())
}
