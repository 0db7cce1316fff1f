//! `docs/mapping/aws.md` ends with the tables of this folder: what is read of which record.
//!
//! `DAVY_BLESS=1` writes that part of the page anew.

use std::{
    collections::BTreeSet,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use model::Event;

use super::{
    asks::{Ask, Count, Spot, Vcpu},
    commands::{self, Command},
};
use crate::{Caps, Wanted, Which, decode};

/// Operations and kinds of object that were read from a real record at least once. The corpus
/// decides, where it is at hand: see the test.
const CHECKED: &[(&str, &str)] = &[
    ("AddPermission20150331v2", "public_function_permission"),
    ("AttachRolePolicy", "role"),
    ("AttachUserPolicy", "user"),
    ("AuthorizeSecurityGroupIngress", "public_security_group"),
    ("AuthorizeSecurityGroupIngress", "security_group"),
    ("CreateAccessEntry", "access_entry"),
    ("CreateAccessKey", "access_key"),
    ("CreateAutoScalingGroup", "autoscaling_group"),
    ("CreateBucket", "bucket"),
    ("CreateCase", "support_case"),
    ("CreateFunction", "function"),
    ("CreateFunctionUrlConfig", "public_function_url"),
    ("CreateKeyPair", "key_pair"),
    ("CreateLaunchTemplate", "launch_template"),
    ("CreateLoginProfile", "login_profile"),
    ("CreateRole", "role"),
    ("CreateSecurityGroup", "security_group"),
    ("CreateServiceLinkedRole", "service_linked_role"),
    ("CreateStack", "stack"),
    ("CreateUser", "user"),
    ("DeleteDetector", "detector"),
    ("DeleteTrail", "trail"),
    ("ModifyInstanceAttribute", "instance"),
    ("PutEventSelectors", "trail"),
    ("PutScalingPolicy", "scaling_policy"),
    ("RunInstances", "instance"),
    ("StartInstances", "instance"),
    ("StopInstances", "instance"),
    ("StopLogging", "trail"),
    ("TerminateInstances", "instance"),
    ("UpdateAssumeRolePolicy", "role"),
    ("UpdateDetector", "detector"),
    ("UpdateFunctionCode20150331v2", "function"),
    ("UpdateFunctionConfiguration20150331v2", "function"),
    ("UpdateLoginProfile", "login_profile"),
];

const HEADING: &str = "## Operations\n";

#[test]
fn the_page_is_what_the_tables_say() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mapping/aws.md"));
    let page = fs::read_to_string(path).unwrap();
    let (prose, _) = page.split_once(HEADING).unwrap();
    let fresh = format!("{prose}{HEADING}{}", table());
    if env::var_os("DAVY_BLESS").is_some() {
        fs::write(path, fresh).unwrap();
        return;
    }
    for (shown, told) in page.lines().zip(fresh.lines()) {
        assert_eq!(shown, told, "the page is stale\nhint: DAVY_BLESS=1 cargo test -p davy-decode mapping");
    }
    assert_eq!(page.len(), fresh.len(), "the page is stale");
}

#[test]
fn what_is_marked_was_read_from_real_records() {
    let Some(corpus) = env::var_os("DAVY_CORPUS") else { return };
    let mut files = Vec::new();
    find_files(Path::new(&corpus), &mut files);
    let wanted = Wanted { which: Which::Everything, instances: false, until: None };
    let events = files
        .iter()
        .flat_map(|path| decode(&path.to_string_lossy(), &fs::read(path).unwrap(), &wanted, &Caps::default()).events);
    let read: BTreeSet<_> =
        events.filter(says_something).filter_map(|e| Some((e.command, e.object_category?))).collect();
    let read: Vec<_> = read.iter().map(|(command, category)| (&**command, &**category)).collect();
    assert_eq!(read, CHECKED);
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { find_files(&path, files) } else { files.push(path) }
    }
}

fn says_something(event: &Event) -> bool {
    let texts = [&event.object_id, &event.instance_type, &event.image_id];
    event.vendor_product == model::VendorProduct::AwsCloudTrail
        && (texts.iter().any(|texts| !texts.is_empty()) || event.compute != model::Requested::default())
}

fn table() -> String {
    let mut table = "\n| operation | service | action | `object_category` | read from the record | seen |\n".to_owned();
    table.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for command in commands::all() {
        row(&mut table, command);
    }
    table
}

fn row(table: &mut String, command: &Command) {
    let service = command.source().and_then(|source| source.strip_suffix(".amazonaws.com")).unwrap_or("any");
    let (name, action, category) = (command.name(), command.action.as_str(), command.object_category);
    let seen = if CHECKED.contains(&(name, category)) { "yes" } else { "" };
    let facts = condition(command) + &read_of(command);
    writeln!(table, "| `{name}` | {service} | {action} | `{category}` | {facts} | {seen} |").unwrap();
}

fn condition(command: &Command) -> String {
    match command.condition() {
        ([], _) => String::new(),
        (paths, values) => format!("if {} says `{}`: ", any_of(paths.iter().copied()), values.join("` or `")),
    }
}

fn read_of(command: &Command) -> String {
    match command.name() {
        "RunInstances" => "as above".to_owned(),
        _ => command.ask().map(facts).unwrap_or_default(),
    }
}

fn facts(ask: &Ask) -> String {
    let mut facts = Vec::new();
    for paths in ask.object_id {
        facts.push(fact("object_id", paths));
    }
    match ask.count {
        Count::None => {}
        Count::One => facts.push("`count` 1".to_owned()),
        Count::Stated(paths) => facts.push(fact("count", paths)),
        Count::StatedOrOne(paths) => facts.push(format!("{}, else 1", fact("count", paths))),
        Count::Each(paths) => facts.push(format!("{}, how many", fact("count", paths))),
    }
    match ask.vcpu {
        Vcpu::None => {}
        Vcpu::InAll(paths) => facts.push(fact("vcpu", paths)),
        Vcpu::Each(paths) => facts.push(format!("{}, times `count`", fact("vcpu", paths))),
        Vcpu::EachInUnits(paths) => facts.push(format!("{}, 1024 are one, times `count`", fact("vcpu", paths))),
    }
    let others = [("max_count", ask.max_count), ("instance_type", ask.instance_type), ("image_id", ask.image_id)];
    facts.extend(others.into_iter().filter(|(_, paths)| !paths.is_empty()).map(|(name, paths)| fact(name, paths)));
    if let Some(task) = ask.task {
        let on = any_of(task.runs_on.iter().copied());
        let size = format!("`fargate-` `{}` `-` `{}`", task.cpu, task.memory);
        facts.push(format!("`instance_type` {size}, if {on} says `FARGATE`"));
    }
    match ask.spot {
        Spot::Never => {}
        Spot::Always => facts.push("`spot`".to_owned()),
        Spot::Says(paths) => facts.push(fact("spot", paths)),
        Spot::Below100(path) => facts.push(format!("{} below 100", fact("spot", &[path]))),
    }
    for parents in ask.parent.chunk_by(|(one, _), (other, _)| one == other) {
        facts.push(format!("`parent` {}: {}", parents[0].0, any_of(parents.iter().map(|(_, path)| *path))));
    }
    facts.join("; ")
}

fn fact(name: &str, paths: &[&str]) -> String {
    format!("`{name}` {}", any_of(paths.iter().copied()))
}

fn any_of<'p>(paths: impl Iterator<Item = &'p str>) -> String {
    paths.map(|path| format!("`{}`", escaped(path))).collect::<Vec<_>>().join(" or ")
}

/// A bar would end the cell.
fn escaped(path: &str) -> String {
    path.replace('|', "\\|")
}
