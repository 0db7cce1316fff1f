//! Records as files, under the names that each provider gives them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

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
    Timestamp::from_second(second - second.rem_euclid(length)).expect("an earlier time is a time")
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
    // Two files of one name would be one file with half of the records.
    let file = File::create_new(path)?;
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;
    use crate::eval::generate::tell;
    use crate::eval::perturb::Perturbation;
    use crate::eval::scenarios::Scenario;
    use crate::eval::world::Life;

    #[test]
    fn every_record_is_in_a_file_as_it_was_written() {
        for (id, slice) in
            [("A1", Slice::AsDelivered), ("A9", Slice::AsDelivered), ("A10", Slice::AsDelivered), ("B11", Slice::Day)]
        {
            let life = Life { seed: 1, days: 7, scale: 1 };
            let told = tell(Scenario::named(id).expect("the test names a scenario"), &life);
            let entries = Perturbation::default().deliver(told.entries, &mut Rng::new("test"));
            let folder = tempfile::tempdir().expect("a folder can be made");
            write(folder.path(), &entries, slice, false).expect("files can be written");
            let text = everything_below(folder.path());
            assert!(entries.iter().all(|entry| text.contains(&entry.text)), "{id}");
        }
    }

    fn everything_below(folder: &Path) -> String {
        let mut text = String::new();
        for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                text += &everything_below(&path);
            } else if path.extension().is_some_and(|extension| extension == "gz") {
                let file = File::open(&path).expect("the file is there");
                GzDecoder::new(file).read_to_string(&mut text).expect("the file is packed text");
            } else {
                text += &fs::read_to_string(&path).expect("the file is text");
            }
        }
        text
    }
}
