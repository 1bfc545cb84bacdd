"""Mends the emulator, then serves."""

import json
import os
import sys
import threading
from pathlib import Path

from . import resource_types
from .alarms import mend_alarms
from .caches import mend_caches, write_authority
from .conditions import mend_conditions
from .databases import mend_databases
from .deployments import mend_deployments, mend_health_checks
from .engine import label_containers, publish_ports_here_alone
from .network import lend_apis
from .resource_types import HANDLERS, recorded, with_schema
from .rewrites import mend_rewrites
from .secret_values import mend_secrets
from .tasks import mend_containers, mend_task_definitions


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    resource_types.RECORDED = Path(told["recorded"])
    threading.Thread(target=end_with_the_rehearsal, daemon=True).start()
    label_containers(told["label"])
    publish_ports_here_alone(os.environ["BIND_HOST"])
    mend_conditions()
    lend_apis()
    mend_databases(told["datastores"])
    mend_caches(told["datastores"])
    mend_secrets()
    mend_task_definitions()
    authority = resource_types.RECORDED.with_name("authority.pem")
    write_authority(authority)
    mend_containers(told["images"], told["variables"], set(told["unset"]), authority)
    mend_deployments()
    mend_health_checks()
    mend_alarms()
    mend_rewrites()
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


if __name__ == "__main__":
    main()
