"""Are names that CloudFormation only makes at deployment short enough for AWS, in every environment?"""

from collections.abc import Iterator

from toolkit.check.output import Output, place, properties
from toolkit.findings import Evidence, Finding, Severity

# Type, property: most characters. Each from the property's page in
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html, stack names from
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (reviewed: "2026-11-21")
LIMITS = {
    ("AWS::CloudWatch::Alarm", "AlarmName"): 255,
    ("AWS::CloudWatch::Dashboard", "DashboardName"): 255,
    ("AWS::CodeBuild::Project", "Name"): 150,
    ("AWS::CodePipeline::Pipeline", "Name"): 100,
    ("AWS::ECR::Repository", "RepositoryName"): 256,
    ("AWS::ECS::Cluster", "ClusterName"): 255,
    ("AWS::ECS::Service", "ServiceName"): 255,
    ("AWS::ECS::TaskDefinition", "Family"): 255,
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"): 40,
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"): 32,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name"): 32,
    ("AWS::Events::Rule", "Name"): 64,
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"): 128,
    ("AWS::IAM::Role", "RoleName"): 64,
    ("AWS::KMS::Alias", "AliasName"): 256,
    ("AWS::Logs::LogGroup", "LogGroupName"): 512,
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"): 63,
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier"): 63,
    ("AWS::S3::Bucket", "BucketName"): 63,
    ("AWS::SNS::Topic", "TopicName"): 256,
    ("AWS::SQS::Queue", "QueueName"): 80,
    ("AWS::Scheduler::Schedule", "Name"): 64,
    ("AWS::SecretsManager::Secret", "Name"): 512,
    ("AWS::WAFv2::WebACL", "Name"): 128,
}
_STACK_NAME = 128
# As long as they get: https://docs.aws.amazon.com/general/latest/gr/rande.html (reviewed: "2026-11-21")
_PSEUDO_PARAMETERS = {"AWS::AccountId": "0" * 12, "AWS::Region": "ap-southeast-1"}


def check(output: Output) -> Iterator[Finding]:
    """Findings RP116, once for a name that is too long in several environments."""
    for environment, stacks in output.environments.items():
        for stack in stacks:
            if len(stack.name) > _STACK_NAME:
                yield _too_long(stack.name, "a stack", _STACK_NAME, Evidence(f"cloudformation/{environment}.json"))
            for resource in stack.template.resources.values():
                for name, value in properties(resource).items():
                    limit = LIMITS.get((str(resource.get("Type")), str(name)), 0)
                    for made in (
                        stack.template.names((value,), {**_PSEUDO_PARAMETERS, **stack.parameters}) if limit else ()
                    ):
                        if len(made) > limit:
                            yield _too_long(
                                made, f"{name} of {resource['Type']}", limit, place(stack.template.path, resource)
                            )


def _too_long(name: str, what: str, limit: int, where: Evidence) -> Finding:
    return Finding(
        "RP116",
        Severity.ERROR,
        f"{name} has {len(name)} characters, and {what} allows {limit}",
        (where,),
        "choose a shorter application or service name in replatform.yaml",
    )
