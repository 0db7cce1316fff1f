//! Requests of every family, in the shapes in which the services write them.

use jiff::Timestamp;
use model::Event;
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use crate::{
    cloudtrail::{self, commands},
    names::Names,
    tree::Tree,
};

fn read(service: &str, name: &str, request: &str, response: &str) -> (Event, Vec<String>) {
    let record = format!(
        r#"{{"eventSource":"{service}.amazonaws.com","eventName":"{name}","requestParameters":{request},"responseElements":{response}}}"#
    );
    assert!(serde_json::from_str::<serde_json::Value>(&record).is_ok(), "{record}");
    cloudtrail::event(
        Tree::default().read(record.as_bytes()).unwrap(),
        Timestamp::UNIX_EPOCH,
        false,
        &mut Names::default(),
    )
}

/// All that is known of what was asked for, on one line; what was not said is left out.
fn told(event: &Event) -> String {
    let compute = &event.compute;
    let mut words = vec![format!("{} {}", event.action.unwrap().as_str(), event.object_category.as_deref().unwrap())];
    let mut say = |name: &str, value: &str| {
        if !value.is_empty() {
            words.push(format!("{name}={value}"));
        }
    };
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    say("id", &event.object_id.join(","));
    say("count", &number(Some(event.count).filter(|&count| count > 0)));
    say("max", &number(compute.max_count));
    say("vcpu", &number(compute.vcpu));
    say("type", &event.instance_type.join(","));
    say("image", &event.image_id.join(","));
    say("spot", if compute.spot { "yes" } else { "" });
    say("parent", compute.parent.as_deref().unwrap_or_default());
    words.join(" ")
}

fn check(service: &str, name: &str, request: &str, response: &str, expected: &str) {
    let (event, unknowns) = read(service, name, request, response);
    assert_eq!(told(&event), expected, "{service} {name}");
    assert_eq!(unknowns, [""; 0], "{service} {name}");
}

#[test]
fn fleets_of_ec2() {
    let fleet = |kind: &str, market: &str, configs: &str| {
        format!(
            r#"{{"CreateFleetRequest":{{"Type":"{kind}","TargetCapacitySpecification":{{"DefaultTargetCapacityType":"{market}","TotalTargetCapacity":40,"OnDemandTargetCapacity":0}},"LaunchTemplateConfigs":{configs},"ClientToken":"t"}}}}"#
        )
    };
    let one = r#"{"tag":1,"LaunchTemplateSpecification":{"LaunchTemplateId":"lt-1","Version":"$Latest"},"Overrides":[{"tag":1,"InstanceType":"c6a.48xlarge","SubnetId":"subnet-1"},{"tag":2,"InstanceType":"c5a.24xlarge"}]}"#;
    check(
        "ec2",
        "CreateFleet",
        &fleet("instant", "spot", one),
        r#"{"CreateFleetResponse":{"fleetId":"fleet-1","fleetInstanceSet":{"item":{"instanceType":"c6a.48xlarge","lifecycle":"spot","instanceIds":{"item":["i-1","i-2"]}}},"errorSet":""}}"#,
        "created fleet id=fleet-1 count=40 max=40 type=c6a.48xlarge spot=yes parent=launch_template:lt-1",
    );
    let two = r#"[{"tag":1,"LaunchTemplateSpecification":{"LaunchTemplateName":"cpu"},"Overrides":{"tag":1,"InstanceType":"c7a.48xlarge"}},{"tag":2,"LaunchTemplateSpecification":{"LaunchTemplateName":"gpu"},"Overrides":{"tag":1,"InstanceType":"g5.48xlarge"}}]"#;
    check(
        "ec2",
        "CreateFleet",
        &fleet("maintain", "on-demand", two),
        "null",
        "created fleet count=40 max=40 type=c7a.48xlarge,g5.48xlarge parent=launch_template:cpu",
    );
    let karpenter = r#"{"CreateFleetRequest":{"Type":"instant","TargetCapacitySpecification":{"TotalTargetCapacity":"1"},"TagSpecification":[{"tag":1,"ResourceType":"instance","Tag":[{"tag":1,"Key":"karpenter.sh/nodepool","Value":"general"}]}]}}"#;
    check("ec2", "CreateFleet", karpenter, "null", "created fleet count=1 max=1 parent=nodepool:general");
    check(
        "ec2",
        "ModifyFleet",
        r#"{"ModifyFleetRequest":{"FleetId":"fleet-1","TargetCapacitySpecification":{"TotalTargetCapacity":500}}}"#,
        r#"{"ModifyFleetResponse":{"return":true}}"#,
        "modified fleet id=fleet-1 count=500 max=500",
    );
}

#[test]
fn spot_requests() {
    let fleet = r#"{"spotFleetRequestConfig":{"targetCapacity":8,"iamFleetRole":"arn:aws:iam::111122223333:role/fleet","launchSpecifications":[{"imageId":"ami-1","instanceType":"c6a.48xlarge"},{"imageId":"ami-1","instanceType":"c5.metal"}],"type":"maintain"}}"#;
    let expected = "created spot_fleet id=sfr-1 count=8 max=8 type=c6a.48xlarge,c5.metal image=ami-1 spot=yes";
    check("ec2", "RequestSpotFleet", fleet, r#"{"spotFleetRequestId":"sfr-1"}"#, expected);
    check(
        "ec2",
        "RequestSpotFleet",
        r#"{"RequestSpotFleetRequest":{"SpotFleetRequestConfig":{"TargetCapacity":"8","LaunchTemplateConfigs":{"tag":1,"LaunchTemplateSpecification":{"LaunchTemplateId":"lt-1"},"Overrides":{"tag":1,"InstanceType":"p3.16xlarge"}}}}}"#,
        r#"{"RequestSpotFleetResponse":{"spotFleetRequestId":"sfr-1"}}"#,
        "created spot_fleet id=sfr-1 count=8 max=8 type=p3.16xlarge spot=yes parent=launch_template:lt-1",
    );
    check(
        "ec2",
        "ModifySpotFleetRequest",
        r#"{"ModifySpotFleetRequestRequest":{"SpotFleetRequestId":"sfr-1","TargetCapacity":900}}"#,
        "null",
        "modified spot_fleet id=sfr-1 count=900 max=900 spot=yes",
    );
    check(
        "ec2",
        "RequestSpotInstances",
        r#"{"spotPrice":"5.00","instanceCount":20,"launchSpecification":{"imageId":"ami-1","instanceType":"g4dn.12xlarge"}}"#,
        r#"{"spotInstanceRequestSet":{"items":[{"spotInstanceRequestId":"sir-1"},{"spotInstanceRequestId":"sir-2"}]}}"#,
        "created spot_request id=sir-1,sir-2 count=20 type=g4dn.12xlarge image=ami-1 spot=yes",
    );
    check("ec2", "RequestSpotInstances", "{}", "null", "created spot_request count=1 spot=yes");
}

#[test]
fn templates_of_machines() {
    let request = |name: &str, data: &str| {
        format!(r#"{{"{name}Request":{{"LaunchTemplateName":"miner","LaunchTemplateData":{data},"ClientToken":"t"}}}}"#)
    };
    let data = r#"{"ImageId":"ami-1","InstanceType":"g4dn.12xlarge","UserData":"<sensitiveDataRemoved>","InstanceMarketOptions":{"MarketType":"spot"}}"#;
    check(
        "ec2",
        "CreateLaunchTemplate",
        &request("CreateLaunchTemplate", data),
        r#"{"CreateLaunchTemplateResponse":{"xmlns":"x","launchTemplate":{"launchTemplateId":"lt-1","launchTemplateName":"miner","latestVersionNumber":1}}}"#,
        "created launch_template id=lt-1,miner type=g4dn.12xlarge image=ami-1 spot=yes",
    );
    check(
        "ec2",
        "CreateLaunchTemplateVersion",
        &request("CreateLaunchTemplateVersion", r#"{"InstanceType":"c5.metal"}"#),
        r#"{"CreateLaunchTemplateVersionResponse":{"launchTemplateVersion":{"launchTemplateId":"lt-1"}}}"#,
        "created launch_template id=lt-1,miner type=c5.metal",
    );
    check(
        "autoscaling",
        "CreateLaunchConfiguration",
        r#"{"launchConfigurationName":"lc","imageId":"ami-1","instanceType":"c5.metal","userData":"<sensitiveDataRemoved>","spotPrice":"1.20"}"#,
        "null",
        "created launch_configuration id=lc type=c5.metal image=ami-1 spot=yes",
    );
}

#[test]
fn instances_that_exist() {
    let modify = |change: &str| format!(r#"{{"instanceId":"i-1",{change}}}"#);
    let check = |change: &str, expected: &str| {
        check("ec2", "ModifyInstanceAttribute", &modify(change), r#"{"_return":true}"#, expected);
    };
    check(r#""instanceType":{"value":"p4d.24xlarge"}"#, "modified instance id=i-1 type=p4d.24xlarge");
    check(r#""disableApiTermination":{"value":true}"#, "modified instance_protection id=i-1");
    check(r#""disableApiStop":{"value":"true"}"#, "modified instance_protection id=i-1");
    check(
        r#""attribute":"disableApiTermination","value":"<sensitiveDataRemoved>""#,
        "modified instance_protection id=i-1",
    );
    check(r#""disableApiTermination":{"value":false}"#, "modified instance id=i-1");
    check(r#""userData":"<sensitiveDataRemoved>""#, "modified instance id=i-1");
}

#[test]
fn starting_counts_machines() {
    let two = r#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#;
    check("ec2", "StartInstances", two, "null", "started instance id=i-1,i-2 count=2");
    check("ec2", "StopInstances", two, "null", "stopped instance id=i-1,i-2");
}

#[test]
fn groups_that_scale() {
    check(
        "autoscaling",
        "CreateAutoScalingGroup",
        r#"{"autoScalingGroupName":"g-1","minSize":20,"maxSize":999,"desiredCapacity":20,"launchTemplate":{"launchTemplateId":"lt-1","version":"$Latest"},"availabilityZones":["us-east-1a"],"tags":[]}"#,
        "null",
        "created autoscaling_group id=g-1 count=20 max=999 parent=launch_template:lt-1",
    );
    check(
        "autoscaling",
        "CreateAutoScalingGroup",
        r#"{"autoScalingGroupName":"g-2","minSize":"2","maxSize":"9","mixedInstancesPolicy":{"launchTemplate":{"launchTemplateSpecification":{"launchTemplateName":"t"},"overrides":[{"instanceType":"c5.4xlarge"},{"instanceType":"c6i.4xlarge"}]},"instancesDistribution":{"onDemandPercentageAboveBaseCapacity":0}}}"#,
        "null",
        "created autoscaling_group id=g-2 count=2 max=9 type=c5.4xlarge,c6i.4xlarge spot=yes parent=launch_template:t",
    );
    check(
        "autoscaling",
        "CreateAutoScalingGroup",
        r#"{"autoScalingGroupName":"eks-ng","minSize":1,"maxSize":3,"launchTemplate":{"launchTemplateId":"lt-2"},"tags":[{"key":"eks:nodegroup-name","value":"ng","propagateAtLaunch":true}],"mixedInstancesPolicy":{"instancesDistribution":{"onDemandPercentageAboveBaseCapacity":100}}}"#,
        "null",
        "created autoscaling_group id=eks-ng count=1 max=3 parent=nodegroup:ng",
    );
    let update = r#"{"autoScalingGroupName":"g-1","maxSize":999,"launchConfigurationName":"lc"}"#;
    let expected = "modified autoscaling_group id=g-1 max=999 parent=launch_configuration:lc";
    check("autoscaling", "UpdateAutoScalingGroup", update, "null", expected);
    let desired = r#"{"autoScalingGroupName":"g-1","desiredCapacity":500,"honorCooldown":false}"#;
    check("autoscaling", "SetDesiredCapacity", desired, "null", "modified autoscaling_group id=g-1 count=500");
    check(
        "autoscaling",
        "PutScalingPolicy",
        r#"{"autoScalingGroupName":"g-1","policyName":"up","scalingAdjustment":-1}"#,
        r#"{"policyARN":"arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:x","alarms":[]}"#,
        "modified scaling_policy id=up,arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:x parent=autoscaling_group:g-1",
    );
    check(
        "application-autoscaling",
        "RegisterScalableTarget",
        r#"{"serviceNamespace":"ecs","resourceId":"service/c/s","minCapacity":10,"maxCapacity":400}"#,
        "{}",
        "modified scalable_target id=service/c/s count=10 max=400",
    );
}

#[test]
fn containers_of_ecs() {
    check(
        "ecs",
        "RegisterTaskDefinition",
        r#"{"family":"qwertzui","cpu":"16384","memory":"32768","requiresCompatibilities":["FARGATE"],"containerDefinitions":[{"name":"a","image":"docker.io/example/worker:latest","environment":"<sensitiveDataRemoved>"}]}"#,
        r#"{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:us-east-1:111122223333:task-definition/qwertzui:1"}}"#,
        "created task_definition id=qwertzui,arn:aws:ecs:us-east-1:111122223333:task-definition/qwertzui:1 vcpu=16 type=fargate-16-32768 image=docker.io/example/worker:latest",
    );
    check(
        "ecs",
        "RegisterTaskDefinition",
        r#"{"family":"f","containerDefinitions":[{"cpu":512,"image":"a"},{"cpu":768,"image":"b"}]}"#,
        "null",
        "created task_definition id=f vcpu=2 image=a,b",
    );
    let cluster = "arn:aws:ecs:us-east-1:111122223333:cluster/qwertzui";
    check(
        "ecs",
        "CreateService",
        &format!(
            r#"{{"cluster":"{cluster}","serviceName":"s","taskDefinition":"qwertzui:1","desiredCount":25,"launchType":"FARGATE"}}"#
        ),
        "null",
        "created ecs_service id=s,qwertzui:1 count=25 parent=ecs_cluster:qwertzui",
    );
    check(
        "ecs",
        "UpdateService",
        r#"{"cluster":"c","service":"s","desiredCount":200,"capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT","weight":1}]}"#,
        "null",
        "modified ecs_service id=s count=200 max=200 spot=yes parent=ecs_cluster:c",
    );
    check(
        "ecs",
        "RunTask",
        r#"{"cluster":"c","taskDefinition":"f:3","count":10,"overrides":{"cpu":"4 vCPU","containerOverrides":[]}}"#,
        "null",
        "created ecs_task id=f:3 count=10 vcpu=40 parent=ecs_cluster:c",
    );
    let cluster = r#"{"clusterName":"c","defaultCapacityProviderStrategy":[]}"#;
    check("ecs", "CreateCluster", cluster, "null", "created ecs_cluster id=c");
    check(
        "ecs",
        "CreateCapacityProvider",
        r#"{"name":"p","autoScalingGroupProvider":{"autoScalingGroupArn":"arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:0f:autoScalingGroupName/g-1","managedScaling":{"maximumScalingStepSize":1000}}}"#,
        "null",
        "created capacity_provider id=p max=1000 parent=autoscaling_group:g-1",
    );
}

#[test]
fn tasks_have_a_size_of_their_own_and_an_end() {
    check(
        "ecs",
        "RegisterTaskDefinition",
        r#"{"family":"f","cpu":".5 vCPU","memory":"1 GB","requiresCompatibilities":["FARGATE","EC2"],"containerDefinitions":[]}"#,
        "null",
        "created task_definition id=f vcpu=1",
    );
    check(
        "ecs",
        "RegisterTaskDefinition",
        r#"{"family":"f","cpu":"256","memory":"1 GB","requiresCompatibilities":["FARGATE","EC2"],"containerDefinitions":[]}"#,
        "null",
        "created task_definition id=f vcpu=1 type=fargate-0.25-1024",
    );
    check(
        "ecs",
        "RegisterTaskDefinition",
        r#"{"family":"f","cpu":"256","memory":"512","requiresCompatibilities":["EC2"],"containerDefinitions":[]}"#,
        "null",
        "created task_definition id=f vcpu=1",
    );
    let task = "arn:aws:ecs:us-east-1:111122223333:task/c/0f1e2d";
    check(
        "ecs",
        "StopTask",
        r#"{"cluster":"c","task":"0f1e2d"}"#,
        &format!(r#"{{"task":{{"taskArn":"{task}"}}}}"#),
        &format!("stopped ecs_task id={task} parent=ecs_cluster:c"),
    );
    check(
        "ecs",
        "DeleteService",
        r#"{"cluster":"c","service":"s","force":true}"#,
        "null",
        "deleted ecs_service id=s parent=ecs_cluster:c",
    );
}

#[test]
fn nodes_of_eks() {
    check("eks", "CreateCluster", r#"{"name":"k","version":"1.31"}"#, "null", "created eks_cluster id=k");
    check(
        "eks",
        "CreateNodegroup",
        r#"{"name":"k","nodegroupName":"ng","instanceTypes":["g5.48xlarge"],"capacityType":"SPOT","scalingConfig":{"minSize":1,"maxSize":300,"desiredSize":30}}"#,
        "null",
        "created nodegroup id=ng count=30 max=300 type=g5.48xlarge spot=yes parent=eks_cluster:k",
    );
    check(
        "eks",
        "UpdateNodegroupConfig",
        r#"{"name":"k","nodegroupName":"ng","scalingConfig":{"maxSize":900}}"#,
        "null",
        "modified nodegroup id=ng max=900 parent=eks_cluster:k",
    );
    let profile = r#"{"name":"k","fargateProfileName":"p"}"#;
    check("eks", "CreateFargateProfile", profile, "null", "created fargate_profile id=p parent=eks_cluster:k");
}

#[test]
fn work_in_jobs() {
    check(
        "batch",
        "CreateComputeEnvironment",
        r#"{"computeEnvironmentName":"e","type":"MANAGED","computeResources":{"type":"SPOT","maxvCpus":10000,"instanceTypes":["c6a","p4d.24xlarge"]}}"#,
        "null",
        "created compute_environment id=e vcpu=10000 type=c6a,p4d.24xlarge spot=yes",
    );
    check(
        "batch",
        "RegisterJobDefinition",
        r#"{"jobDefinitionName":"d","containerProperties":{"image":"example/worker","resourceRequirements":[{"type":"MEMORY","value":"2048"},{"type":"VCPU","value":"0.25"}]}}"#,
        "null",
        "created job_definition id=d vcpu=1 image=example/worker",
    );
    check(
        "batch",
        "SubmitJob",
        r#"{"jobName":"j","jobQueue":"arn:aws:batch:us-east-1:111122223333:job-queue/q","jobDefinition":"d:1","arrayProperties":{"size":1000},"containerOverrides":{"vcpus":16}}"#,
        r#"{"jobId":"0f"}"#,
        "created batch_job id=0f,d:1 count=1000 vcpu=16000 parent=job_queue:q",
    );
    check(
        "elasticmapreduce",
        "RunJobFlow",
        r#"{"name":"n","instances":{"instanceGroups":[{"instanceRole":"MASTER","instanceType":"m5.xlarge","instanceCount":1},{"instanceRole":"CORE","instanceType":"r5.4xlarge","instanceCount":80,"market":"SPOT"}]}}"#,
        r#"{"jobFlowId":"j-1"}"#,
        "created job_flow id=j-1 count=81 type=m5.xlarge,r5.4xlarge spot=yes",
    );
    check(
        "elasticmapreduce",
        "RunJobFlow",
        r#"{"instances":{"masterInstanceType":"m5.xlarge","slaveInstanceType":"c5.metal","instanceCount":40}}"#,
        "null",
        "created job_flow count=40 type=m5.xlarge,c5.metal",
    );
    check(
        "elasticmapreduce",
        "AddInstanceGroups",
        r#"{"jobFlowId":"j-1","instanceGroups":[{"instanceType":"c5.metal","instanceCount":50}]}"#,
        r#"{"instanceGroupIds":["ig-1"]}"#,
        "created instance_group id=ig-1 count=50 type=c5.metal parent=job_flow:j-1",
    );
    let modify = r#"{"instanceGroups":[{"instanceGroupId":"ig-1","instanceCount":70}]}"#;
    check(
        "elasticmapreduce",
        "ModifyInstanceGroups",
        modify,
        "null",
        "modified instance_group id=ig-1 count=70 max=70",
    );
    let job = r#"{"name":"g","workerType":"G.8X","numberOfWorkers":299}"#;
    check("glue", "CreateJob", job, "null", "created glue_job id=g max=299 type=G.8X");
    let run = r#"{"jobName":"g","maxCapacity":10.0}"#;
    check("glue", "StartJobRun", run, r#"{"jobRunId":"jr"}"#, "started glue_job_run id=jr count=10 parent=glue_job:g");
    let endpoint = r#"{"endpointName":"e","numberOfNodes":20,"publicKey":"x"}"#;
    check("glue", "CreateDevEndpoint", endpoint, "null", "created dev_endpoint id=e count=20");
}

#[test]
fn machines_that_learn() {
    check(
        "sagemaker",
        "CreateNotebookInstance",
        r#"{"notebookInstanceName":"n","instanceType":"ml.p3.16xlarge","lifecycleConfigName":"l"}"#,
        "null",
        "created notebook_instance id=n count=1 type=ml.p3.16xlarge parent=notebook_lifecycle_config:l",
    );
    check(
        "sagemaker",
        "CreateTrainingJob",
        r#"{"trainingJobName":"t","algorithmSpecification":{"trainingImage":"example/worker"},"resourceConfig":{"instanceType":"ml.p4d.24xlarge","instanceCount":16},"enableManagedSpotTraining":true}"#,
        "null",
        "created training_job id=t count=16 type=ml.p4d.24xlarge image=example/worker spot=yes",
    );
    check(
        "sagemaker",
        "CreateProcessingJob",
        r#"{"processingJobName":"p","processingResources":{"clusterConfig":{"instanceCount":4,"instanceType":"ml.c5.18xlarge"}},"appSpecification":{"imageUri":"example/worker"}}"#,
        "null",
        "created processing_job id=p count=4 type=ml.c5.18xlarge image=example/worker",
    );
    check(
        "sagemaker",
        "CreateEndpointConfig",
        r#"{"endpointConfigName":"e","productionVariants":[{"instanceType":"ml.g5.48xlarge","initialInstanceCount":3}]}"#,
        "null",
        "created endpoint_config id=e max=3 type=ml.g5.48xlarge",
    );
    let endpoint = r#"{"endpointName":"x","endpointConfigName":"e"}"#;
    check("sagemaker", "CreateEndpoint", endpoint, "null", "created sagemaker_endpoint id=x parent=endpoint_config:e");
    let cluster = r#"{"clusterName":"h","instanceGroups":[{"instanceType":"ml.p5.48xlarge","instanceCount":8}]}"#;
    check("sagemaker", "CreateCluster", cluster, "null", "created sagemaker_cluster id=h count=8 type=ml.p5.48xlarge");
    let app = r#"{"domainId":"d-1","appName":"a","resourceSpec":{"instanceType":"ml.g5.xlarge"}}"#;
    let expected = "created sagemaker_app id=a count=1 type=ml.g5.xlarge parent=sagemaker_domain:d-1";
    check("sagemaker", "CreateApp", app, "null", expected);
}

#[test]
fn machines_under_other_names() {
    check(
        "lightsail",
        "CreateInstances",
        r#"{"instanceNames":["a","b","c"],"bundleId":"2xlarge_3_0","blueprintId":"ubuntu_22_04","availabilityZone":"us-east-1a"}"#,
        "null",
        "created lightsail_instance id=a,b,c count=3 type=2xlarge_3_0 image=ubuntu_22_04",
    );
    let container = r#"{"serviceName":"s","power":"xlarge","scale":20}"#;
    let expected = "created container_service id=s count=20 max=20 type=xlarge";
    check("lightsail", "CreateContainerService", container, "null", expected);
    check(
        "workspaces",
        "CreateWorkspaces",
        r#"{"workspaces":[{"bundleId":"wsb-1","userName":"a","workspaceProperties":{"computeTypeName":"GRAPHICSPRO_G4DN"}},{"bundleId":"wsb-1","userName":"b"}]}"#,
        "null",
        "created workspace count=2 type=GRAPHICSPRO_G4DN image=wsb-1",
    );
    check(
        "appstream",
        "CreateFleet",
        r#"{"name":"f","instanceType":"stream.graphics.g4dn.16xlarge","computeCapacity":{"desiredInstances":50},"imageName":"i"}"#,
        "null",
        "created appstream_fleet id=f count=50 type=stream.graphics.g4dn.16xlarge image=i",
    );
    check(
        "gamelift",
        "CreateFleet",
        r#"{"name":"f","eC2InstanceType":"c5.4xlarge","fleetType":"SPOT"}"#,
        r#"{"fleetAttributes":{"fleetId":"fleet-2"}}"#,
        "created gamelift_fleet id=fleet-2,f count=1 type=c5.4xlarge spot=yes",
    );
    check(
        "apprunner",
        "CreateService",
        r#"{"serviceName":"s","instanceConfiguration":{"cpu":"4 vCPU"},"sourceConfiguration":{"imageRepository":{"imageIdentifier":"public.ecr.aws/x/y"}}}"#,
        "null",
        "created apprunner_service id=s count=1 vcpu=4 image=public.ecr.aws/x/y",
    );
    let (other, _) = read("iot", "CreateFleet", r#"{"name":"f"}"#, "null");
    assert_eq!((other.action, other.count), (None, 0));
}

#[test]
fn machines_that_build() {
    check(
        "codebuild",
        "CreateProject",
        r#"{"name":"p","environment":{"computeType":"BUILD_GENERAL1_2XLARGE","image":"aws/codebuild/standard:7.0"},"concurrentBuildLimit":60}"#,
        "null",
        "created build_project id=p max=60 type=BUILD_GENERAL1_2XLARGE image=aws/codebuild/standard:7.0",
    );
    check(
        "codebuild",
        "StartBuild",
        r#"{"projectName":"p"}"#,
        r#"{"build":{"id":"p:1","environment":{"computeType":"BUILD_GENERAL1_LARGE","image":"x"}}}"#,
        "started build id=p:1 count=1 type=BUILD_GENERAL1_LARGE image=x parent=build_project:p",
    );
    let created = r#"{"app":{"appId":"d1","name":"a"}}"#;
    check("amplify", "CreateApp", r#"{"name":"a"}"#, created, "created amplify_app id=d1,a");
    let branch = r#"{"appId":"d1","branchName":"main"}"#;
    check("amplify", "CreateBranch", branch, "null", "created branch id=main parent=amplify_app:d1");
    check("amplify", "StartJob", branch, "null", "started amplify_job id=main count=1 parent=amplify_app:d1");
    check("imagebuilder", "CreateImage", "{}", "null", "created image_build count=1");
}

#[test]
fn functions_and_stacks() {
    check(
        "lambda",
        "CreateFunction20150331",
        r#"{"functionName":"f","memorySize":10240,"timeout":900,"packageType":"Image","code":{"imageUri":"x/y:1"}}"#,
        r#"{"functionName":"f"}"#,
        "created function id=f image=x/y:1",
    );
    check(
        "lambda",
        "AddPermission20150331v2",
        r#"{"functionName":"f","principal":"*","statementId":"s","action":"lambda:InvokeFunction"}"#,
        "null",
        "modified public_function_permission id=s parent=function:f",
    );
    let url = r#"{"functionName":"f","authType":"NONE"}"#;
    check("lambda", "CreateFunctionUrlConfig", url, "null", "created public_function_url parent=function:f");
    let signed = r#"{"functionName":"f","authType":"AWS_IAM"}"#;
    check("lambda", "CreateFunctionUrlConfig", signed, "null", "created function_url parent=function:f");
    let provisioned = r#"{"functionName":"f","provisionedConcurrentExecutions":1000}"#;
    check("lambda", "PutProvisionedConcurrencyConfig", provisioned, "null", "modified function id=f count=1000");
    check("cloudformation", "CreateStack", r#"{"stackName":"s"}"#, "null", "created stack id=s");
    let instances = r#"{"stackSetName":"s","accounts":["111122223333"],"regions":["us-east-1","eu-west-1"]}"#;
    let expected = "created stack id=us-east-1,eu-west-1 parent=stack_set:s";
    check("cloudformation", "CreateStackInstances", instances, "null", expected);
}

#[test]
fn neighbours_of_a_theft() {
    let key = r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"mallory","status":"Active"}}"#;
    let expected = "created access_key id=AKIAIOSFODNN7EXAMPLE parent=user:mallory";
    check("iam", "CreateAccessKey", "null", key, expected);
    check(
        "iam",
        "AttachUserPolicy",
        r#"{"userName":"mallory","policyArn":"arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"}"#,
        "null",
        "modified user id=mallory,arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3",
    );
    let profile = r#"{"userName":"mallory"}"#;
    check("iam", "CreateLoginProfile", profile, "null", "created login_profile id=mallory parent=user:mallory");
    let linked = r#"{"aWSServiceName":"autoscaling.amazonaws.com"}"#;
    check("iam", "CreateServiceLinkedRole", linked, "null", "created service_linked_role id=autoscaling.amazonaws.com");
    check(
        "servicequotas",
        "RequestServiceQuotaIncrease",
        r#"{"serviceCode":"ec2","quotaCode":"L-417A185B","desiredValue":192.0}"#,
        "null",
        "modified quota id=L-417A185B count=192 parent=service:ec2",
    );
    check("account", "EnableRegion", r#"{"RegionName":"ap-east-1"}"#, "null", "modified region id=ap-east-1");
    let inside = r#"{"groupId":"sg-1","ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"}]}}]}}"#;
    check("ec2", "AuthorizeSecurityGroupIngress", inside, "null", "modified security_group id=sg-1");
    check("cloudtrail", "StopLogging", r#"{"name":"t"}"#, "null", "stopped trail id=t");
    check("guardduty", "DeleteDetector", r#"{"detectorId":"d"}"#, "null", "deleted detector id=d");
    check(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        r#"{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"-1","ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#,
        r#"{"_return":true}"#,
        "modified public_security_group id=sg-1",
    );
}

#[test]
fn a_name_that_was_written_as_an_arn_is_kept_as_written() {
    let cluster = "arn:aws:ecs:us-east-1:111122223333:cluster/c";
    let (event, _) = read("ecs", "RunTask", &format!(r#"{{"cluster":"{cluster}"}}"#), "null");
    assert_eq!(event.compute.parent.as_deref(), Some("ecs_cluster:c"));
    assert_eq!(event.as_written, [(model::Field::Parent, cluster.into())]);
}

#[test]
fn what_is_cut_or_hostile_asks_for_nothing_and_breaks_nothing() {
    let cut = r#"{"omitted":true,"originalSize":300000,"reason":"requestParametersExceededMaximumSize"}"#;
    for (source, ask) in super::all() {
        let source = source.or(commands::named(ask.name)[0].source()).unwrap_or("iam.amazonaws.com");
        let service = source.strip_suffix(".amazonaws.com").unwrap();
        for side in ["null", "{}", cut, r#""text""#, "[[[]]]", "7", r#"{"XRequest":{"items":{"item":{}}}}"#] {
            let (event, unknowns) = read(service, ask.name, side, side);
            assert!(event.action.is_some() && event.count <= 1 && event.compute.max_count.is_none(), "{}", ask.name);
            let is_object = side.starts_with('{') || side == "null" || !ask.is_for_compute();
            assert_eq!(unknowns.is_empty(), is_object, "{} {side} {unknowns:?}", ask.name);
        }
    }
}

#[test]
fn numbers_that_are_none_are_said() {
    let group = |size: &str| {
        let request = format!(r#"{{"autoScalingGroupName":"g","minSize":{size},"maxSize":{size}}}"#);
        read("autoscaling", "CreateAutoScalingGroup", &request, "null")
    };
    let (event, unknowns) = group(r#""many""#);
    assert_eq!((event.count, event.compute.max_count), (0, None));
    assert_eq!(
        unknowns,
        [
            "count of `CreateAutoScalingGroup` is `many`, not a number",
            "size of `CreateAutoScalingGroup` is `many`, not a number"
        ]
    );
    assert_eq!(group("99999999999").0.count, u32::MAX);
}

/// Names that mean something to some path, and those that are looked through.
const NAMES: [&str; 14] = [
    "CreateFleetRequest",
    "containerDefinitions",
    "content",
    "cpu",
    "desiredCapacity",
    "instanceCount",
    "instanceGroups",
    "instances",
    "instancesSet",
    "item",
    "items",
    "key",
    "tag",
    "tags",
];

fn json() -> impl Strategy<Value = String> {
    let scalar = prop_oneof!["-?[1-9][0-9]{0,21}", "\"[ -!#-\\[\\]-~]{0,9}\"", Just("null".to_owned())];
    scalar.prop_recursive(6, 60, 4, |inner| {
        let member = (select(&NAMES[..]), inner.clone()).prop_map(|(name, value)| format!("\"{name}\":{value}"));
        prop_oneof![
            vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(","))),
            vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn no_request_breaks_the_reading(which: Index, request in json(), response in json()) {
        let asks: Vec<_> = super::all().collect();
        let (source, ask) = which.get(&asks);
        let service = source.unwrap_or("iam.amazonaws.com").strip_suffix(".amazonaws.com").unwrap();
        read(service, ask.name, &request, &response);
        read("autoscaling", "CreateAutoScalingGroup", &request, &response);
        read("ec2", "RunInstances", &request, &response);
    }
}
