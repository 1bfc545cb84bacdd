"""CloudFormation: templates filled in from `cloudformation/`, and the parameters of each environment's stacks."""

import json
import shlex
from collections.abc import Mapping, Sequence

from toolkit.artefacts import migration
from toolkit.artefacts.bindings import (
    EXPORTS,
    USER_SECRET,
    Bindings,
    bind,
    has_own_secret,
    import_value,
    pascal,
    refuse_dynamic_references,
    substituted,
)
from toolkit.artefacts.ecs_service_config import config_path, release_config_path, releasing_service, template_of
from toolkit.artefacts.queues import queue_policies
from toolkit.artefacts.templates import declared_parameters, filled, on_platform
from toolkit.artefacts.text import Artefact, Line
from toolkit.artefacts.values import Setting, release_settings, settings
from toolkit.artefacts.yaml import scalar
from toolkit.catalog.profiles import DatastoreBlueprint, Profile
from toolkit.errors import BadInputError
from toolkit.plan.model import ENVIRONMENTS, Datastore, EnvironmentName, Plan

_GENERATED_LENGTH = 50


def render_templates(
    plan: Plan, templates: Mapping[str, str], datastores: Mapping[str, DatastoreBlueprint]
) -> tuple[Artefact, ...]:
    """The templates that this plan needs: those of the whole application, then one for each service."""
    if plan.platform:
        templates = {name: on_platform(text) for name, text in templates.items()}
    shared = ("platform",) if plan.platform else ("network", "cluster", "dashboard")
    artefacts = [copied(name, templates) for name in (*shared, "registry", "pipeline-foundation", "pipeline")]
    if secrets := _own_secrets(plan):
        artefacts.append(_secrets(secrets, templates["secrets"]))
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


def _own_secrets(plan: Plan) -> dict[str, Setting]:
    """Variables of all services that are secrets of their own, by name; equal names are one secret."""
    return {
        setting.name: setting for name in plan.services for setting in settings(plan, name) if has_own_secret(setting)
    }


def _secrets(secrets: Mapping[str, Setting], template: str) -> Artefact:
    resources: list[Line] = []
    outputs: list[Line] = []
    for name, setting in secrets.items():
        logical_id = f"Secret{pascal(name)}"
        resources += [Line(text, setting.key) for text in _secret(logical_id, setting)]
        outputs += [
            Line(f"{logical_id}:", setting.key),
            Line(f"  Description: ARN of the secret {name}.", setting.key),
            Line(f"  Value: !Ref {logical_id}", setting.key),
            Line("  Export:", setting.key),
            Line(f"    Name: !Sub ${{Application}}-${{Environment}}-{logical_id}", setting.key),
        ]
    return _artefact("secrets", "secrets", filled("secrets", template, {"resources": resources, "outputs": outputs}))


def _secret(logical_id: str, setting: Setting) -> list[str]:
    lines = [
        f"{logical_id}:",
        "  Type: AWS::SecretsManager::Secret",
        "  DeletionPolicy: Retain",
        "  UpdateReplacePolicy: Retain",
        "  Metadata:",
        "    guard:",
        "      SuppressedRules:",
        "        - SECRETSMANAGER_ROTATION_ENABLED_CHECK # tasks read it at their start only: it changes with a deployment, not by the clock",
        "  Properties:",
        f"    Name: !Sub ${{Application}}/${{Environment}}/{setting.name}",
        f"    Description: {scalar(_secret_description(setting))}",
        "    KmsKeyId: !GetAtt SecretsKey.Arn",
    ]
    if not _is_composed(setting):
        return [
            *lines,
            "    GenerateSecretString:",
            f"      PasswordLength: {_GENERATED_LENGTH}",
            "      ExcludePunctuation: true",
        ]
    # The application user's password is never rotated by itself, so the address that is put together stays true.
    text, places = substituted(setting)
    names = {name: import_value(EXPORTS[place.datastore, place.piece]) for name, place in places.items()}
    names["DatabaseUserSecret"] = import_value(USER_SECRET)
    rows = [f"{name}: {value}" for name, value in names.items()]
    return [
        *lines,
        "    SecretString: !Sub",
        f"      - {scalar(text)}",
        *(f"      {'  ' if number else '- '}{row}" for number, row in enumerate(rows)),
    ]


def _is_composed(setting: Setting) -> bool:
    """Whether our stacks know every piece of it; a broker elsewhere, say, has an address that an operator sets."""
    return bool(setting.parts) and all(
        (place.datastore, place.piece) in EXPORTS or place.datastore == "database" for place in setting.placeholders
    )


def _secret_description(setting: Setting) -> str:
    if _is_composed(setting):
        return f"{setting.name}, put together from the database stack"
    if setting.variable.generate:
        return f"{setting.name}, generated; nobody needs to know it"
    return f"{setting.name}; random until an operator sets the real value with put-secret-value"


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
    if _own_secrets(plan):
        add("secrets", "secrets")
    for name in plan.queues:
        add(f"queue-{name}", "queue", Queue=name)
    if plan.migration:
        add("migration", "migration", **migration.parameters(plan, environment, datastores))
    configured = {name: (f"service-{name}", config_path(name, environment)) for name in plan.services}
    if plan.release:
        configured = {"release-task": ("release-task", release_config_path(plan, environment)), **configured}
    for part, (file, configuration) in configured.items():
        stacks[part] = {
            "Template": f"cloudformation/{file}.yaml",
            "StackName": f"{plan.application}-{environment}-{part}",
            "TemplateConfiguration": configuration,
        }
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
    releases = plan.release is not None and name == releasing_service(plan)
    return {
        "Service": name,
        "SourceProvider": plan.source.provider,
        "RepositoryName": plan.source.repository or plan.application,
        "BranchName": plan.source.branch,
        "RunRelease": "true" if releases else "",
    }
