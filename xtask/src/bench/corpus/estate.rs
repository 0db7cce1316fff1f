//! The invented estate of the corpus: who works in it, with what, and where.

use super::plan::FilePlan;
use crate::sample::actor::{Actor, Identity, Role};
use crate::sample::rng::Rng;

/// With their share of the files.
pub(crate) const ACCOUNTS: &[(&str, u64)] =
    &[("111122223333", 40), ("222233334444", 25), ("333344445555", 15), ("444455556666", 12), ("555566667777", 8)];

pub(crate) const REGIONS: &[(&str, u64)] = &[
    ("us-east-1", 34),
    ("us-west-2", 20),
    ("eu-west-1", 14),
    ("eu-central-1", 10),
    ("ap-northeast-1", 8),
    ("us-east-2", 6),
    ("ap-southeast-2", 5),
    ("sa-east-1", 3),
];

/// Somebody or something that calls, in every account.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) name: &'static str,
    kind: Kind,
    agent: &'static str,
    pub(crate) launches: bool,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Of the company's directory; the name is that of the role.
    Employee,
    User,
    /// A program with a role, in sessions of this name.
    Program(&'static str),
    /// Instances of a fleet: each names its session after itself.
    Fleet,
    /// A role only this service can assume.
    Service(&'static str),
    /// A service on its own account.
    Provider(&'static str),
}

impl Cast {
    pub(crate) fn is_provider(&self) -> bool {
        matches!(self.kind, Kind::Provider(_))
    }

    /// One session of it. `instance` is the machine it runs on, if it is of a fleet.
    pub(crate) fn actor(&self, plan: &FilePlan, instance: &str, rng: &mut Rng) -> Actor {
        let account = plan.account;
        let role = |path| Role::new(account, path, self.name);
        let key = rng.access_key_id("ASIA");
        let identity = match self.kind {
            Kind::Employee => role(SSO_PATH).session(format!("{}@example.com", rng.pick(PEOPLE)), key),
            Kind::Program(session) => role("").session(session, key),
            Kind::Fleet => role("").session(instance, key),
            Kind::User => self.user(account),
            Kind::Service(service) => Identity::Service { role: role(SERVICE_PATH), name: "service", service },
            Kind::Provider(service) => Identity::Provider { service },
        };
        Actor { account, identity, address: self.address(rng), agent: self.agent() }
    }

    fn user(&self, account: &str) -> Identity {
        let mut rng = Rng::new(&format!("user {account} {}", self.name));
        let id = format!("AIDA{}", rng.upper(17));
        Identity::User { name: self.name, id, key: rng.access_key_id("AKIA") }
    }

    fn address(&self, rng: &mut Rng) -> String {
        match self.kind {
            Kind::Service(service) | Kind::Provider(service) => service.to_owned(),
            Kind::Fleet => format!("10.{}.{}.{}", rng.between(0, 7), rng.between(0, 254), rng.between(4, 250)),
            Kind::Employee => format!("203.0.113.{}", rng.between(1, 60)),
            Kind::User | Kind::Program(_) => format!("192.0.2.{}", rng.between(1, 40)),
        }
    }

    fn agent(&self) -> &'static str {
        match self.kind {
            Kind::Service(service) | Kind::Provider(service) => service,
            Kind::Employee | Kind::User | Kind::Program(_) | Kind::Fleet => self.agent,
        }
    }
}

const fn cast(name: &'static str, kind: Kind, agent: &'static str, launches: bool) -> Cast {
    Cast { name, kind, agent, launches }
}

pub(crate) const CAST: &[Cast] = &[
    cast("eks-node-production", Kind::Fleet, GO, false),
    cast("web-production", Kind::Fleet, SSM, false),
    cast("worker-production", Kind::Fleet, PYTHON, false),
    cast("search-staging", Kind::Fleet, JAVA, false),
    cast("terraform-apply", Kind::Program("tf-run"), TERRAFORM, true),
    cast("github-actions-deploy", Kind::Program("GitHubActions"), CLI, true),
    cast("jenkins-agent", Kind::Program("jenkins"), CLI, true),
    cast("packer-build", Kind::Program("packer"), GO, true),
    cast("nightly-batch", Kind::Program("batch"), PYTHON, true),
    cast("data-pipeline", Kind::Program("airflow"), PYTHON, false),
    cast("karpenter-controller", Kind::Program("1770000000000000000"), KARPENTER, true),
    cast("external-dns", Kind::Program("1770000000000000001"), GO, false),
    cast("ebs-csi-driver", Kind::Program("1770000000000000002"), GO, false),
    cast("monitoring-reader", Kind::Program("collector"), PYTHON, false),
    cast("AWSReservedSSO_AdministratorAccess_0f3c9a71d25be684", Kind::Employee, BROWSER, true),
    cast("AWSReservedSSO_PowerUserAccess_5d2f8a91c3b7e604", Kind::Employee, BROWSER, true),
    cast("AWSReservedSSO_ReadOnlyAccess_b81e6407fa29c35d", Kind::Employee, BROWSER, false),
    cast("svc-backup", Kind::User, CLI, false),
    cast("legacy-deploy", Kind::User, CLI, true),
    cast("vendor-monitor", Kind::User, PYTHON, false),
    cast("AWSServiceRoleForAutoScaling", Kind::Service("autoscaling.amazonaws.com"), "", true),
    cast("AWSServiceRoleForConfig", Kind::Service("config.amazonaws.com"), "", false),
    cast("AWSServiceRoleForECS", Kind::Service("ecs.amazonaws.com"), "", false),
    cast("", Kind::Provider("ec2.amazonaws.com"), "", false),
    cast("", Kind::Provider("lambda.amazonaws.com"), "", false),
];

pub(crate) const INSTANCE_TYPES: &[&str] = &[
    "m6i.large",
    "m6i.xlarge",
    "c6i.2xlarge",
    "t3.medium",
    "t3.micro",
    "r6g.large",
    "m7g.xlarge",
    "c7g.4xlarge",
    "t4g.small",
    "m5.2xlarge",
    "c5.large",
    "g5.xlarge",
    "g4dn.xlarge",
    "p4d.24xlarge",
];

pub(crate) const IMAGES: &[&str] = &[
    "ami-0a1b5e2c7d9f30841",
    "ami-0c3d92b7fe4a61508",
    "ami-0e47a6b1c95d28f3a",
    "ami-0b86f1d42a7ce9350",
    "ami-0d91c6e3f7b2a4508",
    "ami-03fa85c1d6e7b9240",
    "ami-0ab47d29e5c16f830",
    "ami-06e2b8f4d7a3195ca",
    "ami-0c57d3a1e9f2648b0",
    "ami-08f6e1b5c2d9a7340",
    "ami-0f2d6c8b4e1a97350",
    "ami-07be93a5d1c6f2048",
    "ami-01c8d7f5a3b29e640",
    "ami-0938f4e6b7d2ac15c",
];

const PEOPLE: &[&str] = &["alice", "bob", "carol", "dan", "erin", "frank", "grace", "heidi", "ivan", "judy"];
const SSO_PATH: &str = "aws-reserved/sso.amazonaws.com/eu-west-1/";
const SERVICE_PATH: &str = "aws-service-role/";

const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36";
const CLI: &str = "aws-cli/2.24.5 md/awscrt#0.23.8 ua/2.1 os/linux#6.8.0-1021-aws md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off";
const GO: &str = "aws-sdk-go-v2/1.36.1 ua/2.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#amd64 exec-env/AWS_ECS_FARGATE api/ec2#1.202.2 m/E,e";
const JAVA: &str = "aws-sdk-java/2.30.16 md/io#async md/http#NettyNio ua/2.1 os/Linux#5.10.233 lang/java#17.0.14 md/OpenJDK_64-Bit_Server_VM#17.0.14+7-LTS md/vendor#Amazon.com_Inc. md/en_US";
const KARPENTER: &str = "karpenter.sh-1.2.1 aws-sdk-go-v2/1.36.1 ua/2.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.202.2";
const PYTHON: &str = "Boto3/1.36.21 md/Botocore#1.36.21 ua/2.0 os/linux#6.1.124 md/arch#x86_64 lang/python#3.12.8 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#legacy Botocore/1.36.21";
const SSM: &str = "amazon-ssm-agent/3.3.1611.0 aws-sdk-go/1.55.5 (go1.22.11; linux; amd64)";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.10.5 (+https://www.terraform.io) terraform-provider-aws/5.86.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.1 ua/2.1 os/linux lang/go#1.23.5 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.202.1";
