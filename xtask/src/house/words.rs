//! Words that must not be committed: unfinished work, and the paths of one machine.

use std::path::Path;

use anyhow::Result;

use super::assert_none;
use crate::repository;

/// Written in two halves, or this file would complain of itself.
const UNFINISHED: [&str; 5] = [
    concat!("todo", "!"),
    concat!("unimplemented", "!"),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("#[ig", "nore"),
];

const PLACES: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

#[test]
fn nothing_is_left_unfinished() {
    assert_none(complaints(&UNFINISHED, is_source, "finish it, or open an issue"));
}

#[test]
fn no_path_of_one_machine_is_named() {
    assert_none(complaints(&PLACES, is_text, "name the path relative to the repository"));
}

fn complaints(words: &[&str], relevant: fn(&Path) -> bool, advice: &str) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for file in repository::files()?.into_iter().filter(|file| relevant(file)) {
        // What is not text holds no words.
        let Ok(source) = repository::read(&file) else { continue };
        for (index, line) in source.lines().enumerate() {
            for word in words.iter().filter(|word| contains_word(line, word)) {
                complaints.push(format!("{}:{} says `{word}`; {advice}", file.display(), index + 1));
            }
        }
    }
    Ok(complaints)
}

fn is_source(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs" || extension == "toml" || extension == "sh")
        || file.starts_with(".ci")
}

/// The lock file is cargo's, and test data may be as the world wrote it.
fn is_text(file: &Path) -> bool {
    !file.ends_with("Cargo.lock") && !file.starts_with("testdata")
}

/// A word does not continue another: `$HOME/work/` is a path of no machine.
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.'))
}

#[test]
fn words_are_told_from_parts_of_words() {
    let place = PLACES[0];
    assert!(contains_word(&format!("\"{place}x\""), place));
    assert!(!contains_word(&format!("$HOME{place}x"), place));
    assert!(!contains_word("a house of its own", place));
}
