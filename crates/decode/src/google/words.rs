//! What machines a request asks for, in the words that the services of Google share.
//!
//! A dozen services start machines, each with a request of its own shape, which changes from
//! version to version. The words in them hardly do: a `machineType` is one wherever it stands.
//! So a request is read by its words and not by its shape, and a new shape of it is read too.

use std::borrow::Cow;

use model::{Accelerator, Text};

use super::normal;
use crate::{lenient, tree::Value};

/// Levels and values of one request that are looked at; real ones have a tenth of that.
const DEPTH: usize = 24;
const VALUES: usize = 20_000;

/// Most names of one kind that are kept.
const DISTINCT: usize = 1000;

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) types: Names,
    pub(super) images: Names,
    pub(super) accelerators: Vec<Accelerator>,
    pub(super) spot: bool,
    /// Sums over all parts of the request: machines at first, machines at most, tasks.
    count: Option<u64>,
    most: Option<u64>,
    tasks: Option<u64>,
    /// Thousandths of a processor, of the largest part.
    millicpu: Option<u64>,
    pub(super) unknown: Vec<String>,
}

/// Distinct names in the order of the log, each as it is written there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names(Vec<(Text, Text)>);

impl Names {
    fn add(&mut self, normal: Text, written: &str) {
        if self.0.len() < DISTINCT && !self.0.iter().any(|(known, _)| *known == normal) {
            self.0.push((normal, written.into()));
        }
    }

    pub(super) fn normal(&self) -> Vec<Text> {
        self.0.iter().map(|(normal, _)| normal.clone()).collect()
    }

    /// Those that were written in another way.
    pub(super) fn written(&self) -> impl Iterator<Item = &Text> {
        self.0.iter().filter(|(normal, written)| normal != written).map(|(_, written)| written)
    }
}

impl Asked {
    /// `project` is what an image belongs to that names none.
    pub(super) fn of(request: Option<Value<'_>>, project: &str) -> Self {
        let mut reader = Reader { project, asked: Self::default(), left: VALUES };
        if let Some(request) = request {
            reader.value("", request, DEPTH);
        }
        reader.asked
    }

    /// Machines that may run when all is done that was asked for.
    pub(super) fn max_count(&self) -> Option<u32> {
        let count = self.most.max(self.count).or(self.tasks)?;
        Some(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Where a service counts processors and not machines.
    pub(super) fn vcpu(&self) -> Option<u32> {
        let parts = u64::from(self.max_count().unwrap_or(1).max(1));
        let vcpu = self.millicpu?.saturating_mul(parts).div_ceil(1000);
        Some(u32::try_from(vcpu).unwrap_or(u32::MAX))
    }
}

struct Reader<'p> {
    project: &'p str,
    asked: Asked,
    left: usize,
}

impl Reader<'_> {
    fn value(&mut self, key: &str, value: Value<'_>, depth: usize) {
        if depth == 0 || self.left == 0 {
            return;
        }
        self.left -= 1;
        if value.is_object() {
            self.object(key, value, depth - 1);
        } else if value.is_list() {
            self.list(key, value, depth - 1);
        } else {
            self.scalar(key, value);
        }
    }

    /// The disk that a machine starts from comes first.
    fn list(&mut self, key: &str, list: Value<'_>, depth: usize) {
        let mut items: Vec<Value<'_>> = list.elements().collect();
        if key == "disks" {
            items.sort_by_key(|disk| !disk.object().flag("boot"));
        }
        for item in items {
            self.value(key, item, depth);
        }
    }

    fn object(&mut self, key: &str, object: Value<'_>, depth: usize) {
        if is_chosen_by_caller(key) {
            return;
        }
        if matches!(key, "machinetype" | "machinetypeuri") {
            self.asked.unknown.push("Google Cloud `machineType` that is no text".to_owned());
        }
        let members = object.object().members().map(|(name, value)| (folded(&name), value));
        let members: Vec<(String, Value<'_>)> = members.collect();
        let find = |names: &[&str]| members.iter().find(|(name, _)| names.contains(&&**name)).map(|(_, value)| *value);
        self.accelerator(key, find);
        self.image_by_parts(key, find);
        for (name, value) in &members {
            self.value(name, *value, depth);
        }
    }

    fn scalar(&mut self, key: &str, value: Value<'_>) {
        let Some(text) = value.str() else { return };
        let asked = &mut self.asked;
        match key {
            "machinetype"
            | "machinetypes"
            | "machinetypeuri"
            | "mastertype"
            | "workertype"
            | "parameterservertype"
            | "instanceclass" => self.machine_type(&text),
            "sourceimage" | "sourcemachineimage" | "imageuri" | "image" => {
                asked.images.add(normal::image(&text, self.project), &text);
            }
            "preemptible" | "ispreemptible" | "spot" => asked.spot |= &*text == "true",
            "provisioningmodel" | "preemptibility" => asked.spot |= matches!(&*text, "SPOT" | "PREEMPTIBLE"),
            "numinstances" | "replicacount" | "initialnodecount" | "nodecount" | "targetsize" | "size"
            | "workercount" | "numworkers" => self.number(&text, |asked| &mut asked.count),
            "maxnumreplicas" | "maxnodecount" | "totalmaxnodecount" | "maxinstancecount" | "maxinstances"
            | "maxtotalinstances" | "maxnumworkers" | "maxreplicacount" | "parallelism" | "preferredvalue"
            | "instances" => self.number(&text, |asked| &mut asked.most),
            "taskcount" => self.number(&text, |asked| &mut asked.tasks),
            "cpumilli" => asked.millicpu = asked.millicpu.max(text.parse().ok()),
            "cpu" | "availablecpu" => asked.millicpu = asked.millicpu.max(millicpu(&text)),
            _ => {}
        }
    }

    fn machine_type(&mut self, written: &str) {
        let normal = normal::last_part(written);
        if !normal.contains(|character: char| character.is_ascii_alphanumeric()) {
            let quoted = crate::reason::quoted(written.as_bytes());
            self.asked.unknown.push(format!("Google Cloud machine type {quoted}"));
        }
        self.asked.types.add(normal.into(), written);
    }

    /// A limit that is written as text, and says that there is none, is no number.
    fn number(&mut self, text: &str, field: impl Fn(&mut Asked) -> &mut Option<u64>) {
        if let Ok(number) = text.parse::<u64>() {
            let sum = field(&mut self.asked);
            *sum = Some(sum.unwrap_or(0).saturating_add(number));
        }
    }

    fn accelerator<'a>(&mut self, key: &str, find: impl Fn(&[&str]) -> Option<Value<'a>>) {
        let own = || find(&["acceleratortype", "acceleratortypeuri"]);
        let in_list = matches!(key, "accelerators" | "acceleratorconfig" | "acceleratorconfigs");
        let Some(name) = own().or_else(|| find(&["type"]).filter(|_| in_list)) else { return };
        let name = name.str().unwrap_or_default();
        let known = &mut self.asked.accelerators;
        if name.is_empty() || name.ends_with("_UNSPECIFIED") || known.len() >= DISTINCT {
            return;
        }
        let count = find(&["acceleratorcount"]).or_else(|| find(&["count", "corecount"]).filter(|_| in_list));
        let count = count.and_then(|count| count.str()?.parse().ok()).unwrap_or(1);
        known.push(Accelerator { name: normal::last_part(&name).into(), count });
    }

    /// Notebooks name project and image in fields of their own.
    fn image_by_parts<'a>(&mut self, key: &str, find: impl Fn(&[&str]) -> Option<Value<'a>>) {
        let text = |names: &[&str]| find(names).and_then(|name| name.str().map(Text::from));
        match key {
            "vmimage" => {
                let project = text(&["project"]).unwrap_or_else(|| self.project.into());
                let name = text(&["imagename", "name"]);
                let name = name.or_else(|| Some(format!("family/{}", text(&["imagefamily", "family"])?).into()));
                if let Some(name) = name {
                    let image = lenient::cap(&format!("{project}/{name}"));
                    self.asked.images.add(image.clone(), &image);
                }
            }
            "containerimage" => {
                if let Some(repository) = text(&["repository"]) {
                    self.asked.images.add(repository.clone(), &repository);
                }
            }
            _ => {}
        }
    }
}

/// The same word in the spelling of JSON and in that of protocol buffers.
fn folded(key: &[u8]) -> String {
    let key = String::from_utf8_lossy(key);
    key.chars().filter(|&character| character != '_').map(|character| character.to_ascii_lowercase()).collect()
}

/// Maps whose keys are anything that the caller likes.
fn is_chosen_by_caller(key: &str) -> bool {
    const MAPS: [&str; 9] = [
        "annotations",
        "args",
        "command",
        "env",
        "environmentvariables",
        "labels",
        "metadata",
        "resourcelabels",
        "userlabels",
    ];
    MAPS.contains(&key)
}

/// `2`, `0.5` or `500m`.
fn millicpu(text: &str) -> Option<u64> {
    if let Some(thousandths) = text.strip_suffix('m') {
        return thousandths.parse().ok();
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits: Cow<'_, str> =
        if part.len() > 3 { Cow::Borrowed(part.get(..3)?) } else { format!("{part:0<3}").into() };
    whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(digits.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Document;

    fn of(request: &str) -> Asked {
        Asked::of(Some(Document::read(request.as_bytes()).unwrap().value()), "own")
    }

    fn names(names: &Names) -> String {
        names.normal().join(" ")
    }

    fn accelerators(asked: &Asked) -> String {
        asked.accelerators.iter().map(|known| format!("{}x{}", known.count, known.name)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_cluster_is_read() {
        let asked = of(r#"{"cluster":{"nodePools":[
            {"initialNodeCount":3,"config":{"machineType":"n1-standard-8","accelerators":[{"acceleratorCount":"2","acceleratorType":"nvidia-tesla-t4"}],"spot":true},
             "autoscaling":{"enabled":true,"maxNodeCount":40}},
            {"initialNodeCount":1,"config":{"machineType":"e2-medium","labels":{"machineType":"forged"}}}]}}"#);
        assert_eq!(
            (names(&asked.types), accelerators(&asked)),
            ("n1-standard-8 e2-medium".into(), "2xnvidia-tesla-t4".into())
        );
        assert_eq!((asked.max_count(), asked.vcpu(), asked.spot), (Some(40), None, true));
    }

    #[test]
    fn both_spellings_are_one_word() {
        let asked = of(
            r#"{"custom_job":{"job_spec":{"worker_pool_specs":[{"machine_spec":{"machine_type":"a2-highgpu-8g",
            "accelerator_type":"NVIDIA_TESLA_A100","accelerator_count":8},"replica_count":"4","container_spec":{"image_uri":"gcr.io/p/i"}}]}}}"#,
        );
        assert_eq!((names(&asked.types), names(&asked.images)), ("a2-highgpu-8g".into(), "gcr.io/p/i".into()));
        assert_eq!((accelerators(&asked), asked.max_count()), ("8xNVIDIA_TESLA_A100".into(), Some(4)));
    }

    #[test]
    fn processors_are_counted_where_machines_are_not() {
        let batch = of(
            r#"{"job":{"taskGroups":[{"taskCount":"1000","parallelism":"50","taskSpec":{"computeResource":{"cpuMilli":"8000"}}}]}}"#,
        );
        assert_eq!((batch.max_count(), batch.vcpu()), (Some(50), Some(400)));
        let run = of(
            r#"{"service":{"template":{"scaling":{"maxInstanceCount":100},"containers":[{"image":"docker.io/x/miner",
            "resources":{"limits":{"cpu":"4"}}}]}}}"#,
        );
        assert_eq!((names(&run.images), run.vcpu()), ("docker.io/x/miner".into(), Some(400)));
        for (text, expected) in [
            ("2", Some(2000)),
            ("0.5", Some(500)),
            ("500m", Some(500)),
            ("1.23456", Some(1234)),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(millicpu(text), expected, "{text}");
        }
    }

    #[test]
    fn a_notebook_names_its_image_in_parts() {
        let asked = of(
            r#"{"instance":{"machineType":"n1-standard-4","acceleratorConfig":{"type":"NVIDIA_TESLA_T4","coreCount":"1"},
            "vmImage":{"project":"deeplearning-platform-release","imageFamily":"common-cu121"}}}"#,
        );
        assert_eq!(names(&asked.images), "deeplearning-platform-release/family/common-cu121");
        assert_eq!(accelerators(&asked), "1xNVIDIA_TESLA_T4");
    }

    #[test]
    fn a_strange_shape_is_said() {
        assert_eq!(of(r#"{"machineType":{"a":1}}"#).unknown, ["Google Cloud `machineType` that is no text"]);
        assert_eq!(of(r#"{"machineType":"..."}"#).unknown, ["Google Cloud machine type `...`"]);
        assert_eq!(of(r#"{"machineType":null,"targetSize":-1}"#), Asked::default());
    }

    #[test]
    fn a_giant_is_read_in_part() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
        assert_eq!(of(&deep), Asked::default());
        let types: Vec<String> = (0..100_000).map(|number| format!("\"t{number}\"")).collect();
        let wide = format!(r#"{{"machineTypes":[{}]}}"#, types.join(","));
        assert_eq!(of(&wide).types.normal().len(), DISTINCT);
    }
}
