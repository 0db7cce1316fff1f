//! Calls that are no launches: nearly everything in a log.

use serde_json::{Value, json};

use crate::sample::launch::stop;
use crate::sample::record::Call;
use crate::sample::rng::Rng;

/// What one session works on.
#[derive(Debug)]
pub(crate) struct Scene {
    account: &'static str,
    region: &'static str,
    pub(crate) instance: String,
    bucket: String,
    key: String,
    cluster: &'static str,
    workload: &'static str,
}

impl Scene {
    pub(crate) fn new(account: &'static str, region: &'static str, rng: &mut Rng) -> Self {
        let stage = *rng.pick(&["production", "staging", "development"]);
        let kind = *rng.pick(&["logs", "data", "artifacts", "backups"]);
        Self {
            account,
            region,
            instance: rng.resource_id("i"),
            bucket: format!("acme-{kind}-{stage}-{account}"),
            key: rng.uuid(),
            cluster: *rng.pick(&["prod-blue", "prod-green", "stage-main", "dev-sandbox"]),
            workload: *rng.pick(&["payments-api", "checkout-web", "search-indexer", "etl-loader", "auth", "catalog"]),
        }
    }

    fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region, self.account)
    }

    fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.workload)
    }

    fn resource(&self, kind: &str, arn: &str) -> Value {
        json!([{ "accountId": self.account, "type": kind, "ARN": arn }])
    }

    fn read(&self, service: &'static str, name: &'static str, request: Value) -> Call {
        Call::read(self.region, service, name).asking(request)
    }

    fn write(&self, service: &'static str, name: &'static str, request: Value, response: Value) -> Call {
        Call::write(self.region, service, name).asking(request).answered(response)
    }
}

/// One kind of call, chosen as often as it occurs.
pub(crate) fn any(rng: &mut Rng) -> usize {
    usize::try_from(rng.between(0, CALLS.len() as u64 - 1)).unwrap_or_default()
}

pub(crate) fn call(kind: usize, scene: &Scene, rng: &mut Rng) -> Call {
    CALLS[kind](scene, rng)
}

/// The same call, by somebody who may not make it.
pub(crate) fn denied(call: Call, rng: &mut Rng) -> Call {
    let message = format!(
        "You are not authorized to perform this operation. User is not authorized to perform this action because no \
         identity-based policy allows it. Encoded authorization failure message: {}",
        rng.alphanumeric(420)
    );
    call.refused("Client.UnauthorizedOperation", message)
}

/// It names a launch, in a policy inside a text inside the record, and is none.
pub(crate) fn decoy(scene: &Scene, rng: &mut Rng) -> Call {
    put_policy(scene, "ec2:RunInstances", rng)
}

fn describe_instances(scene: &Scene, rng: &mut Rng) -> Call {
    let name = *rng.pick(&["DescribeInstances", "DescribeInstanceStatus"]);
    if rng.chance(50) {
        let ids = (0..rng.between(1, 5)).map(|_| json!({ "instanceId": rng.resource_id("i") }));
        let items: Vec<Value> = ids.collect();
        return scene.read("ec2", name, json!({ "instancesSet": { "items": items }, "filterSet": {} }));
    }
    let owned = json!({ "name": format!("tag:kubernetes.io/cluster/{}", scene.cluster), "valueSet": { "items": [{ "value": "owned" }] } });
    let state = json!({ "name": "instance-state-name", "valueSet": { "items": [{ "value": "pending" }, { "value": "running" }] } });
    scene.read("ec2", name, json!({ "maxResults": 1000, "instancesSet": {}, "filterSet": { "items": [owned, state] } }))
}

fn describe_network(scene: &Scene, rng: &mut Rng) -> Call {
    let names =
        ["DescribeNetworkInterfaces", "DescribeSubnets", "DescribeSecurityGroups", "DescribeVpcs", "DescribeTags"];
    let network =
        json!({ "name": "vpc-id", "valueSet": { "items": [{ "value": format!("vpc-0{}", &scene.key[..8]) }] } });
    let discovery =
        json!({ "name": "tag:karpenter.sh/discovery", "valueSet": { "items": [{ "value": scene.cluster }] } });
    let request = json!({ "maxResults": 200, "filterSet": { "items": [network, discovery] } });
    let name = *rng.pick(&names);
    scene.read("ec2", name, request)
}

fn describe_volumes(scene: &Scene, _: &mut Rng) -> Call {
    let filter = json!({ "name": "attachment.instance-id", "valueSet": { "items": [{ "value": scene.instance }] } });
    scene.read("ec2", "DescribeVolumes", json!({ "volumeSet": {}, "filterSet": { "items": [filter] } }))
}

fn describe_images(scene: &Scene, rng: &mut Rng) -> Call {
    let filter = json!({ "name": "name", "valueSet": { "items": [{ "value": "amazon-eks-node-al2023-x86_64-standard-1.31-*" }] } });
    let request = json!({
        "executableBySet": {},
        "imagesSet": { "items": [{ "imageId": rng.resource_id("ami") }] },
        "ownersSet": { "items": [{ "owner": "amazon" }] },
        "filterSet": { "items": [filter] },
        "includeDeprecated": false,
    });
    scene.read("ec2", "DescribeImages", request)
}

fn describe_targets(scene: &Scene, rng: &mut Rng) -> Call {
    let port = *rng.pick(&[80, 443, 8080, 30080]);
    let group = format!("targetgroup/{}/{}", scene.workload, &scene.key[..8]);
    let request = json!({
        "targetGroupArn": scene.arn("elasticloadbalancing", &group),
        "targets": [{ "id": scene.instance, "port": port }],
    });
    scene.read("elasticloadbalancing", "DescribeTargetHealth", request)
}

fn describe_groups(scene: &Scene, _: &mut Rng) -> Call {
    let name = format!("eks-{}-{}", scene.cluster, &scene.key[..8]);
    scene.read(
        "autoscaling",
        "DescribeAutoScalingGroups",
        json!({ "autoScalingGroupNames": [name], "maxRecords": 100 }),
    )
}

pub(crate) fn assume_role(scene: &Scene, rng: &mut Rng) -> Call {
    let role = scene.role_arn();
    let response = json!({
        "credentials": {
            "accessKeyId": rng.access_key_id("ASIA"),
            "sessionToken": format!("IQoJb3JpZ2luX2VjE{}", rng.alphanumeric(300)),
            "expiration": "Mar 2, 2026, 1:00:00 PM",
        },
        "assumedRoleUser": {
            "assumedRoleId": format!("AROAEXAMPLE{}:{}", &scene.key[..8], scene.instance),
            "arn": format!("arn:aws:sts::{}:assumed-role/{}/{}", scene.account, scene.workload, scene.instance),
        },
    });
    scene
        .read(
            "sts",
            "AssumeRole",
            json!({ "roleArn": role, "roleSessionName": scene.instance, "durationSeconds": 3600 }),
        )
        .answered(response)
        .about(scene.resource("AWS::IAM::Role", &role), None)
}

fn who_am_i(scene: &Scene, _: &mut Rng) -> Call {
    scene.read("sts", "GetCallerIdentity", Value::Null)
}

fn look_into_bucket(scene: &Scene, rng: &mut Rng) -> Call {
    let name = *rng.pick(&["GetBucketAcl", "GetBucketLocation", "GetBucketPolicy", "ListBuckets"]);
    let host = format!("{}.s3.{}.amazonaws.com", scene.bucket, scene.region);
    let additional = json!({
        "SignatureVersion": "SigV4",
        "CipherSuite": "TLS_AES_128_GCM_SHA256",
        "bytesTransferredIn": 0,
        "AuthenticationMethod": "AuthHeader",
        "x-amz-id-2": format!("{}=", rng.alphanumeric(75)),
        "bytesTransferredOut": rng.between(100, 4000),
    });
    scene
        .read("s3", name, json!({ "bucketName": scene.bucket, "Host": host, "acl": "" }))
        .about(scene.resource("AWS::S3::Bucket", &format!("arn:aws:s3:::{}", scene.bucket)), Some(additional))
}

fn use_key(scene: &Scene, rng: &mut Rng) -> Call {
    let name = *rng.pick(&["Decrypt", "Decrypt", "GenerateDataKey", "DescribeKey"]);
    let key = scene.arn("kms", &format!("key/{}", scene.key));
    let part = rng.between(10_000, 99_999);
    let request = json!({
        "keyId": key,
        "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "encryptionContext": {
            "aws:s3:arn": format!("arn:aws:s3:::{}/data/year=2026/part-{part}.snappy.parquet", scene.bucket),
            "aws:cloudtrail:arn": scene.arn("cloudtrail", "trail/acme-trail"),
        },
    });
    scene.read("kms", name, request).about(scene.resource("AWS::KMS::Key", &key), None)
}

fn read_secret(scene: &Scene, _: &mut Rng) -> Call {
    let secret = scene.arn("secretsmanager", &format!("secret:production/{}/database-AbCdEf", scene.workload));
    scene.read("secretsmanager", "GetSecretValue", json!({ "secretId": secret, "versionStage": "AWSCURRENT" }))
}

fn read_parameters(scene: &Scene, rng: &mut Rng) -> Call {
    let path = format!("/production/{}", scene.workload);
    let names = [format!("{path}/database/url"), format!("{path}/feature/{}", rng.between(0, 60))];
    scene.read("ssm", "GetParameters", json!({ "names": names, "withDecryption": true }))
}

fn write_logs(scene: &Scene, rng: &mut Rng) -> Call {
    let stream = format!("{}/{}", scene.workload, rng.hex(32));
    let group = format!("/aws/eks/{}/application", scene.cluster);
    scene.write("logs", "CreateLogStream", json!({ "logGroupName": group, "logStreamName": stream }), Value::Null)
}

fn describe_alarms(scene: &Scene, _: &mut Rng) -> Call {
    let alarm = format!("TargetTracking-service/{}/{}-AlarmHigh-{}", scene.cluster, scene.workload, scene.key);
    scene.read("monitoring", "DescribeAlarms", json!({ "alarmNames": [alarm], "maxRecords": 100 }))
}

fn look_at_policies(scene: &Scene, rng: &mut Rng) -> Call {
    let name = *rng.pick(&["GetRole", "ListAttachedRolePolicies", "GetPolicyVersion"]);
    let policy = format!("arn:aws:iam::{}:policy/{}", scene.account, scene.workload);
    let version = format!("v{}", rng.between(1, 9));
    scene.read("iam", name, json!({ "roleName": scene.workload, "policyArn": policy, "versionId": version }))
}

fn report_task(scene: &Scene, rng: &mut Rng) -> Call {
    let task = rng.hex(32);
    let container = json!({
        "containerName": "app",
        "imageDigest": format!("sha256:{0}{0}", scene.key.replace('-', "")),
        "status": "RUNNING",
        "runtimeId": format!("{task}-1527056392"),
    });
    let request = json!({
        "cluster": scene.arn("ecs", &format!("cluster/{}", scene.cluster)),
        "task": scene.arn("ecs", &format!("task/{}/{task}", scene.cluster)),
        "containers": [container],
        "status": "RUNNING",
    });
    scene.write("ecs", "SubmitTaskStateChange", request, json!({ "acknowledgment": "ACK" }))
}

fn pull_image(scene: &Scene, rng: &mut Rng) -> Call {
    let repository = scene.arn("ecr", &format!("repository/{}", scene.workload));
    let request = json!({
        "registryId": scene.account,
        "repositoryName": scene.workload,
        "imageIds": [{ "imageTag": rng.hex(7) }],
        "acceptedMediaTypes": [
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.index.v1+json",
        ],
    });
    scene.read("ecr", "BatchGetImage", request).about(scene.resource("AWS::ECR::Repository", &repository), None)
}

fn report_agent(scene: &Scene, rng: &mut Rng) -> Call {
    let request = json!({
        "instanceId": scene.instance,
        "agentVersion": "3.3.1611.0",
        "agentStatus": "Active",
        "agentName": "amazon-ssm-agent",
        "platformType": "Linux",
        "platformName": "Amazon Linux",
        "platformVersion": "2023",
        "iPAddress": format!("10.0.{}.{}", rng.between(0, 63), rng.between(4, 250)),
        "computerName": format!("{}.ec2.internal", scene.instance),
        "availabilityZone": format!("{}a", scene.region),
        "sSMConnectionChannel": "ssmmessages",
    });
    scene.write("ssm", "UpdateInstanceInformation", request, Value::Null)
}

fn tag(scene: &Scene, rng: &mut Rng) -> Call {
    let team = *rng.pick(&["plataforma-ção", "search", "データ", "core \"infra\""]);
    let tags = json!([
        { "key": "Name", "value": format!("{}-node", scene.cluster) },
        { "key": "team", "value": team },
        { "key": "cost-centre", "value": rng.between(1000, 9999).to_string() },
    ]);
    let request = json!({
        "resourcesSet": { "items": [{ "resourceId": scene.instance }] },
        "tagSet": { "items": tags },
    });
    scene.write("ec2", "CreateTags", request, json!({ "_return": true }))
}

fn add_interface(scene: &Scene, rng: &mut Rng) -> Call {
    let subnet = format!("subnet-0{}", &scene.key[..8]);
    let description = format!("aws-K8S-{}", scene.instance);
    let address = format!("10.0.{}.{}", rng.between(0, 63), rng.between(4, 250));
    let interface = json!({
        "networkInterfaceId": rng.resource_id("eni"),
        "subnetId": subnet,
        "vpcId": format!("vpc-0{}", &scene.key[..8]),
        "availabilityZone": format!("{}a", scene.region),
        "description": description,
        "ownerId": scene.account,
        "requesterManaged": false,
        "status": "pending",
        "macAddress": format!("0a:ff:c2:1d:7e:{}", rng.hex(2)),
        "privateIpAddress": address,
        "sourceDestCheck": true,
        "groupSet": { "items": [{ "groupId": format!("sg-0{}", &scene.key[..8]), "groupName": "nodes" }] },
        "privateIpAddressesSet": { "item": [{ "privateIpAddress": address, "primary": true }] },
        "tagSet": {},
    });
    let request = json!({ "subnetId": subnet, "description": description, "clientToken": rng.uuid() });
    scene.write("ec2", "CreateNetworkInterface", request, json!({ "networkInterface": interface }))
}

fn evaluate(scene: &Scene, rng: &mut Rng) -> Call {
    let one = |rng: &mut Rng| {
        json!({
            "complianceResourceType": "AWS::EC2::Instance",
            "complianceResourceId": rng.resource_id("i"),
            "complianceType": *rng.pick(&["COMPLIANT", "NON_COMPLIANT"]),
            "orderingTimestamp": "Mar 2, 2026, 12:00:00 PM",
        })
    };
    let evaluations: Vec<Value> = (0..rng.between(1, 4)).map(|_| one(rng)).collect();
    let request =
        json!({ "evaluations": evaluations, "resultToken": "HIDDEN_DUE_TO_SECURITY_REASONS", "testMode": false });
    scene.write("config", "PutEvaluations", request, json!({ "failedEvaluations": [] }))
}

fn end_instance(scene: &Scene, _: &mut Rng) -> Call {
    stop(scene.region, "TerminateInstances", std::slice::from_ref(&scene.instance))
}

fn allow_tagging(scene: &Scene, rng: &mut Rng) -> Call {
    put_policy(scene, "ec2:DescribeInstances", rng)
}

fn put_policy(scene: &Scene, action: &str, rng: &mut Rng) -> Call {
    let statement = json!({ "Effect": "Allow", "Action": [action, "iam:PassRole", "ec2:CreateTags"], "Resource": "*" });
    let document = format!("{:#}", json!({ "Version": "2012-10-17", "Statement": [statement] }));
    let name = format!("inline-{}", rng.hex(6));
    let request = json!({ "roleName": scene.workload, "policyName": name, "policyDocument": document });
    scene.write("iam", "PutRolePolicy", request, Value::Null)
}

fn open_port(scene: &Scene, rng: &mut Rng) -> Call {
    let range = json!({ "cidrIp": format!("198.51.100.{}/32", rng.between(1, 254)), "description": "vpn" });
    let permission = json!({
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "groups": {},
        "ipRanges": { "items": [range] },
        "ipv6Ranges": {},
        "prefixListIds": {},
    });
    let request = json!({ "groupId": format!("sg-0{}", &scene.key[..8]), "ipPermissions": { "items": [permission] } });
    scene.write("ec2", "AuthorizeSecurityGroupIngress", request, json!({ "_return": true }))
}

fn query(scene: &Scene, rng: &mut Rng) -> Call {
    let day = rng.between(10, 28);
    let text = format!(
        "SELECT event_id, \"user\".name FROM \"lake\".\"events\" WHERE dt = '2026-03-{day}' AND tenant = 't-{}' LIMIT 1000",
        rng.between(0, 900)
    );
    let request = json!({
        "queryString": text,
        "clientRequestToken": rng.uuid(),
        "resultConfiguration": { "outputLocation": format!("s3://{}/athena/", scene.bucket) },
        "workGroup": "primary",
    });
    scene.write("athena", "StartQueryExecution", request, json!({ "queryExecutionId": rng.uuid() }))
}

/// Named as often as they occur: most calls only look.
const CALLS: &[fn(&Scene, &mut Rng) -> Call] = &[
    describe_instances,
    describe_instances,
    describe_instances,
    describe_network,
    describe_network,
    describe_volumes,
    describe_images,
    describe_targets,
    describe_groups,
    assume_role,
    assume_role,
    assume_role,
    who_am_i,
    look_into_bucket,
    look_into_bucket,
    look_into_bucket,
    use_key,
    use_key,
    use_key,
    read_secret,
    read_parameters,
    read_parameters,
    describe_alarms,
    look_at_policies,
    look_at_policies,
    pull_image,
    write_logs,
    report_task,
    report_agent,
    report_agent,
    tag,
    add_interface,
    evaluate,
    end_instance,
    allow_tagging,
    open_port,
    query,
];
