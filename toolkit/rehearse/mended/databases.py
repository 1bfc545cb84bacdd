"""RDS: DB instances and clusters are containers, with the managed master secret and with TLS."""

import functools
import io
import json
import secrets
import ssl
import tarfile
import uuid
from typing import Any

from ministack.services import rds, secretsmanager
from ministack.services.cloudformation import provisioners

from .apis import ask, ask_json, wait_until
from .resource_types import HANDLERS, Made, Properties, note_record

AURORA = {"aurora-mysql": "mysql", "aurora-postgresql": "postgres"}
CLUSTER_INSTANCE = {"DBInstanceClass": "db.t4g.micro", "AllocatedStorage": "20"}


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

    def create_cluster(logical_id: str, properties: Properties, stack: str) -> Made:
        """Aurora speaks the protocol of the engine that it stands for: its container plays the cluster."""
        played = {
            "DBInstanceIdentifier": properties["DBClusterIdentifier"],
            "DBName": properties.get("DatabaseName"),
            "Engine": AURORA.get(properties["Engine"], properties["Engine"]),
            **CLUSTER_INSTANCE,
        }
        return create(logical_id, properties | played, stack)

    def create_instance(logical_id: str, properties: Properties, stack: str) -> Made:
        cluster = rds._instances.get(properties.get("DBClusterIdentifier"))
        if cluster is None:
            return create(logical_id, properties, stack)
        note_record(stack, logical_id)
        return properties["DBInstanceIdentifier"], database_attributes(cluster)

    for kind, make in (("AWS::RDS::DBInstance", create_instance), ("AWS::RDS::DBCluster", create_cluster)):
        HANDLERS[kind] = HANDLERS[kind] | {"create": make, "delete": delete}


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
