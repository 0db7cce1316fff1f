//! Two pictures of an incident: when what happened where, and what it costs.

use jiff::Timestamp;
use model::{BurnPoint, Incident, IncidentStage, Moment, Outcome};

use super::{
    super::{findings::time, money::usd},
    writer::Html,
};

const WIDTH: f64 = 960.0;
/// Room for the names on the left.
const LEFT: f64 = 150.0;
const RIGHT: f64 = 30.0;
const ROW: f64 = 30.0;
const TOP: f64 = 14.0;
/// Regions with a row of their own.
const ROWS: usize = 14;
const OTHERS: &str = "other regions";
const CURVE: f64 = 200.0;

/// A row a region, a circle an event: its colour is the stage, its size the machines, and hollow
/// is what was refused.
pub fn timeline(html: &mut Html, incident: &Incident) {
    if incident.timeline.is_empty() {
        return;
    }
    let rows = rows(&incident.timeline);
    let height = TOP + ROW * rows.len() as f64 + 34.0;
    let axis = Axis { from: incident.first_time, to: incident.last_time };
    html.shape("<svg role=\"img\" aria-label=\"events by region and time\"", &[], "");
    view_box(html, height);
    for (index, name) in rows.iter().enumerate() {
        let y = TOP + ROW * (index as f64 + 0.5);
        html.shape("<line class=\"grid\"", &[("x1", LEFT), ("x2", WIDTH - RIGHT), ("y1", y), ("y2", y)], "/>");
        html.shape("<text class=\"name\"", &[("x", LEFT - 16.0), ("y", y + 4.0)], ">").text(name).raw("</text>\n");
    }
    for moment in &incident.timeline {
        let name = region(moment);
        let row = rows.iter().position(|row| row == name).unwrap_or(rows.len() - 1);
        circle(html, moment, axis.x(moment.time), TOP + ROW * (row as f64 + 0.5));
    }
    ticks(html, &axis, height - 12.0);
    html.raw("</svg>\n");
    legend(html, incident);
}

/// Names of the rows, in order of appearance.
fn rows(moments: &[Moment]) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for moment in moments {
        let name = region(moment);
        if rows.iter().any(|row| row == name) {
            continue;
        }
        if rows.len() == ROWS {
            rows.push(OTHERS.to_owned());
            break;
        }
        rows.push(name.to_owned());
    }
    rows
}

fn region(moment: &Moment) -> &str {
    moment.region.as_deref().unwrap_or("no region")
}

fn circle(html: &mut Html, moment: &Moment, x: f64, y: f64) {
    let radius = 4.0 + f64::from(moment.count).sqrt().min(9.0);
    let happened = matches!(moment.outcome, Outcome::Ok | Outcome::Pending);
    html.raw("<circle class=\"").raw(class(moment.stages.last())).raw(if happened { "\"" } else { " refused\"" });
    html.shape("", &[("cx", x), ("cy", y), ("r", radius)], "><title>");
    html.text(&format!("{} {}, {}", time(moment.time), moment.command, moment.outcome)).raw("</title></circle>\n");
}

fn class(stage: Option<&IncidentStage>) -> &'static str {
    match stage {
        Some(IncidentStage::Precursor) => "precursor",
        Some(IncidentStage::Launch) => "launch",
        Some(IncidentStage::Spread) => "spread",
        Some(IncidentStage::Persistence) => "persistence",
        Some(IncidentStage::Containment) => "containment",
        None => "other",
    }
}

fn legend(html: &mut Html, incident: &Incident) {
    html.raw("<p class=\"legend\">");
    let is_there = |stage: &&IncidentStage| incident.timeline.iter().any(|m| m.stages.last() == Some(stage));
    for stage in IncidentStage::ALL.iter().filter(is_there) {
        html.raw("<i class=\"").raw(class(Some(stage))).raw("\"></i>").text(stage.as_str()).raw(" ");
    }
    html.raw("<i class=\"refused\"></i>refused or only tried</p>\n");
}

/// What ran, in dollars an hour, from the first machine to the last event read; and from there,
/// dashed, to the next working morning.
pub fn burn(html: &mut Html, incident: &Incident) {
    let Some(first) = incident.burn.first() else { return };
    let goes_on = incident.instances.alive > 0 && incident.morning > incident.as_of;
    let axis = Axis { from: first.time, to: if goes_on { incident.morning } else { incident.as_of } };
    let most = incident.burn.iter().map(|point| point.usd_per_hour.high).fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let height = TOP + CURVE + 34.0;
    let y = |usd: f64| TOP + CURVE * (1.0 - usd / most);
    html.shape("<svg role=\"img\" aria-label=\"dollars an hour by time\"", &[], "");
    view_box(html, height);
    for part in [0.0, 0.5, 1.0] {
        let line = y(most * part);
        html.shape("<line class=\"grid\"", &[("x1", LEFT), ("x2", WIDTH - RIGHT), ("y1", line), ("y2", line)], "/>");
        let label = usd(model::Usd { low: most * part, high: most * part });
        html.shape("<text class=\"name\"", &[("x", LEFT - 10.0), ("y", line + 4.0)], ">").text(&label).raw("</text>\n");
    }
    for (point, until) in spans(&incident.burn, incident.as_of) {
        span(html, "<rect class=\"burn\"", (axis.x(point.time), axis.x(until)), y(point.usd_per_hour.high), y(0.0));
        span(html, "<rect class=\"burn low\"", (axis.x(point.time), axis.x(until)), y(point.usd_per_hour.low), y(0.0));
    }
    if let (true, Some(last)) = (goes_on, incident.burn.last()) {
        let ends = (axis.x(incident.as_of), axis.x(incident.morning));
        span(html, "<rect class=\"forecast\"", ends, y(last.usd_per_hour.high), y(0.0));
    }
    ticks(html, &axis, height - 12.0);
    html.raw("</svg>\n");
}

/// Each point, and until when it holds.
fn spans(burn: &[BurnPoint], end: Timestamp) -> impl Iterator<Item = (&BurnPoint, Timestamp)> {
    burn.iter().enumerate().map(move |(index, point)| (point, burn.get(index + 1).map_or(end, |next| next.time)))
}

fn span(html: &mut Html, open: &'static str, (from, to): (f64, f64), top: f64, bottom: f64) {
    let size = [("x", from), ("y", top), ("width", (to - from).max(0.5)), ("height", (bottom - top).max(0.0))];
    html.shape(open, &size, "/>\n");
}

fn view_box(html: &mut Html, height: f64) {
    html.raw(" viewBox=\"0 0 960 ").text(&format!("{height:.0}")).raw("\">\n");
}

struct Axis {
    from: Timestamp,
    to: Timestamp,
}

impl Axis {
    fn x(&self, time: Timestamp) -> f64 {
        let whole = self.to.duration_since(self.from).as_secs_f64();
        let part = time.duration_since(self.from).as_secs_f64();
        let share = if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.5 };
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }
}

/// Begin and end, and when that is worth it the middle.
fn ticks(html: &mut Html, axis: &Axis, y: f64) {
    let half = axis.to.duration_since(axis.from) / 2;
    let short = axis.to.duration_since(axis.from).as_hours() < 24;
    let middle = axis.from + half;
    for (at, anchor) in [(axis.from, "start"), (middle, "middle"), (axis.to, "end")] {
        let text = time(at);
        let text = if short { &text[11..] } else { &text[..16] };
        html.raw("<text class=\"tick\" text-anchor=\"").raw(anchor);
        html.shape("\"", &[("x", axis.x(at)), ("y", y)], ">").text(text).raw("</text>\n");
        if axis.to == axis.from {
            break;
        }
    }
}
