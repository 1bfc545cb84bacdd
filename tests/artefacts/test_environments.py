"""What only an environment's owners know, from the plan to the parameter files."""

import json
from pathlib import Path

from typer.testing import CliRunner

from tests.conftest import SAMPLES
from toolkit.cli.main import app

CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"


def test_a_certificate_goes_to_its_environment_alone(tmp_path: Path) -> None:
    given = f"environments.production.certificate={CERTIFICATE}"
    done = CliRunner().invoke(app, ["convert", str(SAMPLES["collections"]), "--out", str(tmp_path), "--set", given])
    assert done.exit_code == 0, done.output
    clusters = {
        name: json.loads((tmp_path / f"cloudformation/{name}.json").read_text())["cluster"]["Parameters"]
        for name in ("test", "production")
    }
    assert clusters["production"]["CertificateArn"] == CERTIFICATE
    assert "CertificateArn" not in clusters["test"]


def test_what_is_no_certificate_is_refused(tmp_path: Path) -> None:
    given = "environments.production.certificate=arn:aws:s3:::x"
    refused = CliRunner().invoke(app, ["convert", str(SAMPLES["collections"]), "--out", str(tmp_path), "--set", given])
    assert refused.exit_code != 0
    assert not list(tmp_path.iterdir())


def test_host_names_have_the_domain_of_their_environment(tmp_path: Path) -> None:
    given = ["services.web.hosts=['shop.{domain}', www.example.org]"]
    given += [f"environments.{name}.domain={name[:4]}.example.com" for name in ("development", "test", "production")]
    arguments = [word for answer in given for word in ("--set", answer)]
    source = str(SAMPLES["administration"])
    refused = CliRunner().invoke(app, ["convert", source, "--out", str(tmp_path), *arguments[:-2]])
    assert refused.exception and "environments.production.domain" in getattr(refused.exception, "to_do", "")
    done = CliRunner().invoke(app, ["convert", source, "--out", str(tmp_path), *arguments])
    assert done.exit_code == 0, done.output
    written = json.loads((tmp_path / "services/web/ecs-service-config.test.json").read_text())["Parameters"]
    assert written["HostHeaders"] == "shop.test.example.com,www.example.org"
