"""Queues of Amazon SQS, from the address in a README to the task role's permission."""

from pathlib import Path

import pytest

from tests.unit.test_services import planned
from toolkit.artefacts.bindings import bind
from toolkit.artefacts.queues import queue_policies
from toolkit.artefacts.values import settings
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError
from toolkit.plan.model import Planned, Variable
from toolkit.plan.settings.queues import queue_named

ADDRESS = "https://sqs.eu-west-1.amazonaws.com/111122223333/"
FILES = {
    "requirements_DOT_txt": "flask==3.0.3\ngunicorn==23.0.0\nboto3==1.35.0\n",
    "app_DOT_py": "from flask import Flask\napp = Flask(__name__)\n",
    "worker_DOT_py": "",
    "Procfile": "web: gunicorn app:app\nworker: python worker.py\n",
}


def shop(folder: Path, catalog: Catalog, address: str) -> Planned:
    readme = f"# Shop\n\n## Configuration\n\n| Variable | Example |\n| --- | --- |\n| `NOTICES_QUEUE_URL` | `{address}` |\n| `AWS_REGION` | `eu-west-1` |\n"
    return planned(folder, catalog, README_DOT_md=readme, **FILES)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (ADDRESS + "notices.fifo", "notices"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/My_Notices.fifo", "my-notices"),
        ("https://eu-west-1.queue.amazonaws.com/111122223333/cache.fifo", "cache-queue"),
        (ADDRESS + "notices", ""),
        ("https://sqs.example.com/111122223333/notices.fifo", ""),
        (None, ""),
    ],
)
def test_only_addresses_of_fifo_queues_name_one(value: str | None, name: str) -> None:
    assert queue_named(value) == name


def test_the_address_is_the_stacks_and_each_service_has_its_side(tmp_path: Path, catalog: Catalog) -> None:
    found = shop(tmp_path, catalog, ADDRESS + "notices.fifo")
    plan = found.plan
    assert plan.environment["NOTICES_QUEUE_URL"].reference == "{notices.url}"
    assert plan.environment["AWS_REGION"].reference == "{notices.region}"
    assert [line.text for line in bind(settings(plan, "web")).environment if "Region" in line.text] == [
        '  Value: !Sub "${AWS::Region}"'
    ]
    assert (plan.queues["notices"].senders, plan.queues["notices"].receivers) == (("web",), ("worker",))
    assert [finding.code for finding in found.findings if finding.code.startswith("RP04")] == ["RP048"]
    sends, receives = (
        [line.text.strip() for line in queue_policies(plan, service) if "Action: [" in line.text]
        for service in ("web", "worker")
    )
    assert sends == ["Action: [sqs:GetQueueUrl, sqs:SendMessage]", "Action: [kms:Decrypt, kms:GenerateDataKey]"]
    assert "sqs:ReceiveMessage]" in receives[0] and "Send" not in receives[0] and receives[1] == "Action: [kms:Decrypt]"
    alone = plan.queues["notices"].model_copy(update={"senders": (), "receivers": ()})
    assert queue_policies(plan.model_copy(update={"datastores": {"notices": alone}}), "web") == []


def test_a_queue_that_is_not_fifo_stays_where_it_is(tmp_path: Path, catalog: Catalog) -> None:
    found = shop(tmp_path, catalog, ADDRESS + "notices")
    assert found.plan.queues == {} and found.plan.environment["AWS_REGION"].value == "eu-west-1"
    assert [finding.code for finding in found.findings if finding.code in ("RP049", "RP048")] == ["RP049"]


def test_a_queue_has_an_address_and_no_host(tmp_path: Path, catalog: Catalog) -> None:
    plan = shop(tmp_path, catalog, ADDRESS + "notices.fifo").plan
    wrong = plan.model_copy(update={"environment": {"NOTICES_QUEUE_URL": Variable(reference="{notices.host}")}})
    with pytest.raises(BadInputError, match=r"nothing fills \{notices.host\}.*\n.*\n.*\{notices.url\}"):
        settings(wrong, "web")
