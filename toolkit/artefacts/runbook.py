"""The end of REPLATFORM.md: secrets to set, and what to do next, in order, as commands that work as they stand."""

import textwrap
from collections.abc import Collection, Iterator

from toolkit.artefacts.bindings import EXPORTS, has_own_secret
from toolkit.artefacts.values import Setting, release_service, settings
from toolkit.plan.model import Plan

_FUNCTIONS = r"""
exported() { # NAME: what a stack of this environment exports
  aws cloudformation list-exports --query "Exports[?Name=='$application-$environment-$1'].Value" --output text
}
run() ( # NAME: runs the task definition that is exported by this name, and prints its exit code
  set -euo pipefail
  cluster=$(exported ClusterName)
  network="awsvpcConfiguration={subnets=[$(exported PrivateSubnetIds)],securityGroups=[$(exported TasksSecurityGroupId)]}"
  task=$(aws ecs run-task --cluster "$cluster" --launch-type FARGATE --task-definition "$(exported "$1")" \
    --network-configuration "$network" --query 'tasks[0].taskArn' --output text)
  aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task"
  aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --query 'tasks[0].containers[0].exitCode' --output text
)""".strip()
# For those who have the files and not this program.
_WITHOUT_US = r"""
deploy() ( # NAME [PARAMETER=VALUE ...]: one stack of cloudformation/<environment>.json
  set -euo pipefail
  stack=$(jq --arg name "$1" '.[$name]' "cloudformation/$environment.json")
  configuration=$(jq -r '.TemplateConfiguration // empty' <<< "$stack")
  if [ -n "$configuration" ]; then stack=$(jq --slurpfile more "$configuration" '. + $more[0]' <<< "$stack"); fi
  mapfile -t parameters < <(jq -r '.Parameters | to_entries[] | "\(.key)=\(.value)"' <<< "$stack")
  mapfile -t tags < <(jq -r '.Tags | to_entries[] | "\(.key)=\(.value)"' <<< "$stack")
  aws cloudformation deploy --no-fail-on-empty-changeset --capabilities CAPABILITY_NAMED_IAM \
    --stack-name "$(jq -r .StackName <<< "$stack")" --template-file "$(jq -r .Template <<< "$stack")" \
    --parameter-overrides "${parameters[@]}" "${@:2}" --tags "${tags[@]}"
)
""".strip()


def operators_secrets(plan: Plan) -> dict[str, Setting]:
    """Secrets that only people know: not generated, and not put together from what our stacks tell."""
    found = {setting.name: setting for name in plan.services for setting in settings(plan, name)}
    return {name: setting for name, setting in found.items() if has_own_secret(setting) and not _made_here(setting)}


def _made_here(setting: Setting) -> bool:
    places = setting.placeholders
    told = all(place.datastore == "database" or (place.datastore, place.piece) in EXPORTS for place in places)
    return setting.variable.generate or (bool(places) and told)


def render_secrets(plan: Plan) -> Iterator[str]:
    """A command for each secret; it asks for the value, so that none stands in a file or in the shell's history."""
    secrets = operators_secrets(plan)
    if not secrets:
        yield "None: every secret is generated, or comes from the database's own secret."
        return
    yield "In each environment, after its foundations are deployed (below). Each command waits for the value, which is not echoed."
    yield ""
    yield "```bash"
    yield f"application={plan.application} environment=development # then test, then production"
    for name in secrets:
        yield f'IFS= read -rsp "{name}: " value && aws secretsmanager put-secret-value \\'
        yield f'  --secret-id "$application/$environment/{name}" --secret-string "$value"; unset value'
    yield "```"


def render_steps(plan: Plan, paths: Collection[str]) -> Iterator[str]:
    """The way into production, environment by environment. `paths` are the files that were written."""
    templates = {
        path.removeprefix("cloudformation/").removesuffix(".yaml")
        for path in paths
        if path.startswith("cloudformation/")
    }
    yield from _review()
    yield from _foundations(plan, templates)
    yield from _first_release(plan)
    if plan.migration:
        yield from _migration()
        yield from _cut_over()
    yield from _pipelines(plan)
    yield ""
    yield from _without_us(plan)


def _review() -> Iterator[str]:
    yield "1. **Review.** Answer the questions above in `replatform.yaml`, then `replatform generate replatform.yaml`."
    yield "   Put these files beside the source, under version control."
    yield "2. **Try it on one machine**: `docker compose up --build`."


def _foundations(plan: Plan, templates: Collection[str]) -> Iterator[str]:
    if plan.platform:
        yield f"   This application is one of several on the platform {plan.platform.name}, which is deployed before: its folder's"
        yield "   PLATFORM.md says how. Network, cluster, listener and certificate are the platform's."
    yield "3. **Deploy the foundations**, first in development, then in test and production, in a shell (bash) with"
    if plan.platform:
        yield "   the AWS CLI and docker, in this folder."
    else:
        yield "   the AWS CLI and docker, in this folder. Outside development, the load balancer needs a certificate:"
        yield "   `environments.production.certificate` in `replatform.yaml`, beside `account` and `region`."
    yield "   `replatform deploy` shows every change before it is made, asks, and refuses to replace data; it can be run again at any time."
    yield ""
    yield "   ```bash"
    yield from _indented([f"application={plan.application} environment=development", *_FUNCTIONS.splitlines(), ""])
    databases = [name for name in ("database", "platform-database") if name in templates]
    parts = [
        *(["platform"] if plan.platform else ["network"]),
        *(f"registry-{service}" for service in plan.services),
        *(["cluster"] if "cluster" in templates else []),
        *databases,
        *(["database-setup"] if databases else []),
        *(name for name in ("cache", "secrets") if name in templates),
        *(f"queue-{name}" for name in plan.queues),
    ]
    yield from _indented(_deployed(parts))
    if databases:
        yield "   run DatabaseSetupTaskDefinitionArn # must print 0"
    yield "   ```"
    yield ""


def _deployed(parts: Collection[str]) -> Iterator[str]:
    """One command for several stacks, in lines that people can read."""
    text = " ".join(['replatform deploy "$environment"', *(f"--only {part}" for part in parts)])
    rows = textwrap.wrap(text, 100, break_on_hyphens=False, break_long_words=False)
    yield from ("  " * bool(number) + row + " \\" * (row is not rows[-1]) for number, row in enumerate(rows))


def _first_release(plan: Plan) -> Iterator[str]:
    yield "4. **Release the first version.** Set the secrets above first."
    yield ""
    yield "   ```bash"
    yield "   tag=$(git rev-parse --short=12 HEAD)"
    yield '   image() { echo "$(exported "$1-RepositoryUri"):$tag"; }'
    yield '   build() { docker build --platform linux/amd64 --file "services/$2/Dockerfile" --tag "$(image "$1")" . && docker push "$(image "$1")"; }'
    yield f"   registry=$(image {next(iter(plan.services))}) && registry=${{registry%%/*}}"
    yield '   aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"'
    for name in plan.services:
        yield f"   build {name} {plan.builder_of(name)}"
    if plan.release and (releasing := release_service(plan)):
        yield f'   replatform deploy "$environment" --only release-task --set "release-task.ImageUri=$(image {releasing})"'
        yield "   run ReleaseTaskDefinitionArn # must print 0"
    if plan.database_users:
        yield '   replatform deploy "$environment" --only database-users'
        yield "   run DatabaseUsersTaskDefinitionArn # must print 0, and again whenever tables or services were added"
    for name in plan.services:
        yield f'   replatform deploy "$environment" --only {name} --set "{name}.ImageUri=$(image {name})"'
    if any(service.kind == "web" for service in plan.services.values()):
        yield "   exported LoadBalancerDnsName"
    yield "   ```"
    yield ""


def _migration() -> Iterator[str]:
    yield "5. **Migrate the data**, rehearsed in test. First set the passwords of the DMS logins: the stack's outputs"
    yield "   SourceSecretArn and TargetSecretArn name them. `migration/` has the table mappings and the task settings."
    yield ""
    yield "   ```bash"
    yield "   # where SslMode is verify-ca: --set migration.SourceCertificateArn=... --set migration.TargetCertificateArn=..."
    yield '   replatform deploy "$environment" --only migration'
    yield '   replatform migrate start "$environment"'
    yield '   replatform migrate status "$environment"'
    yield "   ```"
    yield ""


def _cut_over() -> Iterator[str]:
    yield "6. **Cut over**, in this order: stop the writers of the present system (and its cron jobs); wait until the task's"
    yield "   CDCLatencyTarget is 0 and every table is `Validated`; `replatform migrate stop`; set sequences and identity columns to the"
    yield "   highest value; let the application's DNS name point to `exported LoadBalancerDnsName`; check; keep the present"
    yield "   database, read-only, until you no longer need to roll back. To roll back: DNS to the present system, writers on."


def _pipelines(plan: Plan) -> Iterator[str]:
    yield f"{7 if plan.migration else 5}. **Leave the rest to pipelines**: from here on a commit builds, waits for an approval, and deploys."
    yield ""
    yield "   ```bash"
    yield "   environment=production"
    parts = ["pipeline-foundation", "dashboard", *(f"pipeline-{service}" for service in plan.services)]
    yield from _indented(_deployed(parts))
    yield "   ```"


def _without_us(plan: Plan) -> Iterator[str]:
    yield "<details><summary>The same without replatform</summary>"
    yield ""
    yield "The generated files do not need replatform. With the AWS CLI and jq, each stack that a command above names is deployed by"
    yield "`deploy NAME [PARAMETER=VALUE ...]`, in that order."
    yield ""
    yield "```bash"
    yield from _WITHOUT_US.splitlines()
    yield "```"
    if plan.migration:
        yield ""
        yield "And the replication task is started and looked at by:"
        yield ""
        yield "```bash"
        yield "task=$(exported ReplicationTaskArn)"
        yield 'aws dms start-replication-task --replication-task-arn "$task" --start-replication-task-type start-replication'
        yield 'aws dms describe-table-statistics --replication-task-arn "$task" \\'
        yield "  --query 'TableStatistics[].[SchemaName,TableName,TableState,FullLoadRows,ValidationState]' --output table"
        yield "```"
    yield ""
    yield "</details>"


def _indented(lines: Collection[str] | Iterator[str]) -> Iterator[str]:
    return ("   " + line if line else "" for line in lines)
