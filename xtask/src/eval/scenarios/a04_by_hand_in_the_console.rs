//! A4: somebody at a console (Permiso, GUI-vil, 2023).
//!
//! A found key is tried with S3 Browser; a password is made for a user that never had one, and half
//! an hour later GPUs are asked for where nobody works: refused at home, granted in the west.

use super::thieves::{CONSOLE, S3_BROWSER, with};
use crate::eval::aws::access::{
    ADMINISTRATOR, Ports, attach_user_policy, create_access_key, create_key_pair, create_login_profile, create_user,
    open_door,
};
use crate::eval::aws::machines::Machines;
use crate::eval::aws::quotas;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::aws::signin::console_login;
use crate::eval::label::Phase;
use crate::eval::story::{Story, looks};
use crate::eval::world::cast::{self, PRODUCTION};

pub(super) fn tell(story: &mut Story) {
    let found = with(cast::admin_user(), INDONESIA, S3_BROWSER);
    story.attack_by(&[&cast::arn_of_user(PRODUCTION, "deploy-admin")]);
    story.at(0, 0);
    story.does(&found, looks(VIRGINIA, "s3", "ListBuckets"));
    story.wait(20, 40);
    story.does(&found, looks(VIRGINIA, "iam", "ListUsers"));
    story.wait(20, 40);
    story.does(&found, looks(VIRGINIA, "iam", "GetLoginProfile"));
    story.at(3, 0);
    story.does(&found, create_login_profile("usage-api"));

    let at_console = with(cast::api_user(), INDONESIA, CONSOLE);
    story.at(6, 0);
    let login = console_login(story.now(), &at_console, false, &mut story.rng);
    story.push(login, 0, 0.0);
    story.at(9, 0);
    let user = create_user(PRODUCTION, "sec_audit", &mut story.rng);
    story.does(&at_console, user);
    story.wait(10, 20);
    story.does(&at_console, attach_user_policy("sec_audit", ADMINISTRATOR));
    story.wait(10, 20);
    let key = story.rng.access_key_id("AKIA");
    story.does(&at_console, create_access_key("sec_audit", &key));

    for (minutes, region, refused, count) in
        [(18, VIRGINIA, true, 2), (27, "us-west-2", false, 3), (31, "us-east-2", false, 2)]
    {
        story.phase(Phase::Precursor);
        story.at(minutes, 0);
        story.does(&at_console, quotas::get(region, if refused { quotas::P } else { quotas::G_AND_VT }));
        let key = create_key_pair(region, "sec_audit", &mut story.rng);
        story.does(&at_console, key);
        for call in open_door(region, "launch-wizard-1", "0.0.0.0/0", Ports::Ssh, &mut story.rng) {
            story.wait(5, 15);
            story.does(&at_console, call);
        }
        story.phase(if minutes < 31 { Phase::Launch } else { Phase::Spread });
        story.at(if refused { 24 } else { minutes }, 50);
        let instance_type = if refused { "p3.8xlarge" } else { "g4dn.12xlarge" };
        let machines =
            Machines { key_name: Some("sec_audit"), ..Machines::new(region, instance_type, DEEP_LEARNING, count) };
        if refused {
            let call = machines.refused(PRODUCTION, Refusal::OverLimit(0), &mut story.rng);
            story.does(&at_console, call);
        } else {
            story.starts(&at_console, &machines);
        }
    }
}

/// An access provider far from anybody who works at Acme.
const INDONESIA: &str = "198.51.100.164";
const DEEP_LEARNING: &str = "ami-0f5e21b7c84d9a360";
