//! `davy investigate launch` and `instance`: one machine, from the launch on.

use std::io::Write;

use anyhow::Result;
use decode::{Wanted, Which};
use model::{Action, Event, Instance, Outcome, Text};
use serde::Serialize;

use super::investigate::{Activity, answer, ending, events, shown};
use crate::{
    Ending,
    cli::{Format, InvestigateOptions},
    show::{self, findings::time, rows::Row, table::Align, text},
};

/// How an instance came to be.
#[derive(Debug, Serialize)]
struct Launch {
    #[serde(flatten)]
    activity: Activity,
    #[serde(flatten)]
    instance: Instance,
}

impl Row for Launch {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("time (utc)", Align::Left),
        ("instance", Align::Left),
        ("region", Align::Left),
        ("type", Align::Left),
        ("arch", Align::Left),
        ("image", Align::Left),
        ("key", Align::Left),
        ("private ip", Align::Left),
        ("src", Align::Left),
        ("user", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        let Self { activity, instance } = self;
        vec![
            time(activity.time),
            instance.instance_id.to_string(),
            shown(activity.vendor_region.as_ref()),
            shown(instance.instance_type.as_ref()),
            shown(instance.architecture.as_ref()),
            shown(instance.image_id.as_ref()),
            shown(instance.key_name.as_ref()),
            shown(instance.private_ip_address.as_ref()),
            shown(activity.src.as_ref()),
            activity.user.to_string(),
        ]
    }
}

pub fn launch(id: &str, options: &InvestigateOptions, out: &mut dyn Write) -> Result<Ending> {
    let (events, tally) = events(options, &mentioning(id, options), |event| find(event, id).is_some())?;
    let rows: Vec<Launch> = events.iter().filter_map(|event| launch_of(event, id)).collect();
    let what = format!("{} of {}", detect::plural(rows.len() as u64, "launch"), text::safe(id));
    answer(&rows, &what, &tally, options, out)
}

fn mentioning(id: &str, options: &InvestigateOptions) -> Wanted {
    Wanted { which: Which::Mentioning(id.into()), instances: true, until: options.until }
}

fn launch_of(event: &Event, id: &str) -> Option<Launch> {
    Some(Launch { activity: event.into(), instance: find(event, id)?.clone() })
}

fn find<'e>(event: &'e Event, id: &str) -> Option<&'e Instance> {
    event.instances.iter().find(|instance| *instance.instance_id == *id)
}

/// What an instance is, and everything the logs say of it.
#[derive(Debug, Serialize)]
struct Life {
    instance: Option<Details>,
    history: Vec<Activity>,
}

#[derive(Debug, Serialize)]
struct Details {
    name: Option<Text>,
    vendor_account: Option<Text>,
    vendor_region: Option<Text>,
    launched_by: Text,
    /// After the last event that changed it.
    present_state: Text,
    #[serde(flatten)]
    instance: Instance,
}

pub fn instance(id: &str, options: &InvestigateOptions, out: &mut dyn Write) -> Result<Ending> {
    let (events, tally) = events(options, &mentioning(id, options), |_| true)?;
    let life = Life { instance: Details::of(&events, id), history: events.iter().map(Activity::from).collect() };
    match options.format {
        Format::Json => show::json::write_document(out, &life)?,
        Format::Jsonl => show::json::write_line(out, &life)?,
        Format::Csv => show::rows::write(out, &life.history, Format::Csv, None)?,
        Format::Table => {
            if let Some(details) = &life.instance {
                details.write(out)?;
            }
            let what = format!("{} naming {}", detect::plural(life.history.len() as u64, "event"), text::safe(id));
            return answer(&life.history, &what, &tally, options, out);
        }
    }
    Ok(ending(&tally, options))
}

impl Details {
    fn of(events: &[Event], id: &str) -> Option<Self> {
        let launch = events.iter().find(|event| find(event, id).is_some())?;
        let instance = find(launch, id)?.clone();
        let name = instance.tags.iter().find_map(|tag| tag.strip_prefix("Name=")).map(Text::from);
        let changes =
            events.iter().filter(|event| event.outcome == Outcome::Ok && event.object_id.iter().any(|o| **o == *id));
        let state = changes.filter_map(|event| state_after(event.action?)).next_back();
        let present_state =
            state.map(Text::from).or_else(|| instance.state.clone()).unwrap_or_else(|| "unknown".into());
        Some(Self {
            name,
            vendor_account: launch.vendor_account.clone(),
            vendor_region: launch.vendor_region.clone(),
            launched_by: launch.user.id.clone(),
            present_state,
            instance,
        })
    }

    fn write(&self, out: &mut dyn Write) -> Result<()> {
        let instance = &self.instance;
        for (label, value) in [
            ("instance", instance.instance_id.to_string()),
            ("name", shown(self.name.as_ref())),
            ("state", self.present_state.to_string()),
            ("account", shown(self.vendor_account.as_ref())),
            ("zone", shown(instance.availability_zone.as_ref().or(self.vendor_region.as_ref()))),
            ("type", shown(instance.instance_type.as_ref())),
            ("image", shown(instance.image_id.as_ref())),
            ("key", shown(instance.key_name.as_ref())),
            ("private", shown(instance.private_ip_address.as_ref())),
            ("public", shown(instance.public_ip_address.as_ref())),
            ("network", format!("{} {}", shown(instance.vpc_id.as_ref()), shown(instance.subnet_id.as_ref()))),
            ("launched", instance.launch_time.map_or_else(|| "-".to_owned(), time)),
            ("by", self.launched_by.to_string()),
            ("tags", if instance.tags.is_empty() { "-".to_owned() } else { instance.tags.join(", ") }),
        ] {
            show::summary::label(out, label, &text::safe(&value))?;
        }
        writeln!(out)?;
        Ok(())
    }
}

fn state_after(action: Action) -> Option<&'static str> {
    match action {
        Action::Created | Action::Started | Action::Restarted => Some("running"),
        Action::Stopped => Some("stopped"),
        Action::Deleted => Some("terminated"),
        Action::Modified | Action::Read | Action::Updated => None,
    }
}
