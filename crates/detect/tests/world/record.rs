//! A `CloudTrail` record as a test describes it, and what Davy's decoder makes of it.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use model::{Action, Event, Few, Operation, Outcome, Principal, Stage, Text, VendorProduct};

use super::MAIN;

/// One call. What the request says and what the response says differ for launch templates.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) product: VendorProduct,
    pub(crate) time: Timestamp,
    /// When the log holds it.
    pub(crate) arrival: Timestamp,
    pub(crate) command: String,
    /// `alice`, `role/ci:session`, `root`, `service`.
    pub(crate) who: String,
    pub(crate) account: String,
    pub(crate) region: Option<String>,
    pub(crate) outcome: Outcome,
    /// Started; or, when refused, asked for.
    pub(crate) instances: u32,
    pub(crate) image: Option<String>,
    pub(crate) instance_type: Option<String>,
    /// Image and type come from a launch template: only the response names them.
    pub(crate) from_template: bool,
    /// What a `Create…` or `CopyImage` made.
    pub(crate) made: Option<String>,
    pub(crate) user_agent: Option<String>,
    /// The request of which this is one record, and which.
    pub(crate) operation: Option<(String, Part)>,
}

/// What a record of a request tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// What was asked for.
    Started,
    /// Nothing but that it goes on.
    Accepted,
    /// How it ended, and what it made.
    Finished,
    /// That one machine of it runs.
    Machine(u32),
}

impl Record {
    pub(crate) fn new(number: usize, time: Timestamp, command: &str, who: &str, region: &str) -> Self {
        Self {
            id: format!("e{number:06}"),
            product: VendorProduct::AwsCloudTrail,
            time,
            arrival: time,
            command: command.to_owned(),
            who: who.to_owned(),
            account: MAIN.to_owned(),
            region: Some(region.to_owned()),
            outcome: Outcome::Ok,
            instances: 1,
            image: None,
            instance_type: None,
            from_template: false,
            made: None,
            user_agent: None,
            operation: None,
        }
    }

    /// The same request as one record, of a provider that writes several.
    pub(crate) fn as_operation(&self) -> Self {
        Self { operation: Some((self.id.clone(), Part::Whole)), ..self.clone() }
    }

    /// One of its records, written and read so many seconds later.
    pub(crate) fn part(&self, part: Part, seconds: i64) -> Self {
        let id = match part {
            Part::Whole | Part::Started => self.id.clone(),
            Part::Accepted => format!("{}-accepted", self.id),
            Part::Finished => format!("{}-finished", self.id),
            Part::Machine(nth) => format!("{}-machine-{nth:04}", self.id),
        };
        let time = self.time + SignedDuration::from_secs(seconds);
        Self { id, time, arrival: time, operation: Some((self.id.clone(), part)), ..self.clone() }
    }

    pub(crate) fn is_launch(&self) -> bool {
        self.command == "RunInstances"
    }

    pub(crate) fn succeeded(&self) -> bool {
        self.outcome == Outcome::Ok
    }

    /// Ids of the instances that the response lists.
    pub(crate) fn instance_ids(&self) -> Vec<String> {
        let started = if self.is_launch() && self.succeeded() { self.instances } else { 0 };
        let request = self.operation.as_ref().map_or(&self.id, |(id, _)| id);
        (0..started).map(|nth| format!("i-{request}-{nth}")).collect()
    }

    /// The bare user or role name; nobody's for the root and for services.
    pub(crate) fn user_name(&self) -> Option<&str> {
        match &*self.who {
            "root" | "service" => None,
            who => Some(self.role().map_or(who, |(role, _)| role)),
        }
    }

    /// What a CIM mapping calls the object.
    pub(crate) fn object_category(&self) -> Option<&'static str> {
        match &*self.command {
            "RunInstances" => Some("instance"),
            "CreateBucket" => Some("bucket"),
            "CreateUser" => Some("user"),
            "CopyImage" => Some("image"),
            _ => None,
        }
    }

    fn role(&self) -> Option<(&str, &str)> {
        self.who.strip_prefix("role/")?.split_once(':')
    }

    /// What Davy's decoder makes of it. Reading is covered, and no event.
    pub(crate) fn event(&self) -> Option<Event> {
        if self.command.starts_with("Get") {
            return None;
        }
        // A refused launch has no response to name what the template held.
        let named = !self.from_template || self.succeeded();
        let stated = |value: &Option<String>| text(value.as_deref().filter(|_| named)).into_iter().collect();
        let object_id: Vec<String> =
            if self.is_launch() { self.instance_ids() } else { self.made.clone().into_iter().collect() };
        let (id, command) = ((&*self.id).into(), (&*self.command).into());
        let event = Event {
            vendor_account: text(Some(&self.account)),
            vendor_region: text(self.region.as_deref()),
            action: self.object_category().map(|_| Action::Created),
            object_category: text(self.object_category()),
            outcome: self.outcome,
            user_agent: text(self.user_agent.as_deref()),
            count: if self.is_launch() { self.instances } else { 0 },
            object_id: object_id.into_iter().map(Text::from).collect(),
            image_id: stated(&self.image),
            instance_type: stated(&self.instance_type),
            ..Event::new(id, self.time, self.product, command, self.principal())
        };
        Some(match &self.operation {
            Some((id, part)) => part.of(event, &format!("operation-{id}")),
            None => event,
        })
    }

    fn principal(&self) -> Principal {
        let account = &self.account;
        let (id, kind) = match (&*self.who, self.role()) {
            ("root", _) => (format!("arn:aws:iam::{account}:root"), "Root"),
            ("service", _) => (format!("aws:{account}:AWSService"), "AWSService"),
            (_, Some((role, _))) => (format!("arn:aws:iam::{account}:role/{role}"), "AssumedRole"),
            (name, None) => (super::user(account, name), "IAMUser"),
        };
        Principal {
            id: id.into(),
            name: text(self.user_name()),
            kind: text(Some(kind)),
            session: text(self.role().map(|(_, session)| session)),
            access_key_id: None,
            borrower: None,
            invoked_by: None,
            service_linked: false,
            class: model::UserClass::default(),
            attributed: self.who != "service",
        }
    }
}

impl Part {
    /// What this record tells of the request.
    fn of(self, whole: Event, id: &str) -> Event {
        let operation = |stage| Some(Box::new(Operation { id: id.into(), stage }));
        let finished = Event { operation: operation(Stage::Finished), ..whole.clone() };
        match self {
            Self::Whole => finished,
            Self::Started => {
                Event { operation: operation(Stage::Started), outcome: Outcome::Ok, object_id: Few::new(), ..whole }
            }
            Self::Accepted => Event {
                operation: operation(Stage::Accepted),
                action: Some(Action::Modified),
                outcome: Outcome::Ok,
                ..nothing(whole)
            },
            Self::Finished => Event { object_id: whole.object_id, ..nothing(finished) },
            Self::Machine(nth) => Event {
                object_id: whole.object_id.get(nth as usize).cloned().into_iter().collect(),
                count: 1,
                ..nothing(finished)
            },
        }
    }
}

/// Neither what was asked for nor what was made.
fn nothing(event: Event) -> Event {
    Event { count: 0, object_id: Few::new(), image_id: Few::new(), instance_type: Few::new(), ..event }
}

/// In one line: a failing property prints a whole history.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, time, who, account, command, outcome, instances, operation, .. } = self;
        let part = operation.as_ref().map(|(_, part)| part);
        let of = |value: &Option<String>| value.clone().unwrap_or_default();
        let (region, image, instance_type) = (of(&self.region), of(&self.image), of(&self.instance_type));
        write!(
            f,
            "{time} {id} {who} {account} {region} {command} {outcome} {instances} {image} {instance_type} {part:?}"
        )
    }
}

fn text(value: Option<&str>) -> Option<Text> {
    value.map(Text::from)
}
