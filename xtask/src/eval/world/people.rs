//! People at work on AWS, on working days. They mostly look.

use super::Today;
use super::cast::{
    self, ADMINISTRATOR, AMAZON_LINUX, BROWSER, CLI, DATA, DEVELOPMENT, POWER_USER, PRODUCTION, READ_ONLY,
};
use crate::eval::aws::machines::Machines;
use crate::eval::aws::regions::{IRELAND, VIRGINIA};
use crate::eval::aws::signin::console_login;
use crate::eval::story::{Story, looks};
use crate::sample::actor::Actor;
use crate::sample::launch::stop;

/// Each signs in, looks around for a while, and comes back after lunch.
pub(crate) fn work(story: &mut Story, today: &Today) {
    if !today.works() {
        return;
    }
    for (account, role, mail, agent) in STAFF {
        if story.rng.chance(20) {
            continue;
        }
        let person = cast::employee(account, role, mail, agent);
        for hour in [8, 13] {
            story.at_hour(0, hour, 0);
            story.wait(60, 5000);
            look_around(story, &person);
        }
    }
}

fn look_around(story: &mut Story, person: &Actor) {
    if person.agent == BROWSER {
        let login = console_login(story.now(), person, false, &mut story.rng);
        story.push(login, 0, 0.0);
    }
    let region = if story.rng.chance(75) { VIRGINIA } else { IRELAND };
    for _ in 0..story.rng.between(3, 8) {
        story.wait(4, 160);
        let (service, name) = *story.rng.pick(READS);
        story.does(person, looks(region, service, name));
    }
}

/// Now and then a developer needs a machine for an afternoon.
pub(crate) fn workbenches(story: &mut Story, today: &Today) {
    if !today.works() || !story.rng.chance(50) {
        return;
    }
    let (mail, kind) = *story.rng.pick(&[
        ("carol@example.com", "t3.medium"),
        ("dan@example.com", "t3.large"),
        // To compile for an afternoon.
        ("mia@example.com", "c5.4xlarge"),
    ]);
    let person = cast::employee(DEVELOPMENT, POWER_USER, mail, CLI);
    story.at_hour(0, 13, 20);
    let machines = Machines { key_name: Some("workbench"), ..Machines::new(VIRGINIA, kind, AMAZON_LINUX, 1) };
    let ids = story.starts(&person, &machines);
    story.at_hour(0, 17, 40);
    story.does(&person, stop(VIRGINIA, "TerminateInstances", &ids));
}

const STAFF: [(&str, &str, &str, &str); 9] = [
    (PRODUCTION, ADMINISTRATOR, "alice@example.com", BROWSER),
    (PRODUCTION, READ_ONLY, "bob@example.com", BROWSER),
    (PRODUCTION, READ_ONLY, "erin@example.com", BROWSER),
    (DEVELOPMENT, POWER_USER, "carol@example.com", CLI),
    (DEVELOPMENT, POWER_USER, "dan@example.com", CLI),
    (DEVELOPMENT, POWER_USER, "mia@example.com", BROWSER),
    (DEVELOPMENT, ADMINISTRATOR, "alice@example.com", BROWSER),
    (DATA, cast::DATA_SCIENCE, "frank@example.com", BROWSER),
    (DATA, cast::DATA_SCIENCE, "grace@example.com", CLI),
];

const READS: &[(&str, &str)] = &[
    ("ec2", "DescribeInstances"),
    ("ec2", "DescribeSecurityGroups"),
    ("ec2", "DescribeImages"),
    ("ec2", "DescribeVpcs"),
    ("ec2", "DescribeRegions"),
    ("s3", "ListBuckets"),
    ("logs", "DescribeLogGroups"),
    ("iam", "ListRoles"),
    ("iam", "ListUsers"),
    ("ce", "GetCostAndUsage"),
    ("cloudwatch", "DescribeAlarms"),
    ("servicequotas", "ListServiceQuotas"),
];
