//! What a launch asked for and what it got. The response comes first: a launch template names
//! image and type, and then the request does not.

use std::{borrow::Cow, collections::BTreeSet, iter};

use model::{Instance, Outcome, Text};

use crate::{time, tree::Object};

/// Most images, or types, kept of one launch.
const DISTINCT: usize = 1000;

/// Most tags kept of one instance; AWS allows fifty.
const TAGS: usize = 100;

/// What an instance was started by, and the tag that says so; the nearest first. Only AWS writes
/// tags that begin with `aws:` to an instance. The others, and whatever a refused request says,
/// are the words of the client.
const PARENTS: [(&str, &str); 11] = [
    ("autoscaling_group", "aws:autoscaling:groupName"),
    ("spot_fleet", "aws:ec2spot:fleet-request-id"),
    ("fleet", "aws:ec2:fleet-id"),
    ("compute_environment", "aws:batch:compute-environment"),
    ("job_flow", "aws:elasticmapreduce:job-flow-id"),
    ("nodegroup", "eks:nodegroup-name"),
    ("nodepool", "karpenter.sh/nodepool"),
    ("eks_cluster", "aws:eks:cluster-name"),
    ("eks_cluster", "eks:cluster-name"),
    ("stack", "aws:cloudformation:stack-name"),
    ("launch_template", "aws:ec2launchtemplate:id"),
];

pub(super) struct Launch<'a> {
    asked: Vec<Object<'a>>,
    got: Vec<Object<'a>>,
    request: Object<'a>,
    ok: bool,
}

impl<'a> Launch<'a> {
    pub(super) fn new(request: Object<'a>, response: Object<'a>, outcome: Outcome) -> Self {
        let [asked, got] = [request, response].map(|object| object.items("instancesSet"));
        Self { asked, got, request, ok: outcome == Outcome::Ok }
    }

    /// Instances started; or asked for, when nothing was started or the response is cut: AWS
    /// replaces a large one by a remark.
    pub(super) fn count(&self) -> u32 {
        let count = if self.ok && !self.got.is_empty() { self.got.len() as u64 } else { self.asked_for() };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn asked_for(&self) -> u64 {
        let of = |object: Object<'_>| object.number("maxCount").or_else(|| object.number("minCount"));
        let by_item = self.asked.iter().copied().filter_map(of).reduce(u64::saturating_add);
        by_item.or_else(|| of(self.request)).unwrap_or(1).max(1)
    }

    pub(super) fn instance_ids(&self) -> Vec<Text> {
        self.got.iter().filter_map(|instance| instance.text("instanceId")).collect()
    }

    pub(super) fn images(&self) -> Vec<Text> {
        self.first_stated("imageId")
    }

    pub(super) fn types(&self) -> Vec<Text> {
        self.first_stated("instanceType")
    }

    /// Distinct values of the response, else of the items of the request, else of the request.
    fn first_stated(&self, name: &str) -> Vec<Text> {
        let places = [&self.got[..], &self.asked[..], std::slice::from_ref(&self.request)];
        places.into_iter().map(|objects| distinct(objects, name)).find(|values| !values.is_empty()).unwrap_or_default()
    }

    pub(super) fn is_spot(&self) -> bool {
        let market = self.request.object("instanceMarketOptions").str("marketType");
        let lifecycle = self.got.first().and_then(|instance| instance.str("instanceLifecycle"));
        [market, lifecycle].into_iter().flatten().any(|text| text.eq_ignore_ascii_case("spot"))
    }

    /// What led to it, as `object_category:object_id` of the event that made that.
    pub(super) fn parent(&self) -> Option<Text> {
        let tags: Vec<_> = self.tags().into_iter().filter_map(|tag| Some((tag.str("key")?, tag))).collect();
        let value = |key: &str| tags.iter().find(|(name, _)| name == key)?.1.str("value");
        let named = PARENTS.iter().find_map(|(category, key)| Some((*category, value(key)?)));
        let (category, name) = named.or_else(|| Some(("launch_template", self.template()?)))?;
        Some(crate::lenient::cap(&format!("{category}:{name}")))
    }

    /// Of the first instance, for all of a launch have the same; else those asked for.
    fn tags(&self) -> Vec<Object<'a>> {
        let got = self.got.first().map(|instance| instance.items("tagSet")).unwrap_or_default();
        if !got.is_empty() {
            return got;
        }
        self.request.items("tagSpecificationSet").iter().flat_map(|specification| specification.list("tags")).collect()
    }

    fn template(&self) -> Option<Cow<'a, str>> {
        let template = self.request.object("launchTemplate");
        template.str("launchTemplateId").or_else(|| template.str("launchTemplateName"))
    }

    pub(super) fn instances(&self) -> Vec<Instance> {
        self.got.iter().filter_map(instance).collect()
    }
}

/// In the order of the log.
fn distinct(objects: &[Object<'_>], name: &str) -> Vec<Text> {
    let mut values = objects.iter().filter_map(|object| object.str(name));
    let Some(first) = values.next() else { return Vec::new() };
    let mut seen = BTreeSet::new();
    // Nearly always all are the same.
    let others: Vec<_> = values.filter(|value| *value != first && seen.insert(value.clone())).collect();
    iter::once(first).chain(others).take(DISTINCT).map(Text::from).collect()
}

fn instance(item: &Object<'_>) -> Option<Instance> {
    Some(Instance {
        instance_id: item.text("instanceId")?,
        image_id: item.text("imageId"),
        instance_type: item.text("instanceType"),
        architecture: item.text("architecture"),
        availability_zone: item.object("placement").text("availabilityZone"),
        key_name: item.text("keyName"),
        private_ip_address: item.text("privateIpAddress"),
        public_ip_address: item.text("ipAddress").or_else(|| item.text("publicIpAddress")),
        subnet_id: item.text("subnetId"),
        vpc_id: item.text("vpcId"),
        state: item.object("instanceState").text("name"),
        launch_time: launch_time(item),
        tags: item.items("tagSet").iter().filter_map(tag).take(TAGS).collect(),
    })
}

/// In milliseconds, or as a text.
fn launch_time(item: &Object<'_>) -> Option<jiff::Timestamp> {
    match item.number("launchTime") {
        Some(milliseconds) => jiff::Timestamp::from_millisecond(i64::try_from(milliseconds).ok()?).ok(),
        None => time::parse(item.str("launchTime")?.as_bytes()),
    }
}

fn tag(tag: &Object<'_>) -> Option<Text> {
    let value = tag.str("value").unwrap_or_default();
    Some(crate::lenient::cap(&format!("{}={value}", tag.str("key")?)))
}
