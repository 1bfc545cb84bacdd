"""`services/<service>/buildspec.yml`: what CodeBuild does between the source and the deployment.

Variables that cloudformation/pipeline.yaml gives the build: REPOSITORY_URI, REPOSITORY_NAME. The image's tag is the
commit, because tags in the registry are immutable. What it hands on: image.json, whose ImageUri the deploy action takes by
ParameterOverrides. Reference: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html (2026-11-21).
"""

from toolkit.artefacts.text import Artefact, Line
from toolkit.artefacts.yaml import Value, render
from toolkit.plan.model import Plan

_PRE_BUILD = """\
IMAGE_TAG=$(echo "$CODEBUILD_RESOLVED_SOURCE_VERSION" | cut -c 1-12)
IMAGE_URI="$REPOSITORY_URI:$IMAGE_TAG"
aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}"
"""
# The same commit built again finds its image there: immutable tags would refuse a second push.
_BUILD = """\
if aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids imageTag="$IMAGE_TAG" > /dev/null 2>&1; then
  echo "$IMAGE_URI is built already"
else
  docker build --pull --file DOCKERFILE --tag "$IMAGE_URI" .
  docker push "$IMAGE_URI"
fi
"""
_POST_BUILD = """\
aws ecr wait image-scan-complete --repository-name "$REPOSITORY_NAME" --image-id imageTag="$IMAGE_TAG"
CRITICAL=$(aws ecr describe-image-scan-findings --repository-name "$REPOSITORY_NAME" \\
  --image-id imageTag="$IMAGE_TAG" --query imageScanFindings.findingSeverityCounts.CRITICAL --output text)
if [ "$CRITICAL" != None ] && [ "$CRITICAL" -gt 0 ]; then
  echo "$CRITICAL critical findings in $IMAGE_URI" >&2
  exit 1
fi
printf '{"ImageUri": "%s"}\\n' "$IMAGE_URI" > image.json
"""


def render_buildspecs(plan: Plan) -> tuple[Artefact, ...]:
    """One build specification for each service."""
    return tuple(_buildspec(name, plan) for name in plan.services)


def _buildspec(name: str, plan: Plan) -> Artefact:
    dockerfile = f"services/{plan.builder_of(name)}/Dockerfile"
    build = _BUILD.replace("DOCKERFILE", dockerfile)
    scripts = {"pre_build": _PRE_BUILD, "build": build, "post_build": _POST_BUILD}
    tree: Value = {
        "env": {"shell": "bash", "exported-variables": ["IMAGE_URI"]},
        # A phase is one script that stops at its first failure.
        "phases": {
            phase: {"on-failure": "ABORT", "commands": ["set -e\n" + script]} for phase, script in scripts.items()
        },
        "artifacts": {"files": ["image.json", f"services/{name}/ecs-service-config*.json", "cloudformation/*.yaml"]},
    }
    lines = (Line("version: 0.2"), *render(tree, key=f"services.{name}"))
    return Artefact(f"services/{name}/buildspec.yml", lines, "toolkit/artefacts/pipeline.py")
