//! A1: a leaked key, and seventeen regions in seven minutes (Unit 42, `EleKtra-Leak`, 2023).
//!
//! The key of `svc-backup` is four hundred days old and has only ever read. From an address of a
//! VPN a script asks who it is and where it can go, and then, six regions at a time, what is on
//! offer, an open door, and four large machines. AWS says no in many ways; the script tries smaller.
//!
//! A1q: AWS has seen the key in public and attached its quarantine policy four minutes before.
//! Nothing starts; the key is lost all the same.

use super::thieves::{BOTO, VPN, with};
use crate::eval::aws::access::{Ports, attach_user_policy, open_door};
use crate::eval::aws::machines::Machines;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::{ENABLED, OPT_IN, VIRGINIA};
use crate::eval::label::Phase;
use crate::eval::story::{Story, looks};
use crate::eval::world::cast::{self, DEVELOPMENT};
use crate::sample::actor::{Actor, Identity};

pub(super) fn tell(story: &mut Story) {
    sweep(story, false);
}

pub(super) fn tell_quarantined(story: &mut Story) {
    sweep(story, true);
}

fn sweep(story: &mut Story, quarantined: bool) {
    let thief = with(cast::backup_user(), VPN, BOTO);
    story.attack_by(&[&cast::arn_of_user(DEVELOPMENT, "svc-backup")]);
    if quarantined {
        story.at(0, 0);
        story.responds(&aws_itself(), attach_user_policy("svc-backup", QUARANTINE));
    }
    let first_call = if quarantined { 4 } else { 0 };
    story.at(first_call, 0);
    story.does(&thief, looks(VIRGINIA, "sts", "GetCallerIdentity"));
    story.at(first_call, 3);
    story.does(&thief, looks(VIRGINIA, "ec2", "DescribeRegions"));
    for (index, raid) in raids().enumerate() {
        // Six at a time, each a good two minutes.
        story.at(first_call, 10 + 137 * (index as u64 / 6));
        story.wait(0, 4);
        raid_region(story, &thief, raid, quarantined);
    }
}

/// A region, and how many of the four large machines it gives; or why it does not.
type Raid = (&'static str, Result<u64, Refusal>);

fn raids() -> impl Iterator<Item = Raid> {
    let enabled = ENABLED.into_iter().zip(ANSWERS);
    let opt_in = OPT_IN.into_iter().map(|region| (region, Err(Refusal::NotOptedIn)));
    enabled.chain(opt_in)
}

fn raid_region(story: &mut Story, thief: &Actor, (region, answer): Raid, quarantined: bool) {
    story.phase(Phase::Precursor);
    for (name, times) in LOOKS {
        for _ in 0..*times {
            story.does(thief, looks(region, "ec2", name));
            story.wait(4, 7);
        }
    }
    for call in open_door(region, "default-ssh", "0.0.0.0/0", Ports::Ssh, &mut story.rng) {
        story.does(thief, call);
        story.wait(4, 7);
    }
    story.phase(Phase::Launch);
    let image = story.rng.resource_id("ami");
    let large = Machines {
        asked: Some((1, 4)),
        user_data: true,
        ..Machines::new(region, "c5a.24xlarge", image.clone(), answer.unwrap_or(0))
    };
    let refusal = if quarantined { Some(Refusal::Quarantined) } else { answer.err() };
    let Some(refusal) = refusal else {
        story.starts(thief, &large);
        return;
    };
    let refused = large.refused(DEVELOPMENT, refusal, &mut story.rng);
    story.does(thief, refused);
    if matches!(refusal, Refusal::OverLimit(_)) {
        story.wait(4, 7);
        let smaller =
            Machines { asked: Some((1, 4)), user_data: true, ..Machines::new(region, "c5a.8xlarge", image, 1) };
        story.starts(thief, &smaller);
    }
}

/// Who attaches the quarantine: nobody's principal, and no address.
fn aws_itself() -> Actor {
    let service = "AWS Internal";
    Actor {
        account: DEVELOPMENT,
        identity: Identity::Provider { service },
        address: service.to_owned(),
        agent: service,
    }
}

const QUARANTINE: &str = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3";

/// Nine regions give twenty-two machines; five have too low a limit, one is held for review.
const ANSWERS: [Result<u64, Refusal>; 15] = [
    Err(Refusal::OverLimit(256)),
    Ok(4),
    Ok(4),
    Ok(2),
    Err(Refusal::OverLimit(64)),
    Ok(1),
    Err(Refusal::Unverified),
    Ok(3),
    Ok(2),
    Err(Refusal::OverLimit(32)),
    Ok(2),
    Ok(2),
    Err(Refusal::OverLimit(5)),
    Err(Refusal::OverLimit(32)),
    Ok(2),
];

/// What the script asks in every region, and how often: pages of types and of images.
const LOOKS: &[(&str, usize)] = &[
    ("DescribeAccountAttributes", 1),
    ("DescribeInstanceTypeOfferings", 4),
    ("DescribeInstanceTypes", 6),
    ("DescribeVpcs", 1),
    ("DescribeSubnets", 2),
    ("DescribeSecurityGroups", 1),
    ("DescribeImages", 6),
];
