"""ECS: task definitions and containers with all that templates say of them."""

from pathlib import Path
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs

from .apis import ask_json
from .resource_types import HANDLERS, Made, Properties

NANOSECONDS = 1_000_000_000
# SDKs ask for credentials on the addresses of ECS alone, and the emulator is on another.
_REFUSED = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN")

# Trusted besides the authorities of the image: by OpenSSL and Go, which read a folder too, and by Node.js.
AUTHORITY = "/rehearsal-authority.pem"
TRUST = {"SSL_CERT_FILE": AUTHORITY, "NODE_EXTRA_CA_CERTS": AUTHORITY}


def mend_task_definitions() -> None:
    """By RegisterTaskDefinition and CreateService: the emulator's own way loses secrets, grace periods and more."""

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        wanted = {"Family": f"{stack}-{logical_id}"} | properties
        made = ask_json(ecs._register_task_definition, lower(wanted))["taskDefinition"]
        return made["taskDefinitionArn"], {"TaskDefinitionArn": made["taskDefinitionArn"]}

    def update(physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str = "") -> Made:
        return create(logical_id, new, stack)

    def create_service(logical_id: str, properties: Properties, stack: str) -> Made:
        # Without a count AWS starts one task.
        wanted = {"ServiceName": f"{stack}-{logical_id}", "DesiredCount": 1} | properties
        made = ask_json(ecs._create_service, lower(wanted))["service"]
        return made["serviceArn"], {"ServiceArn": made["serviceArn"], "Name": wanted["ServiceName"]}

    definition = {"create": create, "update": update, "update_with_logical_id": True}
    HANDLERS["AWS::ECS::TaskDefinition"] = HANDLERS["AWS::ECS::TaskDefinition"] | definition
    HANDLERS["AWS::ECS::Service"] = HANDLERS["AWS::ECS::Service"] | {"create": create_service}


def lower(value: Any) -> Any:
    """Property names as the API has them; the names in `Options` and `DockerLabels` are the user's."""
    if isinstance(value, dict):
        free = ("Options", "DockerLabels")
        return {key[:1].lower() + key[1:]: each if key in free else lower(each) for key, each in value.items()}
    return [lower(each) for each in value] if isinstance(value, list) else value


def credentials() -> dict[str, str]:
    """Of the emulated account; Fargate tells its tasks the region too."""
    region = get_region()
    return {
        "AWS_ACCESS_KEY_ID": get_account_id(),
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }


def mend_containers(images: dict[str, str], variables: dict[str, str], unset: set[str], authority: Path) -> None:
    """What a container definition says beside its command; and no registry is ever asked for an image. `authority` is trusted."""
    from docker.errors import ImageNotFound

    run, arguments = ecs._run_docker_container, ecs._build_run_kwargs

    def run_local(client: Any, definition: Properties, options: Properties, **_: Any) -> Any:
        image = images.get(definition["image"], definition["image"])
        try:
            client.images.get(image)
        except ImageNotFound:
            raise ecs._ImagePullError(f"{image}: not found") from None
        return run(client, definition | {"image": image}, options, refresh_image=False)

    def all_arguments(definition: Properties, task: Properties, environment: Properties, *rest: Any) -> Properties:
        told = {name: value for name, value in environment.items() if name not in {*unset, *_REFUSED}}
        told = credentials() | TRUST | told | variables
        found: Properties = arguments(definition, task, told, *rest)
        found["volumes"] = [*found.get("volumes", ()), f"{authority}:{AUTHORITY}:ro"]
        parameters = definition.get("linuxParameters") or {}
        found["init"] = parameters.get("initProcessEnabled", False)
        if definition.get("entryPoint"):
            found["entrypoint"] = definition["entryPoint"]
        if definition.get("user"):
            found["user"] = definition["user"]
        if definition.get("workingDirectory"):
            found["working_dir"] = definition["workingDirectory"]
        found["read_only"] = bool(definition.get("readonlyRootFilesystem"))
        if found["read_only"]:  # a volume without a host path is an empty folder
            found["tmpfs"] = {mount["containerPath"]: "mode=1777" for mount in definition.get("mountPoints", ())}
        if memory := definition.get("memory") or task.get("memory"):
            found["mem_limit"] = f"{int(memory)}m"
        if check := definition.get("healthCheck"):
            found["healthcheck"] = {
                "test": check["command"],
                "interval": int(check.get("interval", 30)) * NANOSECONDS,
                "timeout": int(check.get("timeout", 5)) * NANOSECONDS,
                "retries": int(check.get("retries", 3)),
                "start_period": int(check.get("startPeriod", 0)) * NANOSECONDS,
            }
        else:
            found["healthcheck"] = {"test": ["NONE"]}  # ECS does not read the image's own
        return found

    ecs._run_docker_container = run_local
    ecs._build_run_kwargs = all_arguments
    ecs._prepare_service_images = lambda *_: None
