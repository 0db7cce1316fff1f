//! Several records of one request are one event.
//!
//! Google writes a record when a request begins and one when it has ended, Azure one more in
//! between; a request for a hundred machines may end in a hundred records. They come in any
//! order, in different batches, sometimes hours apart, and sometimes only one comes at all.
//!
//! The records that are there when the turn of the first of them comes are judged as one event.
//! If none of them says how the request ended, it is judged as pending: it may open a finding,
//! and teaches nothing. Whatever comes later is joined to what was judged, and amends it.
//! After [`REMEMBERED`] a request that nobody heard of again is taken to have succeeded: it was
//! accepted, and nothing says that it failed. From then on only its id is known, and a record
//! of it that comes later still is a duplicate: the request has been judged and counted.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use model::{Action, Event, EventId, Few, Operation, Outcome, Principal, Stage, Text};

use crate::{
    evidence::MAX_EVIDENCE,
    memory::{Map, Turn},
};

/// How long more records of a request are waited for, in event time. One takes a kilobyte or
/// two until then, and its id alone (some hundred bytes) for as long as ids of events are kept.
pub(crate) const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// The requests of one product that are not over, and the ids of those that are.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    requests: Map<Text, Request>,
    /// When a request is to be looked at: at the time of each record, and when it is let go.
    due: BTreeSet<(Timestamp, Text)>,
    /// With the time in seconds when it began.
    settled: Map<Text, i64>,
}

#[derive(Debug)]
struct Request {
    /// All that was known when it was judged.
    judged: Option<Arc<Event>>,
    /// What has come since.
    fresh: Vec<Event>,
    /// Until then it is remembered.
    until: Timestamp,
}

impl Operations {
    /// Takes a record in. False when it comes too late to tell anything, or when so many have
    /// come that the evidence is full.
    pub(crate) fn add(&mut self, event: Event) -> bool {
        let Some(operation) = &event.operation else { return false };
        if self.settled.contains_key(&operation.id) {
            return false;
        }
        let key = match self.requests.get_key_value(&operation.id) {
            Some((key, _)) => key.clone(),
            None => self.begin(&operation.id, event.time),
        };
        let Some(request) = self.requests.get_mut(&key) else { return false };
        if request.records() >= MAX_EVIDENCE {
            return false;
        }
        self.due.insert((event.time, key));
        request.fresh.push(event);
        true
    }

    fn begin(&mut self, key: &Text, time: Timestamp) -> Text {
        let until = time.checked_add(REMEMBERED).unwrap_or(Timestamp::MAX);
        // Most requests have one record or two, and a record takes a quarter of a kilobyte.
        let fresh = Vec::with_capacity(1);
        self.requests.insert(key.clone(), Request { judged: None, fresh, until });
        self.due.insert((until, key.clone()));
        key.clone()
    }

    /// The requests of which there is something to be judged at or before the horizon.
    pub(crate) fn release(&mut self, horizon: Timestamp) -> Vec<Turn> {
        let mut turns = Vec::new();
        while self.due.first().is_some_and(|(time, _)| *time <= horizon) {
            let Some((time, key)) = self.due.pop_first() else { break };
            turns.extend(self.look(time, &key, horizon));
        }
        turns
    }

    fn look(&mut self, time: Timestamp, key: &Text, horizon: Timestamp) -> Option<Turn> {
        let request = self.requests.get_mut(key)?;
        let is_over = request.until <= horizon;
        let turn = request.turn(Some(time), is_over);
        if is_over {
            self.settle(key);
        }
        turn
    }

    fn settle(&mut self, key: &Text) {
        if let Some(request) = self.requests.remove(key) {
            self.settled.insert(key.clone(), request.began().as_second());
        }
    }

    /// All requests of which there is something left to be judged. Nothing more is to come.
    pub(crate) fn release_all(&mut self) -> Vec<Turn> {
        self.due.clear();
        let requests: Vec<_> = self.requests.drain().collect();
        let mut turns = Vec::new();
        for (key, mut request) in requests {
            turns.extend(request.turn(None, true));
            self.settled.insert(key, request.began().as_second());
        }
        turns
    }

    /// Lets go of the ids of requests that began before `time`.
    pub(crate) fn forget_before(&mut self, time: Timestamp) {
        self.settled.retain(|_, second| *second >= time.as_second());
    }

    /// The records whose request is not judged, or not to its end.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = &EventId> {
        let fresh = self.requests.values().flat_map(|request| request.fresh.iter().flat_map(ids));
        let judged = self.requests.values().filter_map(|request| request.judged.as_deref());
        fresh.chain(judged.filter(|event| event.outcome == Outcome::Pending).flat_map(ids))
    }

    /// The requests that were judged to their end, each with the time in seconds when it began.
    pub(crate) fn finished(&self) -> impl Iterator<Item = (&str, i64)> {
        let is_finished =
            |request: &Request| request.judged.as_ref().is_some_and(|judged| judged.outcome != Outcome::Pending);
        let judged = self.requests.iter().filter(move |(_, request)| is_finished(request));
        let settled = self.settled.iter().map(|(id, second)| (&**id, *second));
        settled.chain(judged.map(|(id, request)| (&**id, request.began().as_second())))
    }

    /// Of requests that were judged to their end by another process.
    pub(crate) fn restore(finished: impl IntoIterator<Item = (Text, i64)>) -> Self {
        Self { settled: finished.into_iter().collect(), ..Self::default() }
    }
}

impl Request {
    fn records(&self) -> usize {
        self.fresh.len() + self.judged.as_ref().map_or(0, |judged| 1 + judged.joined.len())
    }

    fn began(&self) -> Timestamp {
        self.judged.as_ref().map_or(self.until, |judged| judged.time)
    }

    /// What is to be judged now, if anything is, since it is `due` or because it is over.
    fn turn(&mut self, due: Option<Timestamp>, is_over: bool) -> Option<Turn> {
        let is_pending = self.judged.as_ref().is_some_and(|judged| judged.outcome == Outcome::Pending);
        let first = self.fresh.iter().map(|record| record.time).min();
        if first.is_none() && !(is_over && is_pending) {
            return None;
        }
        let before = self.judged.take();
        let fresh = std::mem::take(&mut self.fresh);
        let records = before.as_deref().cloned().into_iter().chain(fresh).collect();
        let event = Arc::new(join(records, is_over)?);
        self.judged = Some(Arc::clone(&event));
        let amended = before.as_ref().and(first.or(due));
        let time = amended.unwrap_or(event.time);
        Some(Turn { time, event, before })
    }
}

/// The records of one request as one event, whatever order they come in.
///
/// What was asked for is told by the earliest record that tells it, and the end by the latest.
fn join(mut records: Vec<Event>, is_over: bool) -> Option<Event> {
    if let [only] = &*records
        && ended(only)
    {
        return records.pop();
    }
    records.sort_by(|a, b| (stage(a), a.time, &a.id).cmp(&(stage(b), b.time, &b.id)));
    let first = records.first()?;
    let (outcome, result_id, result) = end(&records, is_over);
    let object_id: Few<Text> = union(&records, |event| &event.object_id);
    let stated = records.iter().map(|event| event.count).max()?;
    Some(Event {
        time: records.iter().map(|event| event.time).min()?,
        vendor_account: told(&records, |event| event.vendor_account.as_ref()),
        vendor_region: told(&records, |event| event.vendor_region.as_ref()),
        action: action(&records),
        object_category: told(&records, |event| event.object_category.as_ref()),
        outcome,
        result_id,
        result,
        user: user(&records)?,
        src: told(&records, |event| event.src.as_ref()),
        user_agent: told(&records, |event| event.user_agent.as_ref()),
        count: stated.max(u32::try_from(object_id.len()).unwrap_or(u32::MAX)),
        object_id,
        image_id: asked(&records, |event| &event.image_id),
        instance_type: asked(&records, |event| &event.instance_type),
        compute: compute(&records).into(),
        instances: records.iter().flat_map(|event| event.instances.iter().cloned()).collect(),
        operation: operation(&records).map(Box::new),
        joined: records.iter().flat_map(ids).filter(|id| **id != first.id).cloned().collect(),
        begets: asked(&records, |event| &event.begets),
        as_written: asked(&records, |event| &event.as_written),
        ..first.clone()
    })
}

/// The records that an event is made of.
fn ids(event: &Event) -> impl Iterator<Item = &EventId> {
    std::iter::once(&event.id).chain(&event.joined)
}

fn stage(event: &Event) -> Option<Stage> {
    event.operation.as_ref().map(|operation| operation.stage)
}

/// Whether a record says how its request ended. What was refused at once has ended, too.
fn ended(event: &Event) -> bool {
    match event.outcome {
        Outcome::Pending => false,
        Outcome::Ok => stage(event) == Some(Stage::Finished),
        _ => true,
    }
}

/// The last word; if some machines of a request started and others did not, it started some.
fn end(records: &[Event], is_over: bool) -> (Outcome, Option<Text>, Option<Text>) {
    let last = records.iter().filter(|event| ended(event)).map(stage).max();
    let mut ends = records.iter().filter(|event| ended(event) && Some(stage(event)) == last);
    let first = ends.clone().next();
    match ends.find(|event| event.outcome == Outcome::Ok).or(first) {
        Some(end) => (end.outcome, end.result_id.clone(), end.result.clone()),
        None if is_over => (Outcome::Ok, None, None),
        None => (Outcome::Pending, None, None),
    }
}

/// From the first record that tells.
fn told<T: Clone>(records: &[Event], of: impl Fn(&Event) -> Option<&T>) -> Option<T> {
    records.iter().find_map(of).cloned()
}

/// From the records of the first stage at which any tells: one for each machine may stand there.
fn asked<T: Clone + PartialEq, L: FromIterator<T>>(records: &[Event], of: impl Fn(&Event) -> &[T]) -> L {
    let first = records.iter().find(|event| !of(event).is_empty()).and_then(stage);
    let mut values = Vec::new();
    for value in records.iter().filter(|event| stage(event) == first).flat_map(&of) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    values.into_iter().collect()
}

fn union(records: &[Event], of: impl Fn(&Event) -> &[Text]) -> Few<Text> {
    let mut known = BTreeSet::new();
    records.iter().flat_map(of).filter(|id| known.insert(&***id)).cloned().collect()
}

/// Whether something was made or only changed may stand in the last record alone.
fn action(records: &[Event]) -> Option<Action> {
    let any = |action| records.iter().any(|event| event.action == Some(action)).then_some(action);
    any(Action::Created).or(any(Action::Modified)).or(told(records, |event| event.action.as_ref()))
}

fn user(records: &[Event]) -> Option<Arc<Principal>> {
    let attributed = records.iter().find(|event| event.user.attributed);
    attributed.or(records.first()).map(|event| Arc::clone(&event.user))
}

fn compute(records: &[Event]) -> model::Compute {
    model::Compute {
        max_count: told(records, |event| event.compute.max_count.as_ref()),
        vcpu: told(records, |event| event.compute.vcpu.as_ref()),
        accelerators: asked(records, |event| &event.compute.accelerators),
        spot: records.iter().any(|event| event.compute.spot),
        parent: told(records, |event| event.compute.parent.as_ref()),
        usd_per_hour: told(records, |event| event.compute.usd_per_hour.as_ref()),
    }
}

fn operation(records: &[Event]) -> Option<Operation> {
    let id = told(records, |event| event.operation.as_ref())?.id;
    Some(Operation { id, stage: records.iter().filter_map(stage).max()? })
}
