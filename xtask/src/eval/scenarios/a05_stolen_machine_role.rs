//! A5: the role of a machine, used from elsewhere; then an administrator's second key (Sysdig,
//! SCARLETEEL 2.0, 2023).
//!
//! The metadata of a web server were read through a hole in what it serves. Its role may start
//! nothing, but it may make keys for one administrator whose name nobody thought of. All that
//! starts, starts at home and from Acme's own image: no new region, no odd image, forty-two machines.

use super::thieves::{CLI, HOSTING, with};
use crate::eval::aws::access::{create_access_key, create_user, denied};
use crate::eval::aws::machines::Machines;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::label::Phase;
use crate::eval::story::{Story, looks};
use crate::eval::world::cast::{self, PRODUCTION};
use crate::eval::world::readers::{NODES, WEB_NODE_ROLE};
use crate::sample::actor::Identity;

pub(super) fn tell(story: &mut Story) {
    let node = cast::session(PRODUCTION, WEB_NODE_ROLE, NODES[0], HOSTING, CLI);
    let role = format!("arn:aws:iam::{PRODUCTION}:role/{WEB_NODE_ROLE}");
    story.attack_by(&[&role]);
    story.at(0, 0);
    story.does(&node, looks(VIRGINIA, "sts", "GetCallerIdentity"));
    story.wait(5, 20);
    story.does(&node, looks(VIRGINIA, "iam", "ListRoles"));
    story.at(2, 0);
    let own_image = cast::own_image("web", story.week());
    for _ in 0..6 {
        let probe = Machines::new(VIRGINIA, "c5.metal", own_image.clone(), 1);
        let call = probe.refused(PRODUCTION, Refusal::Denied, &mut story.rng);
        story.does(&node, call);
        story.wait(8, 20);
    }

    story.at(9, 0);
    let node_arn = format!("arn:aws:sts::{PRODUCTION}:assumed-role/{WEB_NODE_ROLE}/{}", NODES[0]);
    for admin in ["alice.admin", "adminbob", "admin-carol", "deploy-admin", "admindave"] {
        let refused = denied(create_access_key(admin, ""), &node_arn);
        story.does(&node, refused);
        story.wait(8, 20);
    }
    let key = story.rng.access_key_id("AKIA");
    story.does(&node, create_access_key("AdminJoe", &key));

    story.at(15, 0);
    let mut joe = with(cast::joe(), HOSTING, CLI);
    if let Identity::User { key: own, .. } = &mut joe.identity {
        *own = key;
    }
    story.phase(Phase::Persistence);
    let user = create_user(PRODUCTION, "aws_support", &mut story.rng);
    story.does(&joe, user);
    for name in ["aws_support", "deploy-admin", "wordpress-media", "usage-api"] {
        story.wait(8, 20);
        let key = story.rng.access_key_id("AKIA");
        story.does(&joe, create_access_key(name, &key));
    }
    story.at(25, 0);
    story.phase(Phase::Launch);
    story.starts(&joe, &Machines { user_data: true, ..Machines::new(VIRGINIA, "c5.metal", own_image.clone(), 14) });
    story.wait(60, 90);
    story.starts(&joe, &Machines { user_data: true, ..Machines::new(VIRGINIA, "r5a.4xlarge", own_image, 28) });
}
