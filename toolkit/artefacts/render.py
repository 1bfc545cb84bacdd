"""Plan to artefacts: everything that a conversion writes, but for the plan file itself."""

from toolkit.artefacts.cloudformation import render_parameters, render_templates
from toolkit.artefacts.compose import render_compose
from toolkit.artefacts.dockerfile import render_dockerfile, render_dockerignore
from toolkit.artefacts.ecs_service_config import render_configs
from toolkit.artefacts.env_file import render_env_files
from toolkit.artefacts.migration import render_migration
from toolkit.artefacts.pipeline import render_buildspecs
from toolkit.artefacts.report import render_report
from toolkit.artefacts.text import Artefact
from toolkit.artefacts.values import releasing
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError
from toolkit.plan.model import Plan, Planned


def render(planned: Planned, catalog: Catalog) -> tuple[Artefact, ...]:
    """All artefacts in the order of their paths. Raises BadInputError for a plan that names what does not exist."""
    plan, decisions = planned.plan, planned.by_key
    _check_names(plan, catalog)
    artefacts: list[Artefact] = []
    for name, service in plan.services.items():
        stack = catalog.stack[plan.images[service.image].stack]
        if plan.builder_of(name) == name:
            assets = plan.images[service.image].assets
            stage = catalog.stack[assets.stack] if assets else None
            stage_template = catalog.dockerfile(stage) if stage else ""
            artefacts.append(render_dockerfile(name, plan, stack, catalog.dockerfile(stack), decisions, stage_template))
            artefacts.append(render_dockerignore(name, plan, stack, stage))
    artefacts += render_configs(plan, catalog.templates, catalog.profiles, catalog.sizes)
    artefacts += render_buildspecs(plan)
    artefacts += render_env_files(plan, decisions)
    artefacts.append(render_compose(plan, catalog.datastores, catalog.sizes, catalog.profiles["development"]))
    artefacts += render_templates(plan, catalog.templates, catalog.datastores)
    artefacts += render_parameters(plan, catalog.templates, catalog.profiles, catalog.datastores)
    artefacts += render_migration(plan, catalog.migration_script)
    artefacts.append(render_report(planned, artefacts, catalog.effects.sizes))
    return tuple(sorted(artefacts, key=lambda artefact: artefact.path))


def _check_names(plan: Plan, catalog: Catalog) -> None:
    """Names in the plan that a person may have mistyped or left out."""
    if not plan.services:
        raise BadInputError(
            "the plan has no services",
            where="replatform.yaml",
            to_do="add one under services; replatform plan SRC proposes them from an application's sources",
        )
    for name, service in plan.services.items():
        if service.image not in plan.images:
            raise BadInputError(
                f"services.{name}.image: there is no image {service.image!r}",
                where="replatform.yaml",
                to_do=f"name one of {', '.join(plan.images)}",
            )
        if service.kind == "web" and not (service.port and service.paths and service.priority):
            raise BadInputError(
                f"services.{name}: a web service needs port, paths and priority",
                where="replatform.yaml",
                to_do="set all three, or make it a worker",
            )
        if service.kind == "scheduled" and not (service.schedule and service.command):
            raise BadInputError(
                f"services.{name}: a scheduled service needs a schedule and a command",
                where="replatform.yaml",
                to_do="set schedule: cron(...) or rate(...), and command",
            )
    for name, image in plan.images.items():
        for key, stage in ((f"images.{name}", image), (f"images.{name}.assets", image.assets)):
            if stage and stage.stack not in catalog.stack:
                raise BadInputError(
                    f"{key}.stack: there is no stack {stage.stack!r}",
                    where="replatform.yaml",
                    to_do=f"name one of {', '.join(sorted(catalog.stack))}",
                )
    for name, store in plan.datastores.items():
        if store.engine not in catalog.datastores:
            raise BadInputError(
                f"datastores.{name}.engine: there is no engine {store.engine!r}",
                where="replatform.yaml",
                to_do=f"name one of {', '.join(sorted(catalog.datastores))}",
            )
    if plan.release and not releasing(plan):
        raise BadInputError(
            f"release.image: no service has the image {plan.release.image!r} with nothing left out",
            where="replatform.yaml",
            to_do=f"name one of {', '.join(plan.images)}",
        )
