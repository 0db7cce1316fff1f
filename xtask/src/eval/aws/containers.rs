//! ECS and Fargate.

use serde_json::json;

use crate::eval::story::changes;
use crate::sample::record::Call;

pub(crate) fn create_cluster(account: &str, region: &'static str, name: &str) -> Call {
    let cluster = json!({
        "clusterArn": format!("arn:aws:ecs:{region}:{account}:cluster/{name}"),
        "clusterName": name,
        "status": "ACTIVE",
        "runningTasksCount": 0,
        "pendingTasksCount": 0,
        "activeServicesCount": 0,
    });
    let request = json!({ "clusterName": name, "capacityProviders": ["FARGATE", "FARGATE_SPOT"] });
    changes(region, "ecs", "CreateCluster", request).answered(json!({ "cluster": cluster }))
}

/// A kind of task: its image and its size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) family: &'a str,
    pub(crate) image: &'a str,
    pub(crate) vcpu: u64,
    pub(crate) gib: u64,
}

pub(crate) fn register_task(account: &str, region: &'static str, task: Task<'_>) -> Call {
    let Task { family, image, vcpu, gib } = task;
    let request = json!({
        "family": family,
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": (vcpu * 1024).to_string(),
        "memory": (gib * 1024).to_string(),
        "containerDefinitions": [{ "name": family, "image": image, "essential": true, "cpu": 0, "memory": 0 }],
    });
    let definition = json!({
        "taskDefinitionArn": format!("arn:aws:ecs:{region}:{account}:task-definition/{family}:1"),
        "family": family,
        "revision": 1,
        "status": "ACTIVE",
        "cpu": (vcpu * 1024).to_string(),
        "memory": (gib * 1024).to_string(),
    });
    changes(region, "ecs", "RegisterTaskDefinition", request).answered(json!({ "taskDefinition": definition }))
}

pub(crate) fn create_service(account: &str, region: &'static str, cluster: &str, name: &str, desired: u64) -> Call {
    let network =
        json!({ "awsvpcConfiguration": { "assignPublicIp": "ENABLED", "subnets": ["subnet-0a1b2c3d4e5f60718"] } });
    let request = json!({
        "cluster": cluster,
        "serviceName": name,
        "taskDefinition": name,
        "desiredCount": desired,
        "launchType": "FARGATE",
        "networkConfiguration": network,
    });
    let service = json!({
        "serviceArn": format!("arn:aws:ecs:{region}:{account}:service/{cluster}/{name}"),
        "serviceName": name,
        "clusterArn": format!("arn:aws:ecs:{region}:{account}:cluster/{cluster}"),
        "status": "ACTIVE",
        "desiredCount": desired,
        "runningCount": 0,
        "launchType": "FARGATE",
        "taskDefinition": format!("arn:aws:ecs:{region}:{account}:task-definition/{name}:1"),
    });
    changes(region, "ecs", "CreateService", request).answered(json!({ "service": service }))
}
