//! The story, compiled in: its detections, how incidents are scored, and what to do about them.
//! A user's folder adds to it, or replaces parts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use detect::{Detection, Plan, Scoring, Window};

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

/// Files of a story that are no detections: what it is, how it is scored, what to do about it.
const OTHERS: [&str; 3] = ["story", "scoring", "containment"];

/// A story that has been checked.
#[derive(Debug)]
pub struct Story {
    pub detections: Vec<Detection>,
    pub scoring: Scoring,
    pub plan: Plan,
}

/// The story, and what `folder` has: a file of the same name replaces the story's.
pub fn load(folder: Option<&Path>) -> Result<Story> {
    let mut texts: BTreeMap<String, String> =
        STORY.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    texts.insert("scoring".into(), SCORING.into());
    texts.insert("containment".into(), CONTAINMENT.into());
    if let Some(folder) = folder {
        texts.extend(read_folder(folder)?);
    }
    let is_detection = |name: &str| !OTHERS.contains(&name);
    let detections = texts.iter().filter(|(name, _)| is_detection(name));
    let detections =
        detections.map(|(name, text)| Detection::parse(name, text)).collect::<Result<Vec<_>, detect::Error>>()?;
    let names: BTreeSet<&str> = detections.iter().map(|detection| &*detection.detection).collect();
    let scoring = Scoring::parse(&texts["scoring"], &names)?;
    Ok(Story { scoring, plan: Plan::parse(&texts["containment"])?, detections })
}

/// The change calendar of a file.
pub fn windows(path: &Path) -> Result<Vec<Window>> {
    let context = || format!("cannot use change calendar `{}`", path.display());
    let text = fs::read_to_string(path).with_context(context)?;
    Window::parse_all(&text).with_context(context)
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
        let mut on_disk: Vec<String> = read_folder(&folder).unwrap().into_keys().collect();
        on_disk.retain(|name| !OTHERS.contains(&&**name));
        let compiled: Vec<&str> = STORY.iter().map(|(name, _)| *name).collect();
        assert_eq!(compiled, on_disk);
    }

    #[test]
    fn the_story_is_sound_and_its_names_are_the_published_ones() {
        let detections = load(None).unwrap().detections;
        assert_eq!(detections.len(), STORY.len());
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
