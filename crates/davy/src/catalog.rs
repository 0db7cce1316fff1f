//! The catalogue of sizes and prices, compiled in, or a folder's instead.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use detect::catalog::{Catalog, CatalogTexts, MANIFEST};

macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../catalog/", $name)))
    };
}

/// `(file name, text)`; a test holds the list equal to the folder.
const FILES: [(&str, &str); 12] = [
    file!("aws_builds.csv"),
    file!("aws_rates.csv"),
    file!("aws_types.csv"),
    file!("aws_types_by_hand.csv"),
    file!("azure_regions.csv"),
    file!("azure_sizes.csv"),
    file!("catalog.toml"),
    file!("gcp_accelerators.csv"),
    file!("gcp_rates.csv"),
    file!("gcp_shapes.csv"),
    file!("gcp_types.csv"),
    file!("gcp_types_by_hand.csv"),
];

/// The catalogue of `folder`, or the one that is built in.
pub fn load(folder: Option<&Path>) -> Result<Catalog> {
    let catalog = Catalog::parse(&texts(folder)?);
    match folder {
        Some(folder) => catalog.with_context(|| format!("cannot use catalogue `{}`", folder.display())),
        None => Ok(catalog?),
    }
}

/// Its texts, unchecked.
pub fn texts(folder: Option<&Path>) -> Result<CatalogTexts> {
    folder.map_or_else(|| Ok(built_in()), read_folder)
}

/// Whether a catalogue is there.
pub fn is_catalog(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file()
}

fn built_in() -> CatalogTexts {
    FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn read_folder(folder: &Path) -> Result<CatalogTexts> {
    let context = || format!("cannot read catalogue `{}`", folder.display());
    let mut texts = CatalogTexts::new();
    for entry in fs::read_dir(folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == MANIFEST || path.extension().is_some_and(|ending| ending == "csv") {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            texts.insert(name, text);
        }
    }
    if !texts.contains_key(MANIFEST) {
        bail!(
            "no `{MANIFEST}` in `{}`\nhint: `davy catalog update FILE --to DIR` writes a catalogue",
            folder.display()
        );
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
        assert!(is_catalog(&folder));
        assert_eq!(built_in(), read_folder(&folder).unwrap());
    }

    #[test]
    fn every_file_is_named_in_the_manifest() {
        let catalog = load(None).unwrap();
        assert_eq!(catalog.files().count() + 1, FILES.len());
    }
}
