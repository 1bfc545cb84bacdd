"""CloudFormation: templates filled in from `cloudformation/`, and the parameters of each environment's stacks."""

import json
import shlex
from collections.abc import Mapping, Sequence

from toolkit.artefacts import database_users, migration
from toolkit.artefacts.bindings import Bindings, bind, import_value, refuse_dynamic_references, user_secret
from toolkit.artefacts.ecs_service_config import config_path, release_config_path, releasing_service, template_of
from toolkit.artefacts.queues import queue_policies
from toolkit.artefacts.secrets import has_secrets, secret_blocks
from toolkit.artefacts.templates import declared_parameters, filled, on_platform
from toolkit.artefacts.text import Artefact, Line
from toolkit.artefacts.values import release_settings, settings
from toolkit.artefacts.yaml import scalar
from toolkit.catalog.profiles import DatastoreBlueprint, Profile
from toolkit.errors import BadInputError
from toolkit.plan.model import ENVIRONMENTS, Datastore, EnvironmentName, Plan


def render_templates(
    plan: Plan, templates: Mapping[str, str], datastores: Mapping[str, DatastoreBlueprint]
) -> tuple[Artefact, ...]:
    """The templates that this plan needs: those of the whole application, then one for each service."""
    if plan.platform:
        templates = {name: on_platform(text) for name, text in templates.items()}
    shared = ("platform",) if plan.platform else ("network", "cluster", "dashboard")
    artefacts = [copied(name, templates) for name in (*shared, "registry", "pipeline-foundation", "pipeline")]
    if has_secrets(plan):
        artefacts.append(_artefact("secrets", "secrets", filled("secrets", templates["secrets"], secret_blocks(plan))))
    if "database" in plan.datastores:
        artefacts += [copied(_database_template(plan), templates), copied("database-setup", templates)]
        if plan.datastores["database"].aurora_serverless:
            artefacts.append(copied("aurora", templates))
    if _has_cache(plan, datastores):
        artefacts.append(copied("cache", templates))
    if plan.queues:
        artefacts.append(copied("queue", templates))
    if plan.migration:
        blocks = {
            "table-mappings": migration.table_mapping_lines(plan.migration),
            "task-settings": migration.task_setting_lines(plan.migration),
        }
        artefacts.append(_artefact("migration", "migration", filled("migration", templates["migration"], blocks)))
    if plan.release:
        blocks = _blocks(bind(release_settings(plan)))
        artefacts.append(
            _artefact(
                "release-task",
                "release-task",
                filled("release-task", templates["release-task"], blocks | {"command": _release_command(plan)}),
            )
        )
    if plan.database_users:
        blocks = _database_users(plan, database_users.script(plan, datastores))
        artefacts.append(
            _artefact("database-users", "database-users", filled("database-users", templates["database-users"], blocks))
        )
    for name, service in plan.services.items():
        template = template_of(service)
        blocks = _blocks(bind(settings(plan, name))) | {"resources": queue_policies(plan, name)}
        if plan.builder_of(name) != name:
            blocks["command"] = _command(service.argv, f"services.{name}.command")
        artefacts.append(_artefact(f"service-{name}", template, filled(template, templates[template], blocks)))
    return tuple(artefacts)


def copied(name: str, templates: Mapping[str, str]) -> Artefact:
    """A template that has nothing of the plan in it."""
    return _artefact(name, name, filled(name, templates[name], {}))


def _artefact(name: str, template: str, lines: tuple[Line, ...]) -> Artefact:
    return Artefact(f"cloudformation/{name}.yaml", lines, f"cloudformation/{template}.yaml")


def _blocks(bound: Bindings) -> dict[str, list[Line]]:
    return {
        "parameters": bound.parameters,
        "environment": bound.environment,
        "secrets": bound.secrets,
        "secret-arns": bound.secret_arns,
    }


def _release_command(plan: Plan) -> list[Line]:
    """One process that runs the steps in order and stops at the first that fails."""
    assert plan.release
    commands = plan.release.commands
    script = " && ".join(shlex.join(argv) for argv in commands)
    return _command(commands[0] if len(commands) == 1 else ("/bin/sh", "-ec", script), "release.commands")


def _command(argv: Sequence[str], key: str) -> list[Line]:
    refuse_dynamic_references(" ".join(argv), key)
    return [Line(f"- {scalar(word)}", key) for word in argv]


def _database_users(plan: Plan, script: str) -> dict[str, list[Line]]:
    """What the task is told that gives services their own users: the script, whom to give which rights, and their passwords."""
    blocks: dict[str, list[Line]] = {"secret-arns": [], "environment": [], "secrets": [], "command": []}
    for name, (value, key) in database_users.told(plan).items():
        blocks["environment"] += [Line(f"- Name: {name}", key), Line(f"  Value: {scalar(value)}", key)]
    for service in plan.database_users:
        key, arn = f"services.{service}.database_user", import_value(user_secret(service))
        blocks["secret-arns"].append(Line(f"- {arn}", key))
        blocks["secrets"] += [
            Line(f"- Name: {database_users.password_variable(service)}", key),
            Line("  ValueFrom: !Sub", key),
            Line(f"    - {scalar('${Secret}:password::')}", key),
            Line(f"    - Secret: {arn}", key),
        ]
    blocks["command"] = [Line("- |"), *(Line(f"  {line}" if line else "") for line in script.splitlines())]
    return blocks


def render_parameters(
    plan: Plan,
    templates: Mapping[str, str],
    profiles: Mapping[str, Profile],
    datastores: Mapping[str, DatastoreBlueprint],
) -> tuple[Artefact, ...]:
    """`cloudformation/<environment>.json`: stacks in the order of deployment, with their parameters."""
    return tuple(
        _environment(plan, environment, templates, profiles[environment], datastores) for environment in ENVIRONMENTS
    )


def _environment(
    plan: Plan,
    environment: EnvironmentName,
    templates: Mapping[str, str],
    profile: Profile,
    datastores: Mapping[str, DatastoreBlueprint],
) -> Artefact:
    stacks: dict[str, object] = {}

    def add(part: str, template: str, **parameters: str) -> None:
        stacks[part] = stack(plan.application, environment, part, template, templates[template], profile, parameters)

    given = plan.environments.get(environment)
    if plan.platform:
        add("platform", "platform", Platform=plan.platform.name)
    else:
        add("network", "network")
    for name in plan.services:
        add(f"registry-{name}", "registry", Service=name)
    if not plan.platform:
        add("cluster", "cluster", CertificateArn=given.certificate if given else "")
    if "database" in plan.datastores:
        values = database_parameters(plan.datastores["database"], environment, datastores)
        if plan.on_platform_server and plan.platform:
            values |= {"Platform": plan.platform.name, "ApplicationUsername": plan.application.replace("-", "_")}
        if environment in plan.datastores["database"].aurora_serverless:
            add("database", "aurora", **values | aurora_parameters(plan, datastores))
        else:
            add(_database_template(plan), _database_template(plan), **values)
        add("database-setup", "database-setup", **values)
    if _has_cache(plan, datastores):
        add("cache", "cache", **_cache_parameters(plan, datastores))
    if has_secrets(plan):
        add("secrets", "secrets")
    for name in plan.queues:
        add(f"queue-{name}", "queue", Queue=name)
    if plan.migration:
        add("migration", "migration", **migration.parameters(plan, environment, datastores))

    def configure(part: str, file: str, configuration: str) -> None:
        stacks[part] = {
            "Template": f"cloudformation/{file}.yaml",
            "StackName": f"{plan.application}-{environment}-{part}",
            "TemplateConfiguration": configuration,
        }

    if plan.release:
        configure("release-task", "release-task", release_config_path(plan, environment))
    if plan.database_users:
        add(
            "database-users",
            "database-users",
            **database_parameters(plan.datastores["database"], environment, datastores),
        )
    for name in plan.services:
        configure(name, f"service-{name}", config_path(name, environment))
    # The account of production holds the pipelines and their store; in the others the roles that they deploy with.
    home = environment == "production"
    if home and not plan.platform:
        add("dashboard", "dashboard")
    add("pipeline-foundation", "pipeline-foundation", CreateArtifactStore="" if home else "false")
    if home:
        for name in plan.services:
            add(f"pipeline-{name}", "pipeline", **_pipeline_parameters(plan, name))
    return stacks_file(environment, stacks)


def stack(
    owner: str,
    environment: EnvironmentName,
    part: str,
    template: str,
    text: str,
    profile: Profile,
    parameters: Mapping[str, str],
) -> dict[str, object]:
    """A stack of an application or platform with the parameters that its template declares, the profile's among them."""
    declared = declared_parameters(text)
    identity = {"Application": owner, "Environment": environment}
    values = {**identity, **profile.parameters.get(template, {}), **parameters}
    return {
        "Template": f"cloudformation/{template}.yaml",
        "StackName": f"{owner}-{environment}-{part}",
        "Parameters": {name: value for name, value in values.items() if name in declared and value != ""},
        "Tags": identity,
    }


def stacks_file(environment: EnvironmentName, stacks: Mapping[str, object]) -> Artefact:
    """`cloudformation/<environment>.json`."""
    text = json.dumps(stacks, indent=2, ensure_ascii=False)
    return Artefact(
        f"cloudformation/{environment}.json",
        tuple(Line(line) for line in text.splitlines()),
        "toolkit/artefacts/cloudformation.py",
    )


def _has_cache(plan: Plan, datastores: Mapping[str, DatastoreBlueprint]) -> bool:
    """Whether our cache template provides the plan's cache: it does not for memcached."""
    return "cache" in plan.datastores and datastores[plan.datastores["cache"].engine].template == "cache"


def _database_template(plan: Plan) -> str:
    return "platform-database" if plan.on_platform_server else "database"


def database_parameters(
    store: Datastore, environment: EnvironmentName, datastores: Mapping[str, DatastoreBlueprint]
) -> dict[str, str]:
    """Parameters of the database templates."""
    blueprint = datastores[store.engine]
    version = blueprint.version_for(store.version)
    return {
        "Engine": blueprint.engine_for(store.edition),
        "EngineVersion": version.aws_version if version else store.version,
        "ParameterGroupFamily": blueprint.family_for(version, store.edition) if version else "",
        "DatabaseName": store.database,
        "AllocatedStorageGib": str(store.storage_gib),
        "MaximumStorageGib": str(max(500, 2 * store.storage_gib)),
        "RequireTls": str(store.require_tls).lower(),
        "ClientImage": blueprint.client_image,
        **blueprint.parameters.get(environment, {}),
    }


def aurora_parameters(plan: Plan, datastores: Mapping[str, DatastoreBlueprint]) -> dict[str, str]:
    """What cloudformation/aurora.yaml calls otherwise than the database template. Raises BadInputError where there is no
    Aurora of the engine or of its version, and for a database on the server of a platform."""
    store = plan.datastores["database"]
    blueprint = datastores[store.engine]
    version = blueprint.version_for(store.version)
    if not blueprint.aurora_engine or not version or not version.aurora or plan.on_platform_server:
        what = "a database of the platform" if plan.on_platform_server else f"{blueprint.title} {store.version}"
        raise BadInputError(
            f"datastores.database.aurora_serverless: not for {what}",
            where="replatform.yaml",
            to_do="leave it out, or choose an engine and a version that Aurora has: blueprints/datastores says which",
        )
    return {
        "Engine": blueprint.aurora_engine,
        "EngineVersion": version.version,
        "ParameterGroupFamily": f"{blueprint.aurora_engine}{version.version}",
    }


def _cache_parameters(plan: Plan, datastores: Mapping[str, DatastoreBlueprint]) -> dict[str, str]:
    store = plan.datastores["cache"]
    version = datastores[store.engine].version_for(store.version)
    return {
        "Engine": datastores[store.engine].aws_engine,
        "EngineVersion": version.aws_version if version else store.version,
        "ParameterGroupFamily": version.parameter_group_family if version else "",
    }


def _pipeline_parameters(plan: Plan, name: str) -> dict[str, str]:
    first = releasing_service(plan) if plan.release else next(iter(plan.services))
    releases = plan.release is not None and name == first
    return {
        "Service": name,
        "SourceProvider": plan.source.provider,
        "RepositoryName": plan.source.repository or plan.application,
        "BranchName": plan.source.branch,
        "RunRelease": "true" if releases else "",
        "RunDatabaseUsers": "true" if plan.database_users and name == first else "",
    }
