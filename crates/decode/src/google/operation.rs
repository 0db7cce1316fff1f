//! Which records are of one request.
//!
//! A call that takes time is written twice: first with the request and before it is done, last
//! with the outcome and without the request. Both have the id of the operation. A call that was
//! refused at once has no operation.
//!
//! `bulkInsert` is written once more for each machine it makes. Such a record has an operation
//! of its own, first and last in one, and names nothing of the call that it came from, except in
//! a label that all records of one cause have: `root_trigger_id`. Compute Engine writes it since
//! the end of 2023. Before that the machine is known by its name: it is in the place of the call
//! and follows the pattern of names that the call asked for. Then calls of one caller, pattern,
//! place and hour are taken for one; the ids of the machines are all kept. The caller is among
//! these because whoever calls chooses the pattern, and could hide in the calls of another.

use jiff::Timestamp;
use model::{Operation, Stage, Text};

use super::{Record, normal};
use crate::lenient::cap;

const ROOT_TRIGGER: &str = "compute.googleapis.com/root_trigger_id";

const HOUR: i64 = 3600;

/// What a record of `bulkInsert` is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bulk {
    /// Of the call.
    Call,
    /// Of one machine that it made.
    Machine,
}

impl Bulk {
    /// `None` for other operations. The name of a machine stands behind the list of machines.
    pub(super) fn of(record: &Record<'_>, command: &str) -> Option<Self> {
        let path = record.resource_name.as_deref().unwrap_or_default();
        let name = path.rsplit_once("/instances/").map_or("", |(_, name)| name);
        let bulk = if name.is_empty() || name.contains('/') { Self::Call } else { Self::Machine };
        command.ends_with("nstances.bulkInsert").then_some(bulk)
    }
}

/// How far the request had come, and what its records are joined by; `None` if the record is
/// all there is.
pub(super) fn operation(record: &Record<'_>, bulk: Option<Bulk>, time: Timestamp) -> Option<Operation> {
    let (stage, id) = stated(record)?;
    let account = &record.account;
    match bulk.and_then(|bulk| cause(record, bulk, time)) {
        // Machines are made while the call is under way: each is a part of its end.
        Some(cause) => {
            let id = cap(&format!("google:{account}:bulkInsert:{cause}"));
            Some(Operation { id, stage: stage.unwrap_or(Stage::Finished) })
        }
        None => Some(Operation { id: cap(&format!("google:{account}:{id}")), stage: stage? }),
    }
}

/// What a call and its machines have in common.
fn cause(record: &Record<'_>, bulk: Bulk, time: Timestamp) -> Option<String> {
    let trigger = record.fields.object("labels").str(ROOT_TRIGGER).map(|trigger| trigger.to_string());
    trigger.or_else(|| by_name(record, bulk, time))
}

/// Stage and id as they stand in the record. No stage: it is first and last in one.
fn stated(record: &Record<'_>) -> Option<(Option<Stage>, Text)> {
    let operation = record.fields.object("operation");
    let Some(id) = operation.text("id") else { return Some((Some(Stage::Started), running(record)?)) };
    let stage = match (operation.flag("first"), operation.flag("last")) {
        (true, true) => None,
        (true, false) => Some(Stage::Started),
        (false, true) => Some(Stage::Finished),
        (false, false) => Some(Stage::Accepted),
    };
    Some((stage, id))
}

/// The operation of a record that has lost it: an export may keep the answer only, which names it.
fn running(record: &Record<'_>) -> Option<Text> {
    let is_running = matches!(record.response.text("status").as_deref(), Some("RUNNING" | "PENDING"));
    let is_operation = record.response.text("operationType").is_some();
    record.response.text("name").filter(|_| is_running && is_operation)
}

/// Place, pattern of names, hour and caller. The last record of a call has no pattern.
fn by_name(record: &Record<'_>, bulk: Bulk, time: Timestamp) -> Option<String> {
    let path = record.resource_name.as_deref()?;
    let name = match bulk {
        Bulk::Call => record.request.text("namePattern")?,
        Bulk::Machine => normal::last_part(path).into(),
    };
    let (place, hour) = (normal::location(path), time.as_second().div_euclid(HOUR));
    let caller = record.payload.object("authenticationInfo").text("principalEmail").unwrap_or_default();
    Some(format!("{place}:{}:{hour}:{caller}", pattern(&name)))
}

/// A pattern has a run of `#` where a name has a number.
fn pattern(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for character in name.chars() {
        let is_place = character == '#' || character.is_ascii_digit();
        if !is_place || !pattern.ends_with('#') {
            pattern.push(if is_place { '#' } else { character });
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_their_pattern() {
        for (asked, made) in
            [("inst-####", "inst-0003"), ("web2-##", "web2-10000"), ("#", "7"), ("a1-###-b", "a1-001-b")]
        {
            assert_eq!(pattern(asked), pattern(made));
        }
        assert_ne!(pattern("inst-####"), pattern("other-0003"));
    }
}
