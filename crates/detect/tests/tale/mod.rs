//! A history of events as a test tells it, and the incidents that Davy makes of it: with all
//! detections and signals of the story, its scoring, and the prices.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use detect::{Batch, Calendar, Detection, Detector, Memory, Scoring, Sets, catalog::Catalog};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use model::{
    Action, Begotten, Coverage, Event, EventId, Few, Incident, IncidentId, Operation, Outcome, Principal, Span, Stage,
    Text, UserClass, VendorProduct,
};

use crate::world::{MAIN, START, at, story_folder};

/// Where nobody has anything.
pub(crate) const REGIONS: [&str; 6] =
    ["ap-south-1", "sa-east-1", "ca-central-1", "eu-north-1", "ap-southeast-2", "us-west-1"];

/// Somebody.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) id: &'static str,
    class: UserClass,
    key: Option<&'static str>,
    borrower: Option<&'static str>,
}

/// The role with which Auto Scaling launches.
pub(crate) const SCALING: Who = Who {
    id: "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    class: UserClass::Service,
    key: None,
    borrower: None,
};

pub(crate) fn user(name: &str) -> Who {
    Who { id: format!("arn:aws:iam::{MAIN}:user/{name}").leak(), class: UserClass::User, key: None, borrower: None }
}

pub(crate) fn role(name: &str) -> Who {
    Who { id: format!("arn:aws:iam::{MAIN}:role/{name}").leak(), class: UserClass::Workload, key: None, borrower: None }
}

impl Who {
    pub(crate) fn with_key(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }

    pub(crate) fn lent_to(self, borrower: &Self) -> Self {
        Self { borrower: Some(borrower.id), ..self }
    }

    fn principal(&self) -> Principal {
        let kind = match self.class {
            UserClass::User => "IAMUser",
            _ => "AssumedRole",
        };
        Principal {
            id: self.id.into(),
            name: self.id.rsplit('/').next().map(Text::from),
            kind: Some(kind.into()),
            session: None,
            access_key_id: self.key.map(Text::from),
            borrower: self.borrower.map(Text::from),
            invoked_by: None,
            service_linked: self.class == UserClass::Service,
            class: self.class,
            attributed: true,
        }
    }
}

/// All that happened, in the order in which it is told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tale {
    events: Vec<Event>,
}

impl Tale {
    /// Six weeks in which a build role and an old group launch, every day.
    pub(crate) fn of_ordinary_life() -> Self {
        let mut tale = Self::default();
        for day in 0..60 {
            let day = at(START) + SignedDuration::from_hours(day * 24);
            tale.launch_at(day + 555.minutes(), &role("ci"), "us-east-1").ty("m5.large");
            tale.launch_at(day + 565.minutes(), &role("ci"), "eu-west-1").ty("c5.xlarge");
            tale.launch_at(day + 855.minutes(), &SCALING, "us-east-1").ty("m5.large").count(3).of_group("shop");
        }
        tale
    }

    pub(crate) fn launch(&mut self, time: &str, who: &Who, region: &str) -> &mut Self {
        self.launch_at(at(time), who, region)
    }

    pub(crate) fn launch_at(&mut self, time: Timestamp, who: &Who, region: &str) -> &mut Self {
        self.act(time, who, region, "RunInstances", Action::Created, "instance").image("ami-base").count(1)
    }

    /// An Auto Scaling group of four machines that may grow.
    pub(crate) fn group(&mut self, time: &str, who: &Who, region: &str, name: &str, most: u32) {
        self.act(at(time), who, region, "CreateAutoScalingGroup", Action::Created, "autoscaling_group");
        let event = self.last();
        (event.object_id, event.count) = ([name.into()].into(), 4);
        event.instance_type = ["g4dn.12xlarge".into()].into();
        event.compute.make_mut().max_count = Some(most);
    }

    /// A description of what runs, under a name.
    pub(crate) fn describes(&mut self, time: &str, who: &Who, category: &str, name: &str, instance_type: &str) {
        self.act(at(time), who, REGIONS[0], "Describe it", Action::Created, category);
        let event = self.last();
        (event.object_id, event.instance_type) = ([name.into()].into(), [instance_type.into()].into());
    }

    /// A service of so many tasks, made of a description.
    pub(crate) fn serves(&mut self, time: &str, who: &Who, action: Action, of: &[&str], tasks: u32) {
        self.act(at(time), who, REGIONS[0], &format!("{} a service", action.as_str()), action, "ecs_service");
        let event = self.last();
        event.object_id = of.iter().map(|id| Text::from(*id)).collect();
        event.count = tasks;
        event.compute.make_mut().max_count = (action == Action::Modified).then_some(tasks);
    }

    /// A group is told how many it is to run; and, perhaps, how many it may.
    pub(crate) fn resizes(&mut self, time: &str, who: &Who, name: &str, count: u32, most: Option<u32>) {
        self.act(at(time), who, "us-east-1", "SetDesiredCapacity", Action::Modified, "autoscaling_group");
        let event = self.last();
        (event.object_id, event.count) = ([name.into()].into(), count);
        event.compute.make_mut().max_count = most;
    }

    pub(crate) fn makes_key(&mut self, time: &str, who: &Who, key: &str) {
        self.act(at(time), who, "us-east-1", "CreateAccessKey", Action::Created, "access_key");
        let event = self.last();
        (event.object_id, event.begets) = ([key.into()].into(), [Begotten::AccessKey(key.into())].into());
    }

    /// Somebody is made, or given rights.
    pub(crate) fn begets(&mut self, time: &str, who: &Who, begotten: Begotten) {
        self.act(at(time), who, "us-east-1", "Beget", Action::Modified, "something").last().begets = [begotten].into();
    }

    /// Something is there from now on, under these names.
    pub(crate) fn makes(&mut self, time: &str, who: &Who, region: &str, of: &str, names: &[&str]) {
        self.act(at(time), who, region, "Make", Action::Created, of);
        self.last().object_id = names.iter().map(|name| Text::from(*name)).collect();
    }

    /// AWS finds a key of a user.
    pub(crate) fn quarantine(&mut self, time: &str, name: &str) {
        let provider = Who { id: "aws:111122223333:AWSService", class: UserClass::Service, key: None, borrower: None };
        self.act(at(time), &provider, "us-east-1", "AttachUserPolicy", Action::Modified, "user");
        let event = self.last();
        let user = Arc::make_mut(&mut event.user);
        (user.service_linked, user.name) = (false, None);
        event.object_id = [name.into(), "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3".into()].into();
    }

    pub(crate) fn terminates_all(&mut self, time: &str, who: &Who) {
        let since = at(time) - SignedDuration::from_hours(24);
        let launched = self.events.iter().filter(|event| event.is_launch() && event.time > since);
        let ids = launched.flat_map(|event| event.object_id.clone()).collect();
        self.act(at(time), who, REGIONS[0], "TerminateInstances", Action::Deleted, "instance").last().object_id = ids;
    }

    // What the last event was like.

    pub(crate) fn ty(&mut self, instance_type: &str) -> &mut Self {
        self.last().instance_type = [instance_type.into()].into();
        self
    }

    pub(crate) fn count(&mut self, machines: u32) -> &mut Self {
        let event = self.last();
        event.count = machines;
        event.object_id = (0..machines).map(|nth| format!("i-{}-{nth}", event.id).into()).collect();
        self
    }

    pub(crate) fn ended(&mut self, outcome: Outcome) -> &mut Self {
        let event = self.last();
        (event.outcome, event.object_id) = (outcome, Few::new());
        self
    }

    pub(crate) fn of_group(&mut self, name: &str) -> &mut Self {
        self.last().compute.make_mut().parent = Some(format!("autoscaling_group:{name}").into());
        self
    }

    pub(crate) fn of(&mut self, parent: &str) -> &mut Self {
        self.last().compute.make_mut().parent = Some(parent.into());
        self
    }

    pub(crate) fn may_run(&mut self, most: Option<u32>) -> &mut Self {
        self.last().compute.make_mut().max_count = most;
        self
    }

    pub(crate) fn last_object(&mut self) -> String {
        self.last().object_id[0].to_string()
    }

    /// Asked for in one record, done in another a minute later.
    pub(crate) fn in_two_records(&mut self) {
        let id: Text = format!("operation-{}", self.last().id).into();
        let mut done = self.last().clone();
        done.id = format!("{}-done", done.id).as_str().into();
        done.time += SignedDuration::from_mins(1);
        done.operation = Some(Box::new(Operation { id: id.clone(), stage: Stage::Finished }));
        let asked = self.last();
        (asked.outcome, asked.object_id) = (Outcome::Pending, Few::new());
        asked.operation = Some(Box::new(Operation { id, stage: Stage::Started }));
        self.events.push(done);
    }

    fn image(&mut self, image: &str) -> &mut Self {
        self.last().image_id = [image.into()].into();
        self
    }

    fn act(&mut self, time: Timestamp, who: &Who, region: &str, command: &str, action: Action, of: &str) -> &mut Self {
        let id: EventId = format!("e{:06}", self.events.len()).as_str().into();
        let event = Event::new(id, time, VendorProduct::AwsCloudTrail, command.into(), who.principal());
        self.events.push(Event {
            vendor_account: Some(MAIN.into()),
            vendor_region: Some(region.into()),
            action: Some(action),
            object_category: Some(of.into()),
            ..event
        });
        self
    }

    fn last(&mut self) -> &mut Event {
        self.events.last_mut().expect("an event comes before what it was like")
    }

    // What Davy makes of it.

    /// All incidents as they stand in the end, by time.
    pub(crate) fn incidents(&self) -> Vec<Incident> {
        Self::incidents_of(vec![batch(self.events.clone())])
    }

    pub(crate) fn incidents_of(pieces: Vec<Batch>) -> Vec<Incident> {
        let (detector, mut memory) = (detector(None), Memory::default());
        for piece in pieces {
            detector.fold(&mut memory, piece);
        }
        detector.finish(&mut memory);
        let told: BTreeMap<IncidentId, Incident> =
            detector.incidents(&mut memory).into_iter().map(|incident| (incident.id, incident)).collect();
        let mut incidents: Vec<Incident> = told.into_values().collect();
        incidents.sort_by_key(|incident| (incident.first_time, incident.id));
        incidents
    }

    /// What another process makes of what comes next, which has nothing but the file of the first.
    pub(crate) fn then_in_another_run(&self, next: &Self) -> Vec<Incident> {
        let (detector, mut memory, mut file) = (detector(None), Memory::default(), Vec::new());
        detector.fold(&mut memory, batch(self.events.clone()));
        detector.finish(&mut memory);
        detect::write_memory(&memory, &mut file).unwrap();
        let mut memory = detect::read_memory(&file).unwrap();
        let mut next = batch(next.events.clone());
        next.events.iter_mut().for_each(|event| event.id = format!("next-{}", event.id).as_str().into());
        detector.fold(&mut memory, next);
        detector.finish(&mut memory);
        detector.incidents(&mut memory)
    }

    /// The same under other ids, so that it can be read beside another tale.
    pub(crate) fn called(mut self, name: &str) -> Self {
        self.events.iter_mut().for_each(|event| event.id = format!("{name}-{}", event.id).as_str().into());
        self
    }

    /// What was before `time`, and what came from then on.
    pub(crate) fn cut(self, time: &str) -> (Self, Self) {
        let (before, after) = self.events.into_iter().partition(|event| event.time < at(time));
        (Self { events: before }, Self { events: after })
    }

    pub(crate) fn batch(&self) -> Batch {
        batch(self.events.clone())
    }

    pub(crate) fn told(&self, who: &Who) -> Option<Incident> {
        self.incidents().into_iter().find(|incident| &*incident.principal == who.id)
    }

    #[track_caller]
    pub(crate) fn incident_of(&self, who: &Who) -> Incident {
        self.told(who).unwrap_or_else(|| panic!("no incident of {}: {:#?}", who.id, self.incidents()))
    }

    pub(crate) fn in_pieces(&self, pieces: usize) -> Vec<Batch> {
        let size = self.events.len().div_ceil(pieces);
        self.events.chunks(size).map(|chunk| batch(chunk.to_vec())).collect()
    }

    pub(crate) fn backwards_and_twice(&self) -> Vec<Batch> {
        let backwards = || self.events.iter().rev().cloned();
        backwards().chain(backwards()).map(|event| batch(vec![event])).collect()
    }
}

fn batch(events: Vec<Event>) -> Batch {
    let mut coverage = Coverage::default();
    for event in &events {
        let region = event.vendor_region.as_deref().unwrap_or_default();
        coverage.product_mut(event.vendor_product).add(MAIN, region, Span::at(event.time));
    }
    Batch { events, coverage }
}

/// With everything that the story has.
pub(crate) fn detector(lateness: Option<SignedDuration>) -> Detector {
    let sets = Sets::parse([&*read("sets.toml")]).unwrap();
    let of_folder = |folder: &str| {
        let entries = fs::read_dir(story_folder().join(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| {
            is_ending(name, "toml")
                && !["story", "scoring", "containment", "sets"].iter().any(|other| name.starts_with(other))
        });
        names.sort();
        names
            .into_iter()
            .map(|name| (name.trim_end_matches(".toml").to_owned(), read(&format!("{folder}/{name}"))))
            .collect()
    };
    let texts: Vec<(String, String)> =
        [of_folder("."), of_folder("signals")].into_iter().flat_map(|list: Vec<_>| list).collect();
    let detections: Vec<Detection> =
        texts.iter().map(|(name, text)| Detection::parse_with(&sets, name, text).unwrap()).collect();
    let names = texts.iter().map(|(name, _)| &**name).collect();
    let scoring = Scoring::parse(&read("scoring.toml"), &names).unwrap();
    Detector::new(detections, Calendar::utc(), lateness).with_scoring(scoring).with_catalog(catalog())
}

fn catalog() -> Catalog {
    let folder = story_folder().join("../../catalog");
    let texts = fs::read_dir(&folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
    });
    Catalog::parse(&texts.filter(|(name, _)| !is_ending(name, "md")).collect()).unwrap()
}

fn is_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == ending)
}

fn read(name: &str) -> String {
    let path = story_folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
