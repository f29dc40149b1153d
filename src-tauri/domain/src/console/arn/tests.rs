use std::collections::BTreeSet;

use super::*;

fn url(arn: &str) -> String {
    url_in(arn, "eu-west-1")
}

/// Where the ARN names no region, in this one.
fn url_in(arn: &str, region: &str) -> String {
    let arn = Arn::parse(arn).unwrap();
    let region = Region::parse(region).unwrap();
    let region = arn.region.clone().unwrap_or(region);
    let account = AccountId::parse("111122223333").unwrap();
    arn.page(&region, &account).map_or_else(String::new, |page| page.url)
}

#[test]
fn an_arn_tells_service_region_and_account() {
    let check = |arn: &str, service: &str, region: Option<&str>, account: Option<&str>, resource: &str| {
        let read = Arn::parse(arn).unwrap();
        let region_and_account =
            (read.region.as_ref().map(Region::as_str), read.account_id.as_ref().map(AccountId::as_str));
        assert_eq!((read.service.as_str(), region_and_account), (service, (region, account)), "{arn}");
        assert_eq!(read.resource, resource, "{arn}");
    };
    let account = Some("111122223333");
    check(
        "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
        "ec2",
        Some("eu-west-1"),
        account,
        "instance/i-1",
    );
    check("arn:aws-us-gov:sqs:us-gov-west-1:111122223333:a:b", "sqs", Some("us-gov-west-1"), account, "a:b");
    check("arn:aws:s3:::bucket/key:1", "s3", None, None, "bucket/key:1");
    check("arn:aws:iam::111122223333:role/x", "iam", None, account, "role/x");
    check("arn:aws:iam::aws:policy/ReadOnlyAccess", "iam", None, None, "policy/ReadOnlyAccess");
    for bad in [
        "",
        "arn:aws:s3",
        "urn:aws:s3:::x",
        "arn:aws:ec2:mars:111122223333:x",
        "arn:aws:ec2::12:x",
        "arn:aws:::x:",
        "arn:mars:s3:::x",
        &format!("arn:aws:s3:::{}", "x".repeat(3000)),
    ] {
        assert!(Arn::parse(bad).is_err(), "{bad}");
    }
    let stray = Arn::parse("arn:aws:ec2:cn-north-1:111122223333:instance/i-1").unwrap_err();
    assert_eq!(stray.0, "the region cn-north-1 is of the partition aws-cn, and the ARN is of aws");
}

#[test]
fn prefix_and_partition_count_in_any_case() {
    let shouted = Arn::parse("ARN:AWS-CN:sns:cn-north-1:111122223333:Orders").unwrap();
    assert_eq!(shouted, Arn::parse("arn:aws-cn:sns:cn-north-1:111122223333:Orders").unwrap());
    assert_eq!(shouted.text, "arn:aws-cn:sns:cn-north-1:111122223333:Orders");
}

/// Service, resource (after region and account, if it begins with `::`), and its page, with `R` for the region or `*`
/// where it is the same in all.
const PAGES: &[(&str, &str, &str)] = &[
    ("acm", "certificate/0f-1", "R/acm/home?region=R#/certificates/0f-1"),
    ("airflow", "environment/prod", "R/mwaa/home?region=R#environments/prod"),
    ("amplify", "apps/d1", "R/amplify/home?region=R#/d1"),
    ("apprunner", "service/web/8f", "R/apprunner/home?region=R#/services/dashboard?service_arn=ARN%"),
    ("appsync", "apis/abc", "R/appsync/home?region=R#/abc/v1/home"),
    ("athena", "workgroup/primary", "R/athena/home?region=R#/workgroups/details/primary"),
    (
        "autoscaling",
        "autoScalingGroup:1-2:autoScalingGroupName/web asg",
        "R/ec2/home?region=R#AutoScalingGroupDetails:id=web%20asg;view=details",
    ),
    ("backup", "backup-plan:1-2", "R/backup/home?region=R#/backupplan/details/1-2"),
    ("backup", "backup-vault:main", "R/backup/home?region=R#/backupvaults/details/main"),
    ("batch", "job-queue/q", "R/batch/home?region=R#queues/detail/ARN"),
    ("batch", "job-definition/d:3", "R/batch/home?region=R#job-definition/detail/ARN"),
    ("batch", "job/1-2", "R/batch/home?region=R#jobs/detail/1-2"),
    ("cloudformation", "stack/web/1-2", "R/cloudformation/home?region=R#/stacks/stackinfo?stackId=ARN%"),
    ("cloudfront", "distribution/E1", "*/cloudfront/v4/home#/distributions/E1"),
    ("cloudtrail", "trail/main", "R/cloudtrail/home?region=R#/trails/ARN"),
    ("cloudwatch", "alarm:cpu: high/low", "R/cloudwatch/home?region=R#alarmsV2:alarm/cpu%3A%20high%2Flow"),
    ("cloudwatch", "dashboard/main", "R/cloudwatch/home?region=R#dashboards/dashboard/main"),
    ("codeartifact", "repository/d/r", "R/codesuite/codeartifact/d/111122223333/d/r/r?region=R"),
    (
        "codebuild",
        "build/web:1-2",
        "R/codesuite/codebuild/111122223333/projects/web/build/web%3A1-2/?region=R",
    ),
    ("codebuild", "project/web", "R/codesuite/codebuild/111122223333/projects/web/history?region=R"),
    ("codecommit", "web", "R/codesuite/codecommit/repositories/web/browse?region=R"),
    ("codedeploy", "application:web", "R/codesuite/codedeploy/applications/web?region=R"),
    (
        "codeconnections",
        "connection/1-2",
        "R/codesuite/settings/111122223333/R/codeconnections/connections/1-2?region=R",
    ),
    (
        "codestar-connections",
        "connection/1-2",
        "R/codesuite/settings/111122223333/R/codestar-connections/connections/1-2?region=R",
    ),
    (
        "codedeploy",
        "deploymentgroup:web/prod",
        "R/codesuite/codedeploy/applications/web/deployment-groups/prod?region=R",
    ),
    ("codepipeline", "web", "R/codesuite/codepipeline/pipelines/web/view?region=R"),
    ("cognito-idp", "userpool/R_a1", "R/cognito/v2/idp/user-pools/R_a1/users?region=R"),
    ("datasync", "task/task-1", "R/datasync/home?region=R#/tasks/task-1"),
    ("dynamodb", "table/orders", "R/dynamodbv2/home?region=R#table?name=orders"),
    ("dynamodb", "table/orders/index/by-day", "R/dynamodbv2/home?region=R#table?name=orders"),
    (
        "dynamodb",
        "table/orders/stream/2026-01-01T00:00:00.000",
        "R/dynamodbv2/home?region=R#table?name=orders",
    ),
    (
        "ec2",
        "client-vpn-endpoint/cvpn-1",
        "R/vpcconsole/home?region=R#ClientVPNEndpointDetails:clientVpnEndpointId=cvpn-1",
    ),
    ("ec2", "customer-gateway/cgw-1", "R/vpcconsole/home?region=R#CustomerGateways:CustomerGatewayId=cgw-1"),
    ("ec2", "dhcp-options/dopt-1", "R/vpcconsole/home?region=R#DhcpOptionsDetails:DhcpOptionsId=dopt-1"),
    (
        "ec2",
        "egress-only-internet-gateway/eigw-1",
        "R/vpcconsole/home?region=R#EgressOnlyInternetGateways:search=eigw-1",
    ),
    ("ec2", "elastic-ip/eipalloc-1", "R/ec2/home?region=R#ElasticIpDetails:AllocationId=eipalloc-1"),
    ("ec2", "image/ami-1", "R/ec2/home?region=R#ImageDetails:imageId=ami-1"),
    ("ec2", "instance/i-1", "R/ec2/home?region=R#InstanceDetails:instanceId=i-1"),
    ("ec2", "internet-gateway/igw-1", "R/vpcconsole/home?region=R#InternetGateway:internetGatewayId=igw-1"),
    ("ec2", "key-pair/key-1", "R/ec2/home?region=R#KeyPairs:search=key-1"),
    ("ec2", "launch-template/lt-1", "R/ec2/home?region=R#LaunchTemplateDetails:launchTemplateId=lt-1"),
    ("ec2", "natgateway/nat-1", "R/vpcconsole/home?region=R#NatGatewayDetails:natGatewayId=nat-1"),
    ("ec2", "network-acl/acl-1", "R/vpcconsole/home?region=R#NetworkAclDetails:networkAclId=acl-1"),
    ("ec2", "network-interface/eni-1", "R/ec2/home?region=R#NetworkInterface:networkInterfaceId=eni-1"),
    ("ec2", "placement-group/fast", "R/ec2/home?region=R#PlacementGroups:"),
    ("ec2", "prefix-list/pl-1", "R/vpcconsole/home?region=R#PrefixListDetails:prefixListId=pl-1"),
    ("ec2", "route-table/rtb-1", "R/vpcconsole/home?region=R#RouteTableDetails:RouteTableId=rtb-1"),
    ("ec2", "security-group/sg-1", "R/ec2/home?region=R#SecurityGroup:groupId=sg-1"),
    ("ec2", "snapshot/snap-1", "R/ec2/home?region=R#SnapshotDetails:snapshotId=snap-1"),
    ("ec2", "subnet/subnet-1", "R/vpcconsole/home?region=R#SubnetDetails:subnetId=subnet-1"),
    (
        "ec2",
        "transit-gateway/tgw-1",
        "R/vpcconsole/home?region=R#TransitGatewayDetails:transitGatewayId=tgw-1",
    ),
    ("ec2", "traffic-mirror-filter/tmf-1", "R/vpcconsole/home?region=R#TrafficMirrorFilters:"),
    ("ec2", "traffic-mirror-session/tms-1", "R/vpcconsole/home?region=R#TrafficMirrorSessions:"),
    ("ec2", "traffic-mirror-target/tmt-1", "R/vpcconsole/home?region=R#TrafficMirrorTargets:"),
    (
        "ec2",
        "transit-gateway-attachment/tgw-attach-1",
        "R/vpcconsole/home?region=R#TransitGatewayAttachmentDetails:transitGatewayAttachmentId=tgw-attach-1",
    ),
    (
        "ec2",
        "transit-gateway-route-table/tgw-rtb-1",
        "R/vpcconsole/home?region=R#TransitGatewayRouteTables:transitGatewayRouteTableId=tgw-rtb-1",
    ),
    ("ec2", "volume/vol-1", "R/ec2/home?region=R#VolumeDetails:volumeId=vol-1"),
    ("ec2", "vpc-endpoint/vpce-1", "R/vpcconsole/home?region=R#EndpointDetails:vpcEndpointId=vpce-1"),
    (
        "ec2",
        "vpc-peering-connection/pcx-1",
        "R/vpcconsole/home?region=R#PeeringConnectionDetails:VpcPeeringConnectionId=pcx-1",
    ),
    ("ec2", "vpc-endpoint-service/vpce-svc-1", "R/vpcconsole/home?region=R#EndpointServices:"),
    ("ec2", "vpc-flow-log/fl-1", "R/vpcconsole/home?region=R#vpcs:"),
    ("ec2", "vpn-connection/vpn-1", "R/vpcconsole/home?region=R#VpnConnectionDetails:VpnConnectionId=vpn-1"),
    ("ec2", "vpn-gateway/vgw-1", "R/vpcconsole/home?region=R#VpnGateways:VpnGatewayId=vgw-1"),
    ("ec2", "vpc/vpc-1", "R/vpcconsole/home?region=R#VpcDetails:VpcId=vpc-1"),
    ("ecr", "repository/team/app", "R/ecr/repositories/private/111122223333/team/app?region=R"),
    ("ecr-public", "repository/team/app", "R/ecr/repositories/public/111122223333/team/app?region=R"),
    (
        "ecs",
        "container-instance/prod/0af",
        "R/ecs/v2/clusters/prod/infrastructure/container-instances/0af?region=R",
    ),
    ("ecs", "cluster/prod", "R/ecs/v2/clusters/prod/services?region=R"),
    ("ecs", "service/prod/web", "R/ecs/v2/clusters/prod/services/web/health?region=R"),
    ("ecs", "task-definition/web:7", "R/ecs/v2/task-definitions/web/7/containers?region=R"),
    ("ecs", "task/prod/0af", "R/ecs/v2/clusters/prod/tasks/0af/configuration?region=R"),
    ("eks", "addon/prod/vpc-cni/1-2", "R/eks/home?region=R#/clusters/prod?selectedTab=cluster-add-ons-tab"),
    (
        "eks",
        "fargateprofile/prod/batch/1-2",
        "R/eks/home?region=R#/clusters/prod?selectedTab=cluster-compute-tab",
    ),
    ("eks", "cluster/prod", "R/eks/home?region=R#/clusters/prod"),
    ("eks", "nodegroup/prod/workers/1-2", "R/eks/home?region=R#/clusters/prod/nodegroups/workers"),
    ("elasticache", "cluster:cache-001", "R/elasticache/home?region=R#/redis"),
    ("elasticache", "replicationgroup:cache", "R/elasticache/home?region=R#/redis/cache"),
    (
        "elasticbeanstalk",
        "application/web",
        "R/elasticbeanstalk/home?region=R#/application/overview?applicationName=web",
    ),
    (
        "elasticbeanstalk",
        "environment/web/prod",
        "R/elasticbeanstalk/home?region=R#/application/overview?applicationName=web",
    ),
    ("elasticfilesystem", "access-point/fsap-1", "R/efs/home?region=R#/access-points/fsap-1"),
    ("elasticfilesystem", "file-system/fs-1", "R/efs/home?region=R#/file-systems/fs-1"),
    (
        "elasticloadbalancing",
        "loadbalancer/app/web/50d",
        "R/ec2/home?region=R#LoadBalancer:loadBalancerArn=ARN",
    ),
    (
        "elasticloadbalancing",
        "loadbalancer/net/web/50d",
        "R/ec2/home?region=R#LoadBalancer:loadBalancerArn=ARN",
    ),
    ("elasticloadbalancing", "listener/app/web/50d/f2f", "R/ec2/home?region=R#ELBListenerV2:listenerArn=ARN"),
    ("elasticloadbalancing", "loadbalancer/classic", "R/ec2/home?region=R#LoadBalancers:search=classic"),
    ("elasticloadbalancing", "targetgroup/web/6d0", "R/ec2/home?region=R#TargetGroup:targetGroupArn=ARN"),
    ("elasticmapreduce", "cluster/j-1", "R/emr/home?region=R#/clusterDetails/j-1"),
    ("es", "domain/search", "R/aos/home?region=R#opensearch/domains/search"),
    ("events", "event-bus/orders", "R/events/home?region=R#/eventbus/orders"),
    ("events", "rule/nightly", "R/events/home?region=R#/eventbus/default/rules/nightly"),
    ("events", "rule/orders/paid", "R/events/home?region=R#/eventbus/orders/rules/paid"),
    ("firehose", "deliverystream/logs", "R/firehose/home?region=R#/details/logs/monitoring"),
    ("fsx", "file-system/fs-1", "R/fsx/home?region=R#file-system-details/fs-1"),
    ("glue", "crawler/c", "R/glue/home?region=R#/v2/data-catalog/crawlers/view/c"),
    ("glue", "database/d", "R/glue/home?region=R#/v2/data-catalog/databases/view/d"),
    ("glue", "job/j", "R/gluestudio/home?region=R#/editor/job/j/script"),
    ("glue", "table/d/t", "R/glue/home?region=R#/v2/data-catalog/tables/view/t?database=d"),
    ("guardduty", "detector/12ab", "R/guardduty/home?region=R#/settings"),
    ("guardduty", "detector/12ab/finding/34", "R/guardduty/home?region=R#/findings?search=id%3D34"),
    ("iam", "group/Admins", "*/iam/home#/groups/details/Admins"),
    ("iam", "instance-profile/team/web", "*/iam/home#/roles"),
    ("iam", "policy/team/Deploy", "*/iam/home#/policies/details/ARN%"),
    ("iam", "role/service-role/lambda", "*/iam/home#/roles/details/lambda"),
    ("iam", "user/jo@example.com", "*/iam/home#/users/details/jo%40example.com"),
    ("iam", "root", "R/console/home?region=R"),
    (
        "iam",
        "oidc-provider/token.actions.githubusercontent.com",
        "*/iam/home#/identity_providers/details/OPENID/ARN%",
    ),
    ("kafka", "cluster/events/1-2", "R/msk/home?region=R#/cluster/ARN/view"),
    ("kinesis", "stream/clicks", "R/kinesis/home?region=R#/streams/details/clicks/monitoring"),
    ("kms", "alias/aws/s3", "R/kms/home?region=R#/kms/defaultKeys"),
    ("kms", "alias/team/main", "R/kms/home?region=R#/kms/keys"),
    ("kms", "key/1234-ab", "R/kms/home?region=R#/kms/keys/1234-ab"),
    ("lambda", "function:orders", "R/lambda/home?region=R#/functions/orders"),
    ("lambda", "function:orders:$LATEST", "R/lambda/home?region=R#/functions/orders"),
    ("lambda", "function:orders:12", "R/lambda/home?region=R#/functions/orders/versions/12"),
    ("lambda", "function:orders:live", "R/lambda/home?region=R#/functions/orders/aliases/live"),
    ("lambda", "layer:deps:3", "R/lambda/home?region=R#/layers/deps/versions/3"),
    (
        "logs",
        "log-group:/aws/lambda/orders:*",
        "R/cloudwatch/home?region=R#logsV2:log-groups/log-group/$252Faws$252Flambda$252Forders",
    ),
    ("logs", "log-group:/a/b#c", "R/cloudwatch/home?region=R#logsV2:log-groups/log-group/$252Fa$252Fb$2523c"),
    (
        "logs",
        "log-group:/a:log-stream:2026/01/01/[$LATEST]0f",
        "R/cloudwatch/home?region=R#logsV2:log-groups/log-group/$252Fa/log-events/2026$252F01$252F01$252F$255B$2524LATEST$255D0f",
    ),
    ("mq", "broker:b:b-1", "R/amazon-mq/home?region=R#/brokers/details?id=b-1"),
    ("organizations", "account/o-1/444455556666", "*/organizations/v2/home/accounts/444455556666"),
    ("organizations", "ou/o-1/ou-1", "*/organizations/v2/home/organizational-units/ou-1"),
    ("pipes", "pipe/orders", "R/events/home?region=R#/pipes"),
    ("rds", "cluster-pg:main", "R/rds/home?region=R#parameter-group-details:parameter-group-name=main"),
    ("rds", "og:main", "R/rds/home?region=R#option-groups-list:"),
    ("rds", "pg:main", "R/rds/home?region=R#parameter-group-details:parameter-group-name=main"),
    ("rds", "cluster:main", "R/rds/home?region=R#database:id=main;is-cluster=true"),
    ("rds", "db:main-1", "R/rds/home?region=R#database:id=main-1;is-cluster=false"),
    ("rds", "snapshot:rds:main-1-2026", "R/rds/home?region=R#db-snapshot:id=rds%3Amain-1-2026"),
    ("rds", "cluster-snapshot:s", "R/rds/home?region=R#db-snapshot:id=s"),
    ("rds", "subgrp:private", "R/rds/home?region=R#db-subnet-group:id=private"),
    ("redshift", "cluster:dw", "R/redshiftv2/home?region=R#cluster-details?cluster=dw"),
    ("route53", "hostedzone/Z1", "*/route53/v2/hostedzones#ListRecordSets/Z1"),
    ("s3", "::bucket.name", "R/s3/buckets/bucket.name"),
    ("s3", "::bucket/*", "R/s3/buckets/bucket"),
    ("s3", "::bucket/a b/", "R/s3/buckets/bucket?prefix=a%20b%2F"),
    ("s3", "::bucket/a/b/*", "R/s3/buckets/bucket?prefix=a%2Fb%2F"),
    ("s3", "::bucket/a/b+c&d.txt", "R/s3/object/bucket?prefix=a%2Fb%2Bc%26d.txt"),
    ("s3", "::accesspoint/logs", "R/s3/object/accesspoint?prefix=logs"),
    ("s3", "accesspoint/logs", "R/s3/ap/111122223333/logs?region=R"),
    ("s3", "accesspoint/m1.mrap", "R/s3/home?region=R"),
    ("s3", "accesspoint/logs/object/a/b", "R/s3/ap/111122223333/logs?region=R"),
    ("s3", "job/1-2", "R/s3/jobs/1-2?region=R"),
    ("s3", "storage-lens/main", "R/s3/lens/dashboard/main?region=R"),
    ("s3-object-lambda", "accesspoint/small", "R/s3/olap/111122223333/small?region=R"),
    ("s3express", "bucket/b--use1-az4--x-s3", "R/s3/buckets/b--use1-az4--x-s3?region=R&bucketType=directory"),
    ("sagemaker", "endpoint/e", "R/sagemaker/home?region=R#/endpoints/e"),
    ("sagemaker", "training-job/t", "R/sagemaker/home?region=R#/jobs/t"),
    ("scheduler", "schedule/default/nightly", "R/scheduler/home?region=R#schedules/default/nightly"),
    ("secretsmanager", "secret:prod/db-AbCdEf", "R/secretsmanager/secret?name=prod%2Fdb&region=R"),
    ("ses", "identity/example.com", "R/ses/home?region=R#/verified-identities/example.com"),
    ("sns", "orders", "R/sns/v3/home?region=R#/topic/ARN"),
    ("sns", "orders:1-2", "R/sns/v3/home?region=R#/subscription/ARN"),
    ("ssm", "document/Setup", "R/systems-manager/documents/Setup/description?region=R"),
    ("ssm", "parameter/plain", "R/systems-manager/parameters/plain/description?region=R"),
    (
        "ssm",
        "parameter/prod/db url",
        "R/systems-manager/parameters/%252Fprod%252Fdb%2520url/description?region=R",
    ),
    ("states", "stateMachine:orders", "R/states/home?region=R#/statemachines/view/ARN%"),
    (
        "states",
        "stateMachine:orders:12",
        "R/states/home?region=R#/statemachines/view/BASE%stateMachine%3Aorders",
    ),
    ("states", "execution:orders:1-2", "R/states/home?region=R#/v2/executions/details/ARN"),
    ("sts", "assumed-role/Deploy/me@example.com", "*/iam/home#/roles/details/Deploy"),
    ("synthetics", "canary:home", "R/cloudwatch/home?region=R#synthetics:canary/detail/home"),
    ("transfer", "server/s-1", "R/transfer/home?region=R#/servers/s-1"),
    ("wafv2", "regional/webacl/web/1-2", "*/wafv2/homev2/web-acl/web/1-2/overview?region=R"),
    ("wafv2", "global/webacl/cdn/1-2", "*/wafv2/homev2/web-acl/cdn/1-2/overview?region=global"),
];

#[test]
fn resources_have_their_own_pages_in_every_partition() {
    assert!(PAGES.len() >= 60);
    for (partition, region, host) in [
        ("aws", "eu-west-1", "console.aws.amazon.com"),
        ("aws-us-gov", "us-gov-west-1", "console.amazonaws-us-gov.com"),
        ("aws-cn", "cn-north-1", "console.amazonaws.cn"),
        ("aws-eusc", "eusc-de-east-1", "console.amazonaws-eusc.eu"),
    ] {
        for (service, resource, page) in PAGES {
            let resource = resource.replace("R_", &format!("{region}_"));
            let base = format!("arn:{partition}:{service}:{region}:111122223333:");
            let arn = match resource.strip_prefix("::") {
                Some(resource) => format!("arn:{partition}:{service}:::{resource}"),
                None => format!("{base}{resource}"),
            };
            let page = page.strip_prefix("*/").map_or_else(
                || format!("{region}.{host}{}", page.strip_prefix('R').unwrap()),
                |page| format!("{host}/{page}"),
            );
            let page = page
                .replace("=R", &format!("={region}"))
                .replace("/R_", &format!("/{region}_"))
                .replace("/R/", &format!("/{region}/"))
                .replace("BASE%", &percent(&base, ""))
                .replace("ARN%", &percent(&arn, ""))
                .replace("ARN", &arn);
            assert_eq!(url_in(&arn, region), format!("https://{page}"), "{arn}");
        }
    }
}

#[test]
fn queues_and_apis_have_pages_too() {
    assert_eq!(
        url("arn:aws-cn:sqs:cn-north-1:111122223333:orders.fifo"),
        "https://cn-north-1.console.amazonaws.cn/sqs/v3/home?region=cn-north-1#/queues/https%3A%2F%2Fsqs.cn-north-1.amazonaws.com.cn%2F111122223333%2Forders.fifo"
    );
    let api = "https://eu-west-1.console.aws.amazon.com/apigateway/main";
    assert_eq!(
        url("arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod"),
        format!("{api}/apis/a1/resources?api=a1&region=eu-west-1")
    );
    for resource in ["/apis/b2", "/apis/b2/stages/$default"] {
        assert_eq!(
            url(&format!("arn:aws:apigateway:eu-west-1::{resource}")),
            format!("{api}/api-detail?api=b2&region=eu-west-1")
        );
    }
}

#[test]
fn what_is_not_known_has_no_page_of_its_own() {
    for arn in [
        "arn:aws:kms:eu-west-1:111122223333:wibble/x",
        "arn:aws:s3:eu-west-1:111122223333:bucket/key",
        "arn:aws:s3:eu-west-1::bucket",
        "arn:aws:ec2:eu-west-1:111122223333:wibble/w-1",
        "arn:aws:ec2:eu-west-1:111122223333:instance/i-1/x",
        "arn:aws:wibble:eu-west-1:111122223333:thing/1",
        "arn:aws:lambda:eu-west-1:111122223333:function:",
        "arn:aws:iam::111122223333:role/",
    ] {
        assert_eq!(url(arn), "", "{arn}");
    }
}

#[test]
fn nothing_in_an_arn_leaves_its_place_in_the_page() {
    let page = url("arn:aws:ec2:eu-west-1:111122223333:instance/i-1?x=&#\"<>@evil.com");
    assert_eq!(
        page,
        "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-1%3Fx%3D%26%23%22%3C%3E%40evil.com"
    );
}

#[test]
fn every_line_of_the_table_is_sound() {
    let (mut seen, mut before) = (BTreeSet::new(), "");
    for line in pages::lines(RESOURCES) {
        let [service, resource, title, scope, page] = line[..] else {
            panic!("{line:?} has not five columns")
        };
        assert!(before <= service, "{service} is not in order");
        before = service;
        assert!(seen.insert((service, resource)), "{service} {resource} is there twice");
        assert!(Scope::parse(scope).is_some(), "{service}: {scope}");
        assert!(pages::service(service).is_some(), "{service} has no page");
        assert!(!page.starts_with('/') && !title.is_empty(), "{service} {resource}");
        let named = |name: &str| {
            let given = ["region", "account", "partition", "suffix", "arn"].contains(&name);
            given
                || ["", "/", "*", "#", "<", "~"]
                    .iter()
                    .any(|kind| resource.contains(&format!("{{{name}{kind}}}")))
        };
        for template in [title, page] {
            let filled = filled(template, &|name, form| {
                assert!(named(name), "{service} {resource}: {name}");
                assert!(["", "raw", "again", "twice"].contains(&form), "{service} {resource}: {form}");
                Some("x".to_owned())
            });
            assert!(filled.is_some_and(|text| !text.contains(['{', '}', ' ']) || template == title));
        }
    }
}

#[test]
fn a_long_one_is_read_in_time() {
    let long = "a:/".repeat(660);
    for service in ["logs", "s3", "iam", "secretsmanager", "rds"] {
        for kind in ["log-group:", "", "role/", "secret:", "snapshot:"] {
            url(&format!("arn:aws:{service}:eu-west-1:111122223333:{kind}{long}"));
        }
    }
}
