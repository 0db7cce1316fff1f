//! Holds the page on the mapping to the code: the table of operations is written from it.

use std::{env, fs, path::Path};

use super::commands::{self, Command};

const BEGIN: &str = "<!-- operations: written by the tests, DAVY_BLESS=1 -->\n";
const END: &str = "<!-- end of operations -->\n";

#[test]
fn the_page_has_every_operation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/mapping/google.md");
    let page = fs::read_to_string(&path).unwrap();
    let (head, rest) = page.split_once(BEGIN).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    let expected = format!("{head}{BEGIN}\n{}\n{END}{tail}", table());
    if env::var_os("DAVY_BLESS").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    assert!(page == expected || env::var_os("DAVY_BLESS").is_some(), "run the tests once with DAVY_BLESS=1");
}

fn table() -> String {
    let head = "| operation | action | object_category | machines | checked |\n| --- | --- | --- | --- | --- |\n";
    let rows: Vec<String> = commands::all().map(row).collect();
    head.to_owned() + &rows.join("\n") + "\n"
}

fn row(command: &Command) -> String {
    let mark = |holds: bool| if holds { "yes" } else { "" };
    let (action, category) = (command.action.as_str(), command.object_category);
    let (machines, checked) = (mark(command.asks_for_machines), mark(command.checked));
    format!("| `{}` | {action} | {category} | {machines} | {checked} |", command.name)
}
