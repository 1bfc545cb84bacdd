"""An account that answers over HTTP, and the environment that leads the SDK's own chain to it."""

from collections.abc import Iterator
from functools import cache, partial

import pytest
from botocore.loaders import create_loader

from tests.aws.emulator import Aws, running
from toolkit.deploy import run

# The services' descriptions are megabytes, and each session would read them anew.
_loader = cache(create_loader)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    account = Aws()
    # Nobody waits here, neither botocore between its attempts nor we between our looks.
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr("botocore.session.create_loader", _loader)
    monkeypatch.setattr(run, "Deployment", partial(run.Deployment, sleep=lambda seconds: None))
    with running(account) as url:
        for name, value in {
            "AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        yield account
