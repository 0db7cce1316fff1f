//! Who works at Acme, on AWS: people, roles, users with keys, and the services that act for them.
//!
//! Account numbers and addresses are those set aside for documentation.

use crate::sample::actor::{Actor, Identity, Role};
use crate::sample::rng::Rng;

pub(crate) const PRODUCTION: &str = "111122223333";
pub(crate) const DEVELOPMENT: &str = "444455556666";
pub(crate) const DATA: &str = "777788889999";
pub(crate) const ACCOUNTS: [&str; 3] = [PRODUCTION, DEVELOPMENT, DATA];

/// Images of others that Acme uses, by account of their owner: Amazon.
pub(crate) const AMAZON_LINUX: &str = "ami-0a1b5e2c7d9f30841";
pub(crate) const NODE_IMAGE: &str = "ami-0b86f1d42a7ce9350";
pub(crate) const RUNNER_IMAGE: &str = "ami-0c3d92b7fe4a61508";
pub(crate) const BATCH_IMAGE: &str = "ami-0e47a6b1c95d28f3a";

/// Acme's own image of this week, as the pipeline made it.
pub(crate) fn own_image(name: &str, week: i64) -> String {
    Rng::new(&format!("image {name} {week}")).resource_id("ami")
}

/// Somebody who signs in through the company's directory.
pub(crate) fn employee(account: &'static str, role: &'static str, mail: &str, agent: &'static str) -> Actor {
    let mut rng = Rng::new(&format!("session {account} {mail}"));
    let address = format!("203.0.113.{}", rng.between(10, 60));
    let role = Role::new(account, "aws-reserved/sso.amazonaws.com/eu-west-1/", role);
    Actor { account, identity: role.session(mail, rng.access_key_id("ASIA")), address, agent }
}

pub(crate) const ADMINISTRATOR: &str = "AWSReservedSSO_AdministratorAccess_0f3c9a71d25be684";
pub(crate) const POWER_USER: &str = "AWSReservedSSO_PowerUserAccess_5d2f8a91c3b7e604";
pub(crate) const READ_ONLY: &str = "AWSReservedSSO_ReadOnlyAccess_b81e6407fa29c35d";
pub(crate) const DATA_SCIENCE: &str = "AWSReservedSSO_DataScience_27c4d0e8b1f6935a";

/// A session of a role, from a machine of Acme's.
pub(crate) fn session(
    account: &'static str,
    role: &'static str,
    name: &str,
    address: &str,
    agent: &'static str,
) -> Actor {
    let key = Rng::new(&format!("key {account} {role} {name}")).access_key_id("ASIA");
    let identity = Role::new(account, "", role).session(name, key);
    Actor { account, identity, address: address.to_owned(), agent }
}

/// A user whose key never expires. The key follows from the name.
pub(crate) fn user(account: &'static str, name: &'static str, address: &str, agent: &'static str) -> Actor {
    let mut rng = Rng::new(&format!("user {account} {name}"));
    let id = format!("AIDA{}", rng.upper(17));
    let identity = Identity::User { name, id, key: rng.access_key_id("AKIA") };
    Actor { account, identity, address: address.to_owned(), agent }
}

/// The key that this user has.
pub(crate) fn key_of(actor: &Actor) -> &str {
    match &actor.identity {
        Identity::User { key, .. } | Identity::Session { key, .. } => key,
        Identity::Service { .. } | Identity::Provider { .. } | Identity::Workflow { .. } => "",
    }
}

pub(crate) fn arn_of_user(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:user/{name}")
}

/// Auto Scaling, which launches by itself.
pub(crate) fn auto_scaling(account: &'static str) -> Actor {
    service_role(account, "autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling", "AutoScaling")
}

/// The machines of a spot fleet or of a fleet that maintains itself.
pub(crate) fn spot_fleet(account: &'static str) -> Actor {
    service_role(account, "spotfleet.amazonaws.com", "AWSServiceRoleForEC2SpotFleet", "SpotFleet")
}

pub(crate) fn ec2_fleet(account: &'static str) -> Actor {
    service_role(account, "ec2fleet.amazonaws.com", "AWSServiceRoleForEC2Fleet", "EC2Fleet")
}

fn service_role(account: &'static str, service: &'static str, role: &'static str, name: &'static str) -> Actor {
    let path = match service {
        "autoscaling.amazonaws.com" => "aws-service-role/autoscaling.amazonaws.com/",
        "spotfleet.amazonaws.com" => "aws-service-role/spotfleet.amazonaws.com/",
        _ => "aws-service-role/ec2fleet.amazonaws.com/",
    };
    let identity = Identity::Service { role: Role::new(account, path, role), name, service };
    Actor { account, identity, address: service.to_owned(), agent: service }
}

/// A service that goes on with the rights of a role that called it: an instant fleet, a cluster of EMR.
pub(crate) fn on_behalf(account: &'static str, role: &'static str, name: &'static str, service: &'static str) -> Actor {
    let identity = Identity::Service { role: Role::new(account, "", role), name, service };
    Actor { account, identity, address: service.to_owned(), agent: service }
}

pub(crate) fn karpenter() -> Actor {
    session(PRODUCTION, KARPENTER_ROLE, KARPENTER_SESSION, "192.0.2.44", KARPENTER)
}

pub(crate) const KARPENTER_ROLE: &str = "karpenter-controller";
pub(crate) const KARPENTER_SESSION: &str = "1770000000000000000";

pub(crate) fn terraform() -> Actor {
    session(PRODUCTION, "terraform-apply", "tf-run", "192.0.2.30", TERRAFORM)
}

pub(crate) fn image_pipeline() -> Actor {
    session(DEVELOPMENT, "image-pipeline", "pipeline", "192.0.2.35", PACKER)
}

pub(crate) fn data_pipeline() -> Actor {
    session(DATA, "data-pipeline", "scheduler", "192.0.2.51", BOTO)
}

/// EMR, which starts the machines of a cluster.
pub(crate) fn emr() -> Actor {
    on_behalf(DATA, "EMR_DefaultRole", "CCSSession", "elasticmapreduce.amazonaws.com")
}

/// A key from another time: it reads what has to be kept, and writes nothing.
pub(crate) fn backup_user() -> Actor {
    user(DEVELOPMENT, "svc-backup", "192.0.2.61", OLD_CLI)
}

/// Copies objects from bucket to bucket.
pub(crate) fn sync_user() -> Actor {
    user(DATA, "s3-sync", "192.0.2.62", OLD_CLI)
}

/// Puts the pictures of the web site into a bucket.
pub(crate) fn wordpress_user() -> Actor {
    user(PRODUCTION, "wordpress-media", "192.0.2.63", BOTO)
}

/// May do everything, and does little: from the days before the directory.
pub(crate) fn admin_user() -> Actor {
    user(PRODUCTION, "deploy-admin", "192.0.2.64", CLI)
}

/// Reports usage every night.
pub(crate) fn api_user() -> Actor {
    user(PRODUCTION, "usage-api", "192.0.2.65", BOTO)
}

/// Somebody in operations who never gave up his user.
pub(crate) fn joe() -> Actor {
    user(PRODUCTION, "AdminJoe", "203.0.113.71", CLI)
}

pub(crate) const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36";
pub(crate) const CLI: &str = "aws-cli/2.24.5 md/awscrt#0.23.8 ua/2.1 os/linux#6.8.0-52-generic md/arch#x86_64 lang/python#3.12.9 md/installer#exe md/distrib#ubuntu.24";
pub(crate) const OLD_CLI: &str = "aws-cli/2.9.19 Python/3.9.11 Linux/5.15.0-1030-aws exe/x86_64.ubuntu.20 prompt/off";
pub(crate) const BOTO: &str =
    "Boto3/1.34.162 md/Botocore#1.34.162 ua/2.0 os/linux#5.10.233 md/arch#x86_64 lang/python#3.12.8 Botocore/1.34.162";
pub(crate) const KARPENTER: &str = "karpenter.sh-1.2.1 aws-sdk-go-v2/1.36.1 ua/2.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.202.2";
pub(crate) const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.10.5 (+https://www.terraform.io) terraform-provider-aws/5.86.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.1";
pub(crate) const PACKER: &str =
    "APN/1.0 HashiCorp/1.0 Packer/1.11.2 (+https://www.packer.io/) packer-plugin-amazon/1.3.4 aws-sdk-go/1.55.5";
pub(crate) const RUNNER: &str = "aws-cli/2.24.5 md/awscrt#0.23.8 ua/2.1 os/linux#6.8.0-1021-azure md/arch#x86_64 lang/python#3.12.9 md/installer#exe md/distrib#ubuntu.24";
pub(crate) const COLLECTOR: &str =
    "Boto3/1.35.99 md/Botocore#1.35.99 ua/2.0 os/linux#6.1.124 md/arch#aarch64 lang/python#3.12.6 Botocore/1.35.99";
