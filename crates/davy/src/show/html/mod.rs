//! A report as one page that needs nothing else: no script, no network, no font. It is fit to be
//! handed to a manager, or to the provider with a claim for a refund.

mod pictures;
mod writer;

use std::io::{self, Write};

use detect::{Containment, Phase, plural};
use model::{Incident, IncidentStatus, Severity};

use super::{findings::time, incidents::facts, money::usd, text};
use crate::report::{Found, Report};
use writer::Html;

const CSS: &str = include_str!("report.css");
/// The page may use its own style, and load nothing whatever.
const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
<title>Davy: cryptomining report</title>\n<style>\n";
/// Rows of a table. All of them are in the JSON formats.
const ROWS: usize = 200;

/// Writes the page; `plans`: what to do about each incident, in their order.
pub fn write(out: &mut dyn Write, report: &Report, plans: &[Containment]) -> io::Result<()> {
    let mut html = Html::default();
    html.raw(HEAD).raw(CSS).raw("</style>\n</head>\n<body>\n");
    header(&mut html, report);
    html.raw("<main>\n");
    for (incident, plan) in report.incidents.iter().zip(plans) {
        section(&mut html, incident, plan);
    }
    findings(&mut html, &report.findings);
    html.raw("</main>\n");
    footer(&mut html, report);
    html.raw("</body>\n</html>\n");
    write!(out, "{html}")
}

fn header(html: &mut Html, report: &Report) {
    let incidents = report.incidents.iter().filter(|incident| incident.status != IncidentStatus::Closed).count() as u64;
    let found = match incidents {
        0 if !report.incidents.is_empty() => "No open incident of cryptomining".to_owned(),
        0 => "No incident of cryptomining".to_owned(),
        _ => format!("{} of cryptomining", plural(incidents, "incident")),
    };
    html.element("<header><h1>", &found, "</h1>");
    let summary = &report.summary;
    let covered = match (summary.first_time, summary.last_time) {
        (Some(first), Some(last)) => format!("logs from {} to {} UTC", time(first), time(last)),
        _ => "no logs".to_owned(),
    };
    let accounts = plural(summary.accounts.len() as u64, "account");
    let records = text::number(summary.records.read);
    html.element("<p>", &format!("{records} records of {accounts}, {covered}"), "</p></header>\n");
}

fn section(html: &mut Html, incident: &Incident, containment: &Containment) {
    // What a person has judged asks for nobody.
    let severity = if incident.status == IncidentStatus::Closed { "low" } else { class(incident.severity) };
    html.raw("<section class=\"incident ").raw(severity).raw("\">\n<span class=\"pill ").raw(severity).raw("\">");
    html.text(incident.severity.as_str()).raw("</span>");
    let provisional =
        if incident.provisional { ", provisional: the account was too new to tell what is new" } else { "" };
    let status =
        format!("{} points, {}{provisional}, incident {}", incident.risk_score, incident.status.as_str(), incident.id);
    html.element("<span class=\"status\">", &status, "</span>\n").element("<h2>", &incident.message, "</h2>\n");
    tiles(html, incident);
    html.raw("<dl>");
    for (label, line) in facts(incident) {
        html.element("<dt>", label, "</dt>").element("<dd>", &line, "</dd>");
    }
    let date = incident.price_date.map_or_else(|| "no stated date".to_owned(), |date| date.to_string());
    html.element(
        "<dt>prices</dt><dd>",
        &format!("list prices of {date}; ranges where a region, spot or a size is not known exactly"),
        "</dd></dl>\n",
    );
    html.raw("<h3>What happened where</h3>\n");
    pictures::timeline(html, incident);
    if !incident.burn.is_empty() {
        html.raw("<h3>What it costs, in USD an hour</h3>\n");
        pictures::burn(html, incident);
    }
    score(html, incident);
    evidence(html, incident);
    plan(html, containment);
    html.raw("</section>\n");
}

fn class(severity: Severity) -> &'static str {
    severity.as_str()
}

fn tiles(html: &mut Html, incident: &Incident) {
    let counts = incident.instances;
    html.raw("<div class=\"tiles\">");
    for (value, label) in [
        (usd(incident.usd_so_far), format!("so far, as of {}", &time(incident.as_of)[..16])),
        (usd(incident.usd_per_hour), "an hour now".to_owned()),
        (usd(incident.usd_by_morning), format!("by {} if nobody acts", &time(incident.morning)[..16])),
        (text::number(counts.alive), format!("machines alive, of {} launched", text::number(counts.launched))),
    ] {
        html.element("<div class=\"tile\"><b>", &value, "</b>").element("<span>", &label, "</span></div>");
    }
    html.raw("</div>\n");
}

fn score(html: &mut Html, incident: &Incident) {
    html.raw("<h3>Why it is believed</h3>\n").table("<table>", &["points", "group", "reason", "why", "since (utc)"]);
    for term in &incident.score_terms {
        html.row([&*format!("{:+}", term.points), &term.group, &term.title, &term.reason, &time(term.time)]);
    }
    html.raw("</tbody></table>\n");
    let note = format!("Together {} points; what signals of one group add is limited.", incident.risk_score);
    html.element("<p class=\"note\">", &note, "</p>\n");
}

fn evidence(html: &mut Html, incident: &Incident) {
    html.raw("<h3>Evidence</h3>\n");
    let names = ["time (utc)", "stage", "operation", "region", "outcome", "machines", "from", "event id"];
    html.table("<table class=\"facts\">", &names);
    for moment in incident.timeline.iter().take(ROWS) {
        let stages: Vec<&str> = moment.stages.iter().map(|stage| stage.as_str()).collect();
        let dash = |text: &Option<model::Text>| text.as_deref().unwrap_or("-").to_owned();
        let region = |moment: &model::Moment| match &*incident.accounts {
            [_] | [] => dash(&moment.region),
            _ => format!("{} {}", dash(&moment.account), dash(&moment.region)),
        };
        html.row([
            &*time(moment.time),
            &stages.join(" "),
            &moment.command,
            &region(moment),
            &moment.outcome.as_str().replace('_', " "),
            &text::number(u64::from(moment.count)),
            &dash(&moment.src),
            &moment.event_id.to_string(),
        ]);
    }
    html.raw("</tbody></table>\n");
    more(html, incident.timeline.len());
}

fn more(html: &mut Html, all: usize) {
    let more = all.saturating_sub(ROWS) as u64;
    if more > 0 {
        html.element("<p class=\"note\">and ", &text::number(more), " more; the JSON formats have all of them</p>\n");
    }
}

fn plan(html: &mut Html, containment: &Containment) {
    html.raw("<h3>What to do, in this order</h3>\n");
    if containment.measures.is_empty() {
        html.raw("<p class=\"note\">Nothing is left that a command could be given for.</p>\n");
    }
    for phase in Phase::ALL {
        let mut measures = containment.measures.iter().filter(|measure| measure.phase == phase).peekable();
        if measures.peek().is_some() {
            html.element("<h4>", phase.title(), "</h4>\n");
        }
        let mut last = None;
        for measure in measures {
            if last != Some((&measure.does, &measure.breaks)) {
                html.element("<p class=\"does\">", &measure.does, "</p>");
                html.element("<p class=\"breaks\">breaks: ", &measure.breaks, "</p>");
                last = Some((&measure.does, &measure.breaks));
            }
            html.element("<pre>", &measure.command, "</pre>\n");
        }
    }
    for object in containment.left_out.iter().take(ROWS) {
        let line = format!("By hand: {} {}", object.category, object.id);
        html.element("<p class=\"note\">", &line, "</p>\n");
    }
}

fn findings(html: &mut Html, findings: &[Found]) {
    if findings.is_empty() {
        return;
    }
    html.raw("<section><h3>All findings</h3>\n")
        .table("<table class=\"free\">", &["time (utc)", "risk", "who", "finding", "incident"]);
    for found in findings.iter().take(ROWS) {
        let finding = &found.finding;
        let incident = found.incident.map_or_else(|| "-".to_owned(), |id| id.to_string()[..8].to_owned());
        html.row([&*time(finding.time), &finding.risk_score.to_string(), &finding.user, &finding.message, &incident]);
    }
    html.raw("</tbody></table>\n");
    more(html, findings.len());
    html.raw("</section>\n");
}

/// How far it can be trusted.
fn footer(html: &mut Html, report: &Report) {
    let summary = &report.summary;
    let records = summary.records;
    let line = format!(
        "davy {}: {} records = {} kept + {} filtered out + {} duplicate + {} rejected; {} files = {} read + {} skipped + {} rejected",
        summary.version,
        records.read,
        records.kept,
        records.filtered,
        records.duplicate,
        records.rejected,
        summary.files.found,
        summary.files.read,
        summary.files.skipped,
        summary.files.rejected
    );
    html.element("<footer><p>", &line, "</p></footer>\n");
}
