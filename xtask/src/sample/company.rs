//! Acme, the invented company: its accounts, regions, images, people and machines.
//!
//! Addresses are from the ranges set aside for documentation, and so are the account numbers.

use super::actor::{Actor, Identity, Role};
use super::rng::Rng;

pub(crate) const PRODUCTION: &str = "111122223333";
pub(crate) const DEVELOPMENT: &str = "444455556666";

pub(crate) const VIRGINIA: &str = "us-east-1";
pub(crate) const IRELAND: &str = "eu-west-1";
pub(crate) const FRANKFURT: &str = "eu-central-1";

pub(crate) const AMAZON_LINUX: &str = "ami-0a1b5e2c7d9f30841";
pub(crate) const RUNNER_IMAGE: &str = "ami-0c3d92b7fe4a61508";
pub(crate) const BATCH_IMAGE: &str = "ami-0e47a6b1c95d28f3a";
pub(crate) const NODE_IMAGE: &str = "ami-0b86f1d42a7ce9350";

/// Somebody who signs in through the company's directory.
pub(crate) fn employee(account: &'static str, permissions: Permissions, name: &str, rng: &mut Rng) -> Actor {
    let role = Role::new(account, SSO_PATH, permissions.role_name());
    let identity = role.session(format!("{name}@example.com"), rng.access_key_id("ASIA"));
    Actor { account, identity, address: format!("203.0.113.{}", rng.between(10, 40)), agent: BROWSER }
}

/// What an employee may do; each is a role of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Permissions {
    Administrator,
    PowerUser,
    ReadOnly,
    DataScientist,
}

impl Permissions {
    fn role_name(self) -> &'static str {
        match self {
            Self::Administrator => "AWSReservedSSO_AdministratorAccess_0f3c9a71d25be684",
            Self::PowerUser => "AWSReservedSSO_PowerUserAccess_5d2f8a91c3b7e604",
            Self::ReadOnly => "AWSReservedSSO_ReadOnlyAccess_b81e6407fa29c35d",
            Self::DataScientist => "AWSReservedSSO_DataScience_27c4d0e8b1f6935a",
        }
    }
}

/// Auto Scaling, which launches by itself.
pub(crate) fn auto_scaling(account: &'static str) -> Actor {
    let service = "autoscaling.amazonaws.com";
    let role = Role::new(account, "aws-service-role/autoscaling.amazonaws.com/", "AWSServiceRoleForAutoScaling");
    let identity = Identity::Service { role, name: "AutoScaling", service };
    Actor { account, identity, address: service.to_owned(), agent: service }
}

/// The cluster autoscaler of the development cluster.
pub(crate) fn karpenter(rng: &mut Rng) -> Actor {
    let identity =
        Role::new(DEVELOPMENT, "", "karpenter-controller").session("1770000000000000000", rng.access_key_id("ASIA"));
    Actor { account: DEVELOPMENT, identity, address: "192.0.2.44".to_owned(), agent: KARPENTER_AGENT }
}

/// The forge asking for a session: the call that every build begins with.
pub(crate) fn workflow(runner: &str) -> Actor {
    let identity = Identity::Workflow {
        provider: "arn:aws:iam::444455556666:oidc-provider/token.actions.githubusercontent.com",
        subject: "repo:acme/shop:ref:refs/heads/main",
    };
    Actor { account: DEVELOPMENT, identity, address: runner.to_owned(), agent: RUNNER_AGENT }
}

/// One build. Each has a session name of its own.
pub(crate) fn build(session: &str, runner: &str, rng: &mut Rng) -> Actor {
    let identity = build_role().session(session, rng.access_key_id("ASIA"));
    Actor { account: DEVELOPMENT, identity, address: runner.to_owned(), agent: RUNNER_AGENT }
}

pub(crate) fn build_role() -> Role {
    Role::new(DEVELOPMENT, "", "github-actions-build")
}

pub(crate) fn nightly_batch(rng: &mut Rng) -> Actor {
    let identity = nightly_batch_role().session("reports", rng.access_key_id("ASIA"));
    Actor { account: PRODUCTION, identity, address: "192.0.2.18".to_owned(), agent: BATCH_AGENT }
}

pub(crate) fn nightly_batch_role() -> Role {
    Role::new(PRODUCTION, "", "nightly-batch")
}

/// The service that runs the nightly batch, when it takes up the role.
pub(crate) fn lambda() -> Actor {
    let service = "lambda.amazonaws.com";
    Actor { account: PRODUCTION, identity: Identity::Provider { service }, address: service.to_owned(), agent: service }
}

pub(crate) fn terraform(rng: &mut Rng) -> Actor {
    let identity = Role::new(PRODUCTION, "", "terraform-apply").session("tf-run", rng.access_key_id("ASIA"));
    Actor { account: PRODUCTION, identity, address: "192.0.2.30".to_owned(), agent: TERRAFORM_AGENT }
}

pub(crate) fn monitoring(account: &'static str, rng: &mut Rng) -> Actor {
    let identity = Role::new(account, "", "monitoring-reader").session("collector", rng.access_key_id("ASIA"));
    Actor { account, identity, address: "192.0.2.71".to_owned(), agent: MONITORING_AGENT }
}

/// The backup user, at work where it belongs. Its key is older than anybody remembers.
pub(crate) fn backup_user() -> Actor {
    let mut rng = Rng::new("user svc-backup");
    let id = format!("AIDA{}", rng.upper(17));
    let identity = Identity::User { name: "svc-backup", id, key: rng.access_key_id("AKIA") };
    Actor { account: DEVELOPMENT, identity, address: "192.0.2.61".to_owned(), agent: BACKUP_AGENT }
}

const SSO_PATH: &str = "aws-reserved/sso.amazonaws.com/eu-west-1/";

const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36";
const BACKUP_AGENT: &str = "aws-cli/2.9.19 Python/3.9.11 Linux/5.15.0-1030-aws exe/x86_64.ubuntu.20 prompt/off";
const BATCH_AGENT: &str = "Boto3/1.34.162 md/Botocore#1.34.162 ua/2.0 os/linux#5.10.233 md/arch#x86_64 lang/python#3.12.8 exec-env/AWS_Lambda_python3.12 Botocore/1.34.162";
const KARPENTER_AGENT: &str = "karpenter.sh-1.2.1 aws-sdk-go-v2/1.36.1 ua/2.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.202.2";
const MONITORING_AGENT: &str =
    "Boto3/1.35.99 md/Botocore#1.35.99 ua/2.0 os/linux#6.1.124 md/arch#aarch64 lang/python#3.12.6 Botocore/1.35.99";
const RUNNER_AGENT: &str = "aws-cli/2.24.5 md/awscrt#0.23.8 ua/2.1 os/linux#6.8.0-1021-azure md/arch#x86_64 lang/python#3.12.9 md/installer#exe md/distrib#ubuntu.24";
const TERRAFORM_AGENT: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.10.5 (+https://www.terraform.io) terraform-provider-aws/5.86.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.1";
