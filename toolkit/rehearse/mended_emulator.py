"""ministack, mended where it would lie about our templates. Run by the Python of its own environment, never imported by ours.

The emulator refuses resource types that it lacks and passes over properties that decide whether a service comes up. The
templates are deployed as they stand, so it is the emulator that changes: every name below belongs to the one release that
`blueprints/rehearsal.yaml` pins, and is looked up at the start, so that another release fails at once.

Reads a JSON object from the file that its one argument names:

  schemas    type to CloudFormation resource schema, for every type in the templates
  label      put on every container, so that all of them are found again
  images     name of an image to the image that is run in its place
  datastores engine of RDS or ElastiCache to the image of its container; a database without one is a record only
  variables  added to the environment of every container of a task
  unset      taken out of it
  recorded   file that gets a line "STACK LOGICAL-ID" for each resource that is a record only
"""

import functools
import io
import json
import os
import secrets
import ssl
import string
import sys
import tarfile
import threading
import time
import uuid
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from ministack.core import container_reaper
from ministack.core.responses import get_account_id, get_region
from ministack.services import alb, ec2, ecs, elasticache, rds, secretsmanager, waf
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]  # physical ID and attributes

HANDLERS: dict[str, dict[str, Any]] = provisioners._RESOURCE_HANDLERS
NANOSECONDS = 1_000_000_000
# A rehearsal does not wait for a check's own interval; how many may fail is what the template says.
HEALTH_CHECK_SECONDS = 0.25
RECORDED = Path()


def note_record(stack: str, logical_id: str) -> None:
    with RECORDED.open("a", encoding="utf-8") as file:
        file.write(f"{stack} {logical_id}\n")


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    global RECORDED
    RECORDED = Path(told["recorded"])
    threading.Thread(target=end_with_the_rehearsal, daemon=True).start()
    label_containers(told["label"])
    publish_ports_here_alone(os.environ["BIND_HOST"])
    mend_conditions()
    lend_apis()
    mend_databases(told["datastores"])
    mend_caches(told["datastores"])
    mend_secrets()
    mend_task_definitions()
    mend_containers(told["images"], told["variables"], set(told["unset"]))
    mend_deployments()
    mend_health_checks()
    mend_alarms()
    for kind, schema in told["schemas"].items():
        if kind in HANDLERS:
            with_schema(kind, schema)
        else:
            HANDLERS[kind] = recorded(kind, schema)
    sys.argv = sys.argv[:1]
    from ministack.app import main as serve

    serve()


def end_with_the_rehearsal() -> None:
    """Its end of the pipe closes even when it is killed; the containers go with the next rehearsal."""
    sys.stdin.buffer.read()
    os._exit(0)


def label_containers(label: str) -> None:
    own = container_reaper.own_labels
    name, _, value = label.partition("=")
    container_reaper.own_labels = lambda *kind, **extra: own(*kind, **extra) | {name: value}


def publish_ports_here_alone(host: str) -> None:
    """On the addresses that tasks and the emulator ask, where other machines do not reach databases."""
    from docker.models.containers import ContainerCollection

    own = ContainerCollection.create

    def create(
        self: ContainerCollection, image: Any, *rest: Any, ports: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        here = {
            name: [(address, port) for address in (host, "127.0.0.1")] if isinstance(port, int) else port
            for name, port in (ports or {}).items()
        }
        return own(self, image, *rest, ports=here, **more)

    ContainerCollection.create = create


def mend_conditions() -> None:
    """The emulator's own evaluation takes every Join, Sub and FindInMap in a condition for a text."""
    # The functions of rules, too, have short forms.
    for name in ("Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll"):
        engine.CfnLoader.add_constructor(f"!{name}", engine._construct_cfn_tag(f"Fn::{name}"))
    for module in (changesets, engine, handlers, stacks):
        assert module._evaluate_conditions
        module._evaluate_conditions = conditions


def conditions(template: Properties, parameters: Properties) -> dict[str, bool]:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html"""
    definitions, found = template.get("Conditions") or {}, {}

    def truth(expression: Any) -> bool:
        (function, arguments), *_ = expression.items()
        if function == "Condition":
            if arguments not in found:
                found[arguments] = truth(definitions[arguments])
            return bool(found[arguments])
        if function == "Fn::Equals":
            left, right = (value(one) for one in arguments)
            return str(left) == str(right)
        if function == "Fn::Not":
            return not truth(arguments[0])
        return (all if function == "Fn::And" else any)(truth(one) for one in arguments)

    def value(expression: Any) -> Any:
        return engine._resolve_refs(expression, {}, parameters, found, template.get("Mappings") or {}, "", "")

    for name in definitions:
        found[name] = truth({"Condition": name})
    return found


# --- types that the emulator's API has, and its CloudFormation lacks


def lend_apis() -> None:
    HANDLERS["AWS::EC2::EIP"] = {"create": create_address, "delete": delete_address}
    HANDLERS["AWS::EC2::NatGateway"] = {"create": create_nat_gateway, "delete": delete_nat_gateway}
    HANDLERS["AWS::EC2::SecurityGroupIngress"] = group_rule(
        ec2._authorize_sg_ingress, ec2._revoke_sg_ingress, "SourceSecurityGroupId"
    )
    HANDLERS["AWS::EC2::SecurityGroupEgress"] = group_rule(
        ec2._authorize_sg_egress, ec2._revoke_sg_egress, "DestinationSecurityGroupId"
    )
    HANDLERS["AWS::WAFv2::WebACLAssociation"] = {"create": associate_firewall, "delete": disassociate_firewall}


def ask(action: Callable[..., Any], parameters: Properties) -> str:
    """An action of one of the emulator's query APIs; its answer as text. Raises ValueError for a refusal."""
    status, _, body = action({name: [str(value)] for name, value in parameters.items() if value is not None})
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status >= 300:
        raise ValueError(text[:400])
    return text


def ask_json(action: Callable[..., Any], parameters: Properties) -> dict[str, Any]:
    status, _, body = action(json.loads(json.dumps(parameters)))
    if status >= 300:
        raise ValueError(str(body)[:400])
    found: dict[str, Any] = json.loads(body)
    return found


def element(xml: str, name: str) -> str:
    return xml.split(f"<{name}>", 1)[1].split("<", 1)[0]


def create_address(logical_id: str, properties: Properties, stack: str) -> Made:
    body = ask(ec2._allocate_address, {"Domain": properties.get("Domain", "vpc")})
    address = element(body, "publicIp")
    return address, {"AllocationId": element(body, "allocationId"), "PublicIp": address}


def delete_address(physical_id: str, properties: Properties) -> None:
    for allocation, record in list(ec2._addresses.items()):
        if record["PublicIp"] == physical_id:
            ask(ec2._release_address, {"AllocationId": allocation})


def create_nat_gateway(logical_id: str, properties: Properties, stack: str) -> Made:
    wanted = {key: properties.get(key) for key in ("SubnetId", "AllocationId", "ConnectivityType")}
    if wanted["AllocationId"] and wanted["AllocationId"] not in ec2._addresses:
        raise ValueError(f"Elastic IP address [{wanted['AllocationId']}] does not exist")
    if wanted["SubnetId"] not in ec2._subnets:
        raise ValueError(f"The subnet ID '{wanted['SubnetId']}' does not exist")
    gateway = element(ask(ec2._create_nat_gateway, wanted), "natGatewayId")
    return gateway, {"NatGatewayId": gateway}


def delete_nat_gateway(physical_id: str, properties: Properties) -> None:
    ask(ec2._delete_nat_gateway, {"NatGatewayId": physical_id})


def group_rule(add: Callable[..., Any], remove: Callable[..., Any], other_group: str) -> dict[str, Any]:
    def parameters(properties: Properties) -> Properties:
        first = "IpPermissions.1"
        return {
            "GroupId": properties["GroupId"],
            f"{first}.IpProtocol": properties["IpProtocol"],
            f"{first}.FromPort": properties.get("FromPort"),
            f"{first}.ToPort": properties.get("ToPort"),
            f"{first}.IpRanges.1.CidrIp": properties.get("CidrIp"),
            f"{first}.UserIdGroupPairs.1.GroupId": properties.get(other_group),
        }

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        return element(ask(add, parameters(properties)), "securityGroupRuleId"), {}

    def delete(physical_id: str, properties: Properties) -> None:
        ask(remove, parameters(properties))

    return {"create": create, "delete": delete}


def associate_firewall(logical_id: str, properties: Properties, stack: str) -> Made:
    waf._associate_web_acl({"WebACLArn": properties["WebACLArn"], "ResourceArn": properties["ResourceArn"]})
    return f"{properties['WebACLArn']}|{properties['ResourceArn']}", {}


def disassociate_firewall(physical_id: str, properties: Properties) -> None:
    waf._disassociate_web_acl({"ResourceArn": properties["ResourceArn"]})


# --- types that the emulator has, with less than our templates say


def mend_databases(images: dict[str, str]) -> None:
    """DB instances by CreateDBInstance, which starts the container, with the managed master secret. The emulator's own way
    through CloudFormation writes a record only."""
    own = rds._docker_image_for_engine

    def image_for(engine: str, *rest: Any) -> Any:
        found = own(engine, *rest)
        return (images[engine], *found[1:]) if engine in images and found[0] else (None,) * 4

    rds._docker_image_for_engine = image_for
    rds._image_is_local = lambda *_: True  # what is absent was refused before the emulator started
    give_tls_to_mysql()
    flags = {True: "true", False: "false"}

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        name = properties.get("DBInstanceIdentifier") or provisioners._physical_name(stack, logical_id, lowercase=True)
        flat = {
            key: flags.get(value, value) if isinstance(value, bool) else value
            for key, value in properties.items()
            if isinstance(value, str | int) and key != "ManageMasterUserPassword"
        }
        flat["DBInstanceIdentifier"] = name
        for number, group in enumerate(properties.get("VPCSecurityGroups") or (), start=1):
            flat[f"VpcSecurityGroupIds.VpcSecurityGroupId.{number}"] = group
        secret = ""
        if properties.get("ManageMasterUserPassword") in (True, "true"):
            password = secrets.token_urlsafe(24)
            flat["MasterUserPassword"] = password
            user = {"username": properties.get("MasterUsername", "admin"), "password": password}
            made = ask_json(
                secretsmanager._create_secret, {"Name": f"rds!db-{uuid.uuid4()}", "SecretString": json.dumps(user)}
            )
            secret = made["ARN"]
        ask(rds._create_db_instance, flat)
        record = rds._instances[name]
        wait_until(lambda: record["DBInstanceStatus"] != "creating", 180, f"{name} is still being created")
        if record["DBInstanceStatus"] == "failed":
            raise ValueError(f"the container of {name} did not come up")
        record["_managed_secret"] = secret
        if not record.get("_docker_container_id"):  # its port is what the template says
            note_record(stack, logical_id)
            record["Endpoint"]["Port"] = int(properties.get("Port") or record["Endpoint"]["Port"])
        return name, database_attributes(record)

    def delete(physical_id: str, properties: Properties) -> None:
        if record := rds._instances.get(physical_id):
            if record.get("_managed_secret"):
                secretsmanager._delete_secret(
                    {"SecretId": record["_managed_secret"], "ForceDeleteWithoutRecovery": True}
                )
            ask(rds._delete_db_instance, {"DBInstanceIdentifier": physical_id, "SkipFinalSnapshot": "true"})

    HANDLERS["AWS::RDS::DBInstance"] = HANDLERS["AWS::RDS::DBInstance"] | {"create": create, "delete": delete}


def give_tls_to_mysql() -> None:
    """RDS has TLS on every engine, and our parameter groups demand it; MariaDB's image has none of itself."""
    import pymysql

    own = rds._run_rds_container
    folder = "/rehearsal-tls"

    def run(client: Any, engine: str, options: Properties, tls_names: Any = (), tls_ips: Any = ()) -> Any:
        if engine not in ("mariadb", "mysql"):
            return own(client, engine, options, tls_names=tls_names, tls_ips=tls_ips)
        files = [f"--ssl-cert={folder}/server.crt", f"--ssl-key={folder}/server.key"]
        wanted = {name: value for name, value in options.items() if name != "detach"}
        container = client.containers.create(**wanted | {"command": [*(options.get("command") or ()), *files]})
        container.put_archive("/", tls_archive(folder, *rds._pg_server_material(["localhost"], ["127.0.0.1"])))
        container.start()
        return container

    extra = rds._mysql_master_extra_privileges

    def with_history(engine: str, version: str) -> Any:
        """MariaDB's ALL on a database has one privilege more than MySQL's; a master without it could not grant ALL."""
        return (*extra(engine, version), "DELETE HISTORY") if "mariadb" in version.lower() else extra(engine, version)

    rds._mysql_master_extra_privileges = with_history
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    rds._run_rds_container = run
    pymysql.connect = functools.partial(pymysql.connect, ssl=context)


def tls_archive(folder: str, certificate: str, key: str) -> bytes:
    """World-readable: the server's user differs between images, and the key is worth nothing outside of its container."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in (("server.crt", certificate), ("server.key", key)):
            member = tarfile.TarInfo(f"{folder.lstrip('/')}/{name}")
            member.size, member.mode = len(text.encode()), 0o644
            archive.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


def database_attributes(record: Properties) -> dict[str, Any]:
    return {
        "Endpoint.Address": record["Endpoint"]["Address"],
        "Endpoint.Port": str(record["Endpoint"]["Port"]),
        "DbiResourceId": record["DbiResourceId"],
        "DBInstanceArn": record["DBInstanceArn"],
        "MasterUserSecret.SecretArn": record["_managed_secret"],
    }


def mend_caches(images: dict[str, str]) -> None:
    own = elasticache._engine_image_and_port

    def image_for(engine: str, *rest: Any) -> Any:
        image, *others = own(engine, *rest)
        return (images.get(engine, image), *others)

    elasticache._engine_image_and_port = image_for


def mend_secrets() -> None:
    """Ref of a secret is its ARN, and a generated value has the characters that the template allows."""
    own = HANDLERS["AWS::SecretsManager::Secret"]

    def name_of(physical_id: str) -> str:
        return physical_id.split(":secret:", 1)[-1].rsplit("-", 1)[0] if physical_id.startswith("arn:") else physical_id

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        if generate := properties.get("GenerateSecretString"):
            rest = {key: value for key, value in properties.items() if key != "GenerateSecretString"}
            properties = rest | {"SecretString": generated(generate)}
        _, attributes = own["create"](logical_id, properties, stack)
        return attributes["Arn"], attributes

    def update(physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str = "") -> Made:
        # A value once generated stays, as operators may have set another since.
        kept = {key: value for key, value in new.items() if key != "GenerateSecretString"}
        _, attributes = own["update"](name_of(physical_id), old, kept, stack, logical_id)
        return attributes.get("Arn", physical_id), attributes

    def delete(physical_id: str, properties: Properties) -> None:
        own["delete"](name_of(physical_id), properties)

    HANDLERS["AWS::SecretsManager::Secret"] = own | {"create": create, "update": update, "delete": delete}


def generated(wanted: Properties) -> str:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html"""
    kinds = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": string.punctuation,
    }
    allowed = "".join(each for excluded, each in kinds.items() if wanted.get(excluded) not in (True, "true"))
    usable = [each for each in allowed if each not in wanted.get("ExcludeCharacters", "")]
    value = "".join(secrets.choice(usable) for _ in range(int(wanted.get("PasswordLength", 32))))
    if "GenerateStringKey" not in wanted:
        return value
    return json.dumps(json.loads(wanted["SecretStringTemplate"]) | {wanted["GenerateStringKey"]: value})


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


def mend_containers(images: dict[str, str], variables: dict[str, str], unset: set[str]) -> None:
    """What a container definition says beside its command; and no registry is ever asked for an image."""
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
        told = {name: value for name, value in environment.items() if name not in unset} | variables
        found: Properties = arguments(definition, task, told, *rest)
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


def mend_deployments() -> None:
    """A first deployment is in progress until its tasks run, so that its circuit breaker watches it."""
    make = ecs._make_deployment

    def deployment(*arguments: Any, **options: Any) -> Properties:
        made: Properties = make(*arguments, **options)
        made["_image_resolution_disabled"] = True
        if made["desiredCount"] > 0 and made["status"] == "PRIMARY":
            made["rolloutState"], made["rolloutStateReason"] = "IN_PROGRESS", "ECS deployment in progress."
        return made

    ecs._make_deployment = deployment


def mend_health_checks() -> None:
    """A task gets requests, and counts as started, only once its target group's check has passed: the emulator takes every
    container for healthy."""
    address, schedule = ecs._task_ip, ecs._schedule_service_deployment_completion
    refresh = ecs._refresh_service_state

    def healthy_address(task: Properties) -> Any:
        return address(task) if task.get("_passed") else None

    def after_check(cluster: str, key: str, account: str, region: str, healthy_task: Any = None) -> None:
        service = ecs._services.get(key) or {}
        checks = [(alb._tgs[one["targetGroupArn"]], one["containerPort"]) for one in service.get("loadBalancers") or ()]
        if healthy_task is None or not checks:
            schedule(cluster, key, account, region, healthy_task=healthy_task)
            return

        def check() -> None:
            from ministack.core.responses import request_scope

            with request_scope(account, region):
                if passes_all(healthy_task, checks, address, int(service.get("healthCheckGracePeriodSeconds") or 0)):
                    healthy_task["_passed"] = True
                    refresh(cluster, healthy_task["group"])
                    schedule(cluster, key, account, region, healthy_task=healthy_task)
                elif healthy_task.get("lastStatus") == "RUNNING":
                    reason = "Task failed ELB health checks in target-group"
                    ecs._mark_task_stopped(healthy_task["taskArn"], healthy_task, reason, "ServiceSchedulerInitiated")
                    ecs._cleanup_task_resources(healthy_task, None)
                    ecs._record_service_task_failure(healthy_task)

        threading.Thread(target=check, daemon=True).start()

    ecs._task_ip = healthy_address
    ecs._schedule_service_deployment_completion = after_check


def passes_all(task: Properties, checks: list[Any], address: Callable[..., Any], grace_seconds: int) -> bool:
    """Whether every target group's check passes: within the grace period and as many intervals as may fail after it."""
    for group, port in checks:
        allowed = int(group.get("UnhealthyThresholdCount") or 2) * int(group.get("HealthCheckIntervalSeconds") or 30)
        deadline = time.monotonic() + grace_seconds + allowed
        while not passes(address(task), port, group):
            if task.get("lastStatus") != "RUNNING" or time.monotonic() > deadline:
                return False
            time.sleep(HEALTH_CHECK_SECONDS)
    return True


def passes(host: Any, port: int, group: Properties) -> bool:
    connection = HTTPConnection(str(host), int(port), timeout=float(group.get("HealthCheckTimeoutSeconds") or 5))
    try:
        connection.request("GET", group.get("HealthCheckPath") or "/", headers={"User-Agent": "ELB-HealthChecker/2.0"})
        status = connection.getresponse().status
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    for part in str((group.get("Matcher") or {}).get("HttpCode") or "200").split(","):
        first, _, last = part.partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False


def mend_alarms() -> None:
    """An alarm on an expression is recorded; the emulator knows alarms on one metric alone."""
    own = HANDLERS["AWS::CloudWatch::Alarm"]
    record = recorded(
        "AWS::CloudWatch::Alarm",
        {"readOnlyProperties": ["/properties/Arn"], "primaryIdentifier": ["/properties/AlarmName"]},
    )

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        made: Made = (record if properties.get("Metrics") else own)["create"](logical_id, properties, stack)
        return made

    def update(physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str = "") -> Made:
        made: Made = (record if new.get("Metrics") else own)["update"](physical_id, old, new, stack, logical_id)
        return made

    def delete(physical_id: str, properties: Properties) -> None:
        (record if properties.get("Metrics") else own)["delete"](physical_id, properties)

    changed = {"create": create, "update": update, "delete": delete, "update_with_logical_id": True}
    HANDLERS["AWS::CloudWatch::Alarm"] = own | changed


# --- what is common to all types


def recorded(kind: str, schema: Properties) -> dict[str, Any]:
    """Handlers of a type that nothing here can play: its properties are kept, Ref and GetAtt come from its schema."""
    required = schema.get("required") or ()
    read_only = [path.split("/properties/", 1)[1].replace("/", ".") for path in schema.get("readOnlyProperties") or ()]
    identifier = [path.rsplit("/", 1)[1] for path in schema.get("primaryIdentifier") or ()]
    _, service, resource = kind.split("::")

    between = ":" if service == "DMS" else "/"

    def arn(name: str) -> str:
        return f"arn:aws:{service.lower()}:{get_region()}:{get_account_id()}:{resource.lower()}{between}{name}"

    def attributes(name: str) -> dict[str, Any]:
        values = {"Version": "1"}
        return {
            each: values.get(each) or (arn(name) if each.lower().endswith("arn") else f"recorded-{each.lower()}")
            for each in read_only
        }

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        if missing := [name for name in required if name not in properties]:
            raise ValueError(f"{kind} lacks {', '.join(missing)}")
        note_record(stack, logical_id)
        name = str(properties.get(identifier[0] if identifier else "Name") or f"{stack}-{logical_id}")
        return (arn(name) if identifier and identifier[0].endswith("Arn") else name), attributes(name)

    def update(physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str = "") -> Made:
        return physical_id, attributes(physical_id.removeprefix(arn("")))

    def delete(physical_id: str, properties: Properties) -> None:
        return None

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def with_schema(kind: str, schema: Properties) -> None:
    """Parameters of type Number arrive as text, and properties may be read back by GetAtt: both as the schema says."""
    own = HANDLERS[kind]
    attributes = [path.split("/properties/", 1)[1] for path in schema.get("readOnlyProperties") or ()]
    names = [name for name in [*attributes, *(schema.get("properties") or {})] if "/" not in name]

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        typed = as_typed(properties, schema, schema)
        physical_id, found = own["create"](logical_id, typed, stack)
        return physical_id, {name: typed[name] for name in names if isinstance(typed.get(name), str | int)} | (
            found or {}
        )

    changed: dict[str, Any] = {"create": create}
    if update := own.get("update"):

        def typed_update(physical_id: str, old: Properties, new: Properties, *rest: Any, **options: Any) -> Any:
            before, after = as_typed(old, schema, schema), as_typed(new, schema, schema)
            return update(physical_id, before, after, *rest, **options)

        changed["update"] = typed_update
    HANDLERS[kind] = own | changed


def as_typed(value: Any, schema: Properties, root: Properties) -> Any:
    """A value with the types of its schema. Raises ValueError for text that is no number where one is wanted."""
    for _ in range(20):  # references to references
        if "$ref" not in schema:
            break
        schema = root.get("definitions", {}).get(schema["$ref"].rsplit("/", 1)[-1], {})
    kind = schema.get("type")
    if isinstance(value, dict):
        properties = schema.get("properties") or {}
        return {name: as_typed(each, properties.get(name, {}), root) for name, each in value.items()}
    if isinstance(value, list):
        return [as_typed(each, schema.get("items") or {}, root) for each in value]
    if isinstance(value, str) and kind in ("integer", "number"):
        return int(value) if kind == "integer" else float(value)
    if isinstance(value, str) and kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def wait_until(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise ValueError(otherwise)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
