"""`services/<service>/buildspec.yml`: what CodeBuild does between the source and the deployment.

Variables that cloudformation/pipeline.yaml gives the build: REPOSITORY_URI, REPOSITORY_NAME. The image's tag is the
commit, because tags in the registry are immutable. What it hands on: image.json, whose ImageUri the deploy action takes by
ParameterOverrides. Reference: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html (2026-11-21).
"""

from toolkit.artefacts.text import Artefact
from toolkit.artefacts.yaml import Node, render
from toolkit.plan.model import Plan

_PRE_BUILD = (
    "IMAGE_TAG=$(echo \"$CODEBUILD_RESOLVED_SOURCE_VERSION\" | cut -c 1-12)",
    'IMAGE_URI="$REPOSITORY_URI:$IMAGE_TAG"',
    'aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}"',
)
# The same commit built again finds its image there: immutable tags would refuse a second push.
_EXISTS = 'aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids imageTag="$IMAGE_TAG" > /dev/null 2>&1'
_SCAN_GATE = (
    'aws ecr wait image-scan-complete --repository-name "$REPOSITORY_NAME" --image-id imageTag="$IMAGE_TAG"',
    "CRITICAL=$(aws ecr describe-image-scan-findings --repository-name \"$REPOSITORY_NAME\" --image-id imageTag=\"$IMAGE_TAG\""
    " --query 'imageScanFindings.findingSeverityCounts.CRITICAL' --output text)",
    'if [ "$CRITICAL" != None ] && [ "$CRITICAL" -gt 0 ]; then echo "$CRITICAL critical findings in $IMAGE_URI"; exit 1; fi',
)


def render_buildspecs(plan: Plan) -> tuple[Artefact, ...]:
    """One build specification for each service."""
    return tuple(_buildspec(name, plan) for name in plan.services)


def _buildspec(name: str, plan: Plan) -> Artefact:
    directory = plan.images[plan.services[name].image].directory or "."
    build = f'docker build --pull --file services/{name}/Dockerfile --tag "$IMAGE_URI" {directory}'
    # One shell for all lines of a phase: variables set in one are read in the next.
    tree = {
        "version": Node(0.2) if False else "0.2",
        "env": {"shell": "bash", "exported-variables": ["IMAGE_URI"]},
        "phases": {
            "pre_build": {"on-failure": "ABORT", "commands": list(_PRE_BUILD)},
            "build": {
                "on-failure": "ABORT",
                "commands": [f'if {_EXISTS}; then echo "$IMAGE_URI is built already"; else {build} && docker push "$IMAGE_URI"; fi'],
            },
            "post_build": {
                "on-failure": "ABORT",
                "commands": [*_SCAN_GATE, 'printf \'{"ImageUri": "%s"}\\n\' "$IMAGE_URI" > image.json'],
            },
        },
        "artifacts": {"files": ["image.json", f"services/{name}/ecs-service-config*.json", "cloudformation/*.yaml"]},
    }
    return Artefact(f"services/{name}/buildspec.yml", render(tree, key=f"services.{name}"), "toolkit/artefacts/pipeline.py")
