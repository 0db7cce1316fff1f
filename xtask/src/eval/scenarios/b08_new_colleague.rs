//! B8: somebody's first day: sign in, a key, a door for his own address, one small machine.

use crate::eval::aws::access::{Ports, create_key_pair, open_door};
use crate::eval::aws::machines::Machines;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::aws::signin::console_login;
use crate::eval::story::{Story, looks};
use crate::eval::world::cast::{self, AMAZON_LINUX, BROWSER, DEVELOPMENT, POWER_USER};

pub(super) fn tell(story: &mut Story) {
    let nora = cast::employee(DEVELOPMENT, POWER_USER, "nora@example.com", BROWSER);
    story.at(0, 0);
    let login = console_login(story.now(), &nora, true, &mut story.rng);
    story.push(login, 0, 0.0);
    for name in ["DescribeInstances", "DescribeImages", "DescribeInstanceTypes", "DescribeVpcs", "DescribeKeyPairs"] {
        story.wait(5, 40);
        story.does(&nora, looks(VIRGINIA, "ec2", name));
    }
    story.at(6, 0);
    let key = create_key_pair(VIRGINIA, "nora", &mut story.rng);
    story.does(&nora, key);
    let own_address = format!("{}/32", nora.address);
    for call in open_door(VIRGINIA, "launch-wizard-7", &own_address, Ports::Ssh, &mut story.rng) {
        story.wait(5, 20);
        story.does(&nora, call);
    }
    story.at(9, 0);
    story.starts(&nora, &Machines { key_name: Some("nora"), ..Machines::new(VIRGINIA, "t3.medium", AMAZON_LINUX, 1) });
}
