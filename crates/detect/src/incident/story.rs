//! The decisive events of an incident, and the curve of what it costs.

use jiff::Timestamp;
use model::{BurnPoint, Event, IncidentStage, Moment, Text};

use super::{Hit, ledger::Burn};

/// Moments kept of one incident. Whatever comes later is in the findings.
const MOMENTS: usize = 1000;

/// Points kept of one curve. When it is full, every other one goes.
const POINTS: usize = 512;

/// What is told of one incident, in event order.
#[derive(Debug, Clone, Default)]
pub(super) struct Story {
    moments: Vec<Moment>,
    curve: Vec<BurnPoint>,
    truncated: bool,
}

impl Story {
    /// Takes in an event of the lineage, if anything had something to say of it or it launches.
    pub(super) fn note(&mut self, event: &Event, hits: &[Hit<'_>]) {
        if hits.is_empty() && !event.is_launch() {
            return;
        }
        if self.moments.len() >= MOMENTS {
            self.truncated = true;
            return;
        }
        let mut stages: Vec<IncidentStage> = hits.iter().map(|hit| hit.score.stage).collect();
        stages.sort_unstable();
        stages.dedup();
        let signals: Vec<Text> = hits.iter().map(|hit| hit.detection.detection.clone()).collect();
        self.moments.push(moment(event, stages, signals));
    }

    /// What runs after this.
    pub(super) fn follow(&mut self, time: Timestamp, burn: &Burn) {
        let point = point(time, burn);
        match self.curve.last_mut() {
            Some(last) if last.alive == point.alive && last.usd_per_hour == point.usd_per_hour => return,
            None if point.alive == 0 => return,
            // Only where a second ends is it seen what happened in it.
            Some(last) if last.time == time => *last = point,
            _ => self.curve.push(point),
        }
        if self.curve.len() >= POINTS {
            let mut index = 0;
            self.curve.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
    }

    pub(super) fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// The curve up to now.
    pub(super) fn curve(&self, now: Timestamp, burn: &Burn) -> Vec<BurnPoint> {
        let mut curve = self.curve.clone();
        if curve.last().is_some_and(|last| last.time < now) {
            curve.push(point(now, burn));
        }
        curve
    }

    pub(super) fn is_truncated(&self) -> bool {
        self.truncated
    }
}

fn point(time: Timestamp, burn: &Burn) -> BurnPoint {
    let usd_per_hour = burn.running().usd_per_hour;
    BurnPoint { time, alive: burn.instances().alive, usd_per_hour, usd_so_far: burn.so_far() }
}

fn moment(event: &Event, stages: Vec<IncidentStage>, signals: Vec<Text>) -> Moment {
    Moment {
        time: event.time,
        event_id: event.id.clone(),
        command: event.command.clone(),
        user: event.user.id.clone(),
        src: event.src.clone(),
        account: event.vendor_account.clone(),
        region: event.vendor_region.clone(),
        outcome: event.outcome,
        count: event.count,
        stages,
        signals,
    }
}
