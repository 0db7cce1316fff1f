//! Who runs: Davy, the floor, and the programs that people use instead.

use std::ffi::OsString;
use std::path::Path;

use super::build::Programs;
use super::peers::Peers;
use super::process;

/// A program with all its words.
#[derive(Debug, Clone)]
pub(crate) struct Contender {
    pub(crate) name: String,
    pub(crate) words: Vec<OsString>,
    pub(crate) role: Role,
    /// Slow ones run less often.
    pub(crate) most_rounds: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Unpacks with so many threads, and no more than that.
    Floor(usize),
    Davy(usize),
    /// Davy, asked on one thread for all that one user, region or instance did.
    Investigation,
    /// Answers less than Davy does.
    Peer,
}

/// Davy and the floor, once for each number of threads.
pub(crate) fn ours(programs: &Programs, folder: &Path, threads: &[usize]) -> Vec<Contender> {
    threads.iter().flat_map(|threads| [floor(programs, folder, *threads), davy(programs, folder, *threads)]).collect()
}

fn floor(programs: &Programs, folder: &Path, threads: usize) -> Contender {
    let mut words = vec![programs.floor.clone().into(), folder.into()];
    words.extend(["--threads".into(), threads.to_string().into()]);
    Contender {
        name: format!("unpack only, {}", counted(threads)),
        words,
        role: Role::Floor(threads),
        most_rounds: MANY,
    }
}

fn davy(programs: &Programs, folder: &Path, threads: usize) -> Contender {
    let mut words = vec![programs.davy.clone().into(), "scan".into(), folder.into()];
    words.extend(["--format", "jsonl", "--threads"].map(OsString::from));
    words.push(threads.to_string().into());
    let name = format!("**`davy scan`, {}**", counted(threads));
    Contender { name, words, role: Role::Davy(threads), most_rounds: MANY }
}

/// What an analyst asks next, of the same files.
pub(crate) fn investigations(programs: &Programs, folder: &Path) -> Vec<Contender> {
    let asked = [("user", USER), ("region", REGION), ("instance", INSTANCE)];
    let contender = |(what, whom): (&str, &str)| {
        let mut words = vec![programs.davy.clone().into()];
        words.extend(["investigate", what, whom].map(OsString::from));
        words.push(folder.into());
        words.extend(["--format", "jsonl", "--threads", "1"].map(OsString::from));
        let name = format!("`davy investigate {what}`, 1 thread");
        Contender { name, words, role: Role::Investigation, most_rounds: MANY }
    };
    asked.into_iter().map(contender).collect()
}

fn counted(threads: usize) -> String {
    if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") }
}

/// The engines that are installed, on two threads.
pub(crate) fn engines(peers: &Peers, folder: &Path) -> Vec<Contender> {
    let scripts = [("DuckDB 1.4", "duckdb", "new_keys_duckdb.py"), ("ClickHouse (chdb)", "chdb", "new_keys_chdb.py")];
    let installed = scripts.into_iter().filter(|(_, module, _)| peers.has(module));
    installed
        .map(|(name, _, script)| {
            let mut words = vec![peers.python(), Peers::script(script), folder.into()];
            words.push(ENGINE_THREADS.into());
            Contender { name: name.to_owned(), words, role: Role::Peer, most_rounds: FEW }
        })
        .collect()
}

/// Search tools that are installed. They find the records and answer nothing.
pub(crate) fn searchers(folder: &Path) -> Vec<Contender> {
    let mut searchers = Vec::new();
    if let Some(program) = process::find("rg") {
        let words =
            ["--search-zip", "--threads=2", "--no-filename", "--only-matching", r#""eventName":"RunInstances""#];
        let words = std::iter::once(program).chain(words.map(OsString::from)).chain([folder.into()]).collect();
        searchers.push(Contender {
            name: "`rg -z` for the event name".into(),
            words,
            role: Role::Peer,
            most_rounds: FEW,
        });
    }
    if process::find("jq").is_some() {
        let words = ["sh", "-c", JQ, "sh"].map(OsString::from).into_iter().chain([folder.into()]).collect();
        searchers.push(Contender { name: "`zcat`, `jq`, 2 processes".into(), words, role: Role::Peer, most_rounds: 1 });
    }
    searchers
}

const JQ: &str = r#"find "$1" -name '*.gz' -print0 | xargs -0 -P2 -n40 sh -c 'zcat "$@" | jq -c ".Records[]|select(.eventName==\"RunInstances\")"' sh"#;
/// The user that calls most of all, a region with one file in twenty, and an instance that nobody knows.
const USER: &str = "arn:aws:iam::111122223333:role/github-actions-deploy";
const REGION: &str = "ap-southeast-2";
const INSTANCE: &str = "i-0123456789abcdef0";
const ENGINE_THREADS: &str = "2";
const MANY: usize = usize::MAX;
const FEW: usize = 2;
