//! The story, compiled in: its detections, how incidents are scored, and what to do about them.
//! A user's folder adds to it, or replaces parts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::ErrorKind,
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use decode::Which;
use detect::{Detection, Plan, Scoring, Sets, Verdicts, Window};
use model::{Field, Selection};

use crate::signals::SIGNALS;

macro_rules! detection {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../stories/cloud-cryptomining/", $name, ".toml")))
    };
}
/// `(file name without ending, text)`; a test holds the list equal to the folder.
const STORY: [(&str, &str); 6] = [
    detection!("abnormally_high_number_of_cloud_instances_launched"),
    detection!("abnormally_high_number_of_cloud_instances_launched_by_user"),
    detection!("cloud_compute_instance_created_by_previously_unseen_user"),
    detection!("cloud_compute_instance_created_in_previously_unused_region"),
    detection!("cloud_compute_instance_created_with_previously_unseen_image"),
    detection!("cloud_compute_instance_created_with_previously_unseen_instance_type"),
];

const SCORING: &str = include_str!("../../../stories/cloud-cryptomining/scoring.toml");
const CONTAINMENT: &str = include_str!("../../../stories/cloud-cryptomining/containment.toml");
const SETS: &str = include_str!("../../../stories/cloud-cryptomining/sets.toml");

/// Files of a story that are no detections: what it is, how incidents are scored, what to do about
/// them, and the lists that detections select by.
const OTHERS: [&str; 4] = ["story", "scoring", "containment", "sets"];

/// A story that has been checked.
#[derive(Debug)]
pub struct Story {
    pub detections: Vec<Detection>,
    pub scoring: Scoring,
    pub plan: Plan,
}

/// The story with its signals, and what `folder` has: a file of the same name replaces the
/// story's; of sets, those of the same name.
pub fn load(folder: Option<&Path>) -> Result<Story> {
    let own = folder.map(read_folder).transpose()?.unwrap_or_default();
    let other = |name: &str, compiled| own.get(name).map_or(compiled, String::as_str);
    let sets = Sets::parse([SETS].into_iter().chain(own.get("sets").map(String::as_str)))?;
    let mut texts: BTreeMap<&str, &str> = STORY.iter().chain(&SIGNALS).copied().collect();
    texts.extend(own.iter().map(|(name, text)| (&**name, &**text)).filter(|(name, _)| !OTHERS.contains(name)));
    let detections = texts.iter().map(|(name, text)| Detection::parse_with(&sets, name, text));
    let detections = detections.collect::<Result<Vec<_>, detect::Error>>()?;
    let names: BTreeSet<&str> = detections.iter().map(|detection| &*detection.detection).collect();
    let scoring = Scoring::parse(other("scoring", SCORING), &names)?;
    let plan = Plan::parse(other("containment", CONTAINMENT))?;
    Ok(Story { detections, scoring, plan })
}

/// Which records must be seen: by the detections; and for incidents, how whatever the plan can do
/// something about, and whatever is paid for, comes and goes. What only changes it is too much to read for what it tells.
pub fn which(detections: &[Detection], plan: &Plan, scoring: Option<&Scoring>) -> Which {
    let billed = scoring.into_iter().flat_map(|scoring| scoring.billed.iter().map(|kind| &**kind));
    let categories = plan.categories().into_iter().chain(billed).map(str::to_owned);
    let comes_and_goes = ["created", "deleted", "started", "stopped"].map(str::to_owned);
    let followed =
        Selection::new([(Field::ObjectCategory, categories.collect()), (Field::Action, comes_and_goes.into())]);
    Which::of(detections.iter().flat_map(Detection::selections).chain([&followed]))
}

/// The change calendar of a file.
pub fn windows(path: &Path) -> Result<Vec<Window>> {
    let context = || format!("cannot use change calendar `{}`", path.display());
    let text = fs::read_to_string(path).with_context(context)?;
    Window::parse_all(&text).with_context(context)
}

/// The verdicts of a file.
pub fn verdicts(path: &Path) -> Result<Verdicts> {
    let context = || format!("cannot use verdicts `{}`", path.display());
    let text = fs::read_to_string(path).map_err(|error| {
        let hint = if error.kind() == ErrorKind::NotFound { "\nhint: `davy verdict give` makes one" } else { "" };
        anyhow::Error::new(error).context(format!("{}{hint}", context()))
    })?;
    Verdicts::parse(&text).with_context(context)
}

fn read_folder(folder: &Path) -> Result<BTreeMap<String, String>> {
    let context = || format!("cannot read detections in `{}`", folder.display());
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            texts.insert(name, text);
        }
    }
    if texts.is_empty() {
        bail!("no detections in `{}`\nhint: a detection is a file that ends in `.toml`", folder.display());
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stories/cloud-cryptomining");
        let on_disk = |folder: &Path| -> Vec<String> {
            read_folder(folder).unwrap().into_keys().filter(|name| !OTHERS.contains(&&**name)).collect()
        };
        let compiled = |list: &[(&'static str, &str)]| -> Vec<&str> { list.iter().map(|(name, _)| *name).collect() };
        assert_eq!(compiled(&STORY), on_disk(&folder));
        assert_eq!(compiled(&SIGNALS), on_disk(&folder.join("signals")));
    }

    #[test]
    fn the_story_is_sound_and_its_names_are_the_published_ones() {
        let detections = load(None).unwrap().detections;
        assert_eq!(detections.len(), STORY.len() + SIGNALS.len());
        for (name, id) in [
            ("abnormally_high_number_of_cloud_instances_launched", "f2361e9f-3928-496c-a556-120cd4223a65"),
            ("cloud_compute_instance_created_by_previously_unseen_user", "37a0ec8d-827e-4d6d-8025-cedf31f3a149"),
            ("cloud_compute_instance_created_in_previously_unused_region", "fa4089e2-50e3-40f7-8469-d2cc1564ca59"),
            ("cloud_compute_instance_created_with_previously_unseen_image", "bc24922d-987c-4645-b288-f8c73ec194c4"),
            (
                "cloud_compute_instance_created_with_previously_unseen_instance_type",
                "c6ddbf53-9715-49f3-bb4c-fb2e8a309cda",
            ),
        ] {
            let detection = detections.iter().find(|detection| &*detection.detection == name).unwrap();
            assert_eq!(detection.id.to_string(), id);
            assert_eq!(detection.name.to_lowercase().replace(' ', "_"), name);
        }
    }
}
