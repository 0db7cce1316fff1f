//! B4: the platform team opens a region, as one does it: with Terraform, in order, over three hours.
//!
//! The region is switched on, networks come first, then a dozen machines of the usual family, a
//! cluster, and its node groups.

use serde_json::json;

use crate::eval::aws::groups;
use crate::eval::aws::machines::Machines;
use crate::eval::story::{Story, changes};
use crate::eval::world::cast::{self, AMAZON_LINUX, PRODUCTION};

pub(super) fn tell(story: &mut Story) {
    let terraform = cast::terraform();
    story.at(0, 0);
    story.does(&terraform, changes("us-east-1", "account", "EnableRegion", json!({ "RegionName": REGION })));
    story.at(25, 0);
    for (name, request) in [
        ("CreateVpc", json!({ "cidrBlock": "10.64.0.0/16" })),
        ("CreateSubnet", json!({ "cidrBlock": "10.64.0.0/20" })),
        ("CreateSubnet", json!({ "cidrBlock": "10.64.16.0/20" })),
        ("CreateInternetGateway", json!({})),
        ("CreateRouteTable", json!({})),
        (
            "CreateVpcEndpoint",
            json!({ "CreateVpcEndpointRequest": { "ServiceName": format!("com.amazonaws.{REGION}.s3") } }),
        ),
        ("CreateSecurityGroup", json!({ "groupName": "platform-nodes", "groupDescription": "nodes" })),
    ] {
        story.does(&terraform, changes(REGION, "ec2", name, request));
        story.wait(5, 30);
    }
    story.at(70, 0);
    for _ in 0..4 {
        let tags = vec![("terraform", "true".to_owned()), ("team", "platform".to_owned())];
        story.starts(&terraform, &Machines { tags, ..Machines::new(REGION, "m6i.xlarge", AMAZON_LINUX, 3) });
        story.wait(20, 60);
    }
    story.at(110, 0);
    let cluster = json!({ "name": "prod-central", "version": "1.31", "tags": { "terraform": "true" } });
    story.does(&terraform, changes(REGION, "eks", "CreateCluster", cluster));
    for index in 0..2 {
        story.at(150 + 10 * index, 0);
        let name = format!("general-{index}");
        let nodes = json!({
            "clusterName": "prod-central",
            "nodegroupName": name,
            "instanceTypes": ["m6i.xlarge"],
            "scalingConfig": { "minSize": 2, "maxSize": 6, "desiredSize": 3 },
        });
        story.does(&terraform, changes(REGION, "eks", "CreateNodegroup", nodes));
        story.wait(100, 150);
        let template = groups::template_id(&mut story.rng);
        let group = format!("eks-{name}-{}", story.rng.hex(8));
        let child = groups::child(REGION, &group, &template, Machines::new(REGION, "m6i.xlarge", AMAZON_LINUX, 3));
        story.starts(&cast::auto_scaling(PRODUCTION), &child);
    }
}

const REGION: &str = "eu-central-2";
