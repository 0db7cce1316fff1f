//! The index of the mapping names every field there is, and no other.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeSet, fs, path::Path};

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)).unwrap()
}

/// Every name in the first column: of `(field, path in the code)` as far as both are there.
fn rows() -> Vec<Vec<String>> {
    let page = file("docs/mapping.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let first = rows.map(|row| row.split('|').nth(1).unwrap().to_owned());
    first.map(|cell| cell.split(',').map(|name| name.trim().trim_matches('`').to_owned()).collect()).collect()
}

/// The fields of a struct of the model, as its source has them.
fn fields_of(name: &str) -> Vec<String> {
    let source = ["event", "compute"].map(|part| file(&format!("crates/model/src/{part}.rs"))).concat();
    let body = source.split_once(&format!("pub struct {name} {{")).unwrap().1.split_once("\n}").unwrap().0;
    let names = body.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':'));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_field_has_a_row_and_every_row_a_field() {
    let inner = [("user", "Principal"), ("compute", "Compute"), ("operation", "Operation")];
    let mut fields: BTreeSet<String> = fields_of("Event").into_iter().collect();
    for (field, name) in inner {
        fields.remove(field);
        fields.extend(fields_of(name).into_iter().map(|inner| format!("{field}.{inner}")));
    }
    // Told from the outcome: it has a name, and is no field of its own.
    fields.insert("status".to_owned());
    assert!(fields.len() > 30, "{fields:?}");
    let rows: BTreeSet<String> = rows().into_iter().filter_map(|names| names.into_iter().next_back()).collect();
    assert_eq!(rows, fields);
}

#[test]
fn every_name_that_detections_use_has_a_row() {
    let names: BTreeSet<String> = rows().into_iter().filter_map(|names| names.into_iter().next()).collect();
    for field in model::Field::ALL {
        assert!(names.contains(field.as_str()), "`{field}` is not in docs/mapping.md");
    }
}

#[test]
fn every_cloud_has_a_cell_and_a_page() {
    let page = file("docs/mapping.md");
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() == 4 && cells.iter().all(|cell| !cell.is_empty()), "{row}");
    }
    for cloud in ["aws", "google", "azure"] {
        let path = format!("mapping/{cloud}.md");
        assert!(page.contains(&path) && !file(&format!("docs/{path}")).is_empty(), "{path}");
    }
}
