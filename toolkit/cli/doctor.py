"""`replatform doctor`: what is missing on this machine."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.console import EXIT_FINDINGS, result, result_json, table
from toolkit.cli.options import JsonOption
from toolkit.errors import ToolkitError


class Purpose(StrEnum):
    """What somebody wants to do; `runbook` is deploying by hand, as REPLATFORM.md says."""

    CHECK = "check"
    BUILD = "build"
    REHEARSE = "rehearse"
    DEPLOY = "deploy"
    RUNBOOK = "runbook"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is needed: `detail` is its version or place, `to_do` how to get it where it is missing."""

    name: str
    purposes: tuple[Purpose, ...]
    ok: bool
    detail: str
    to_do: str = ""


Look = Callable[[], str]


class MissingError(Exception):
    """What is looked for is not there; the message says what was seen instead."""


def doctor(
    purposes: Annotated[
        list[Purpose] | None,
        typer.Argument(metavar="[PURPOSE]...", help="check, build, rehearse, deploy or runbook; all if none is given."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is missing on this machine to check, build, rehearse and deploy. Converting needs nothing but this program.

    Nothing is installed, changed or asked of AWS. Ends with 1 when something is missing.

    Examples:

      replatform doctor

      replatform doctor build rehearse --json
    """
    wanted = set(purposes or Purpose)
    found = list(_look_around(wanted))
    if as_json:
        result_json({"ok": all(one.ok for one in found), "found": [asdict(one) for one in found]})
    else:
        result(table(map(_row, found), {"state": "STATE", "what": "WHAT", "purposes": "NEEDED TO", "detail": "FOUND"}))
        for to_do in dict.fromkeys(one.to_do for one in found if not one.ok):
            result(f"to do: {to_do}")
    if not all(one.ok for one in found):
        raise typer.Exit(EXIT_FINDINGS)


def _row(one: Found) -> dict[str, object]:
    state = "ok" if one.ok else "missing"
    return {"state": state, "what": one.name, "purposes": ", ".join(one.purposes), "detail": one.detail}


def _look_around(wanted: set[Purpose]) -> Iterable[Found]:
    for name, purposes, look, to_do in _NEEDS:
        if wanted.isdisjoint(purposes):
            continue
        try:
            yield Found(name, purposes, True, look())
        except MissingError as error:
            yield Found(name, purposes, False, str(error), to_do)


def _distribution(name: str) -> Look:
    def look() -> str:
        try:
            return version(name)
        except PackageNotFoundError:
            raise MissingError("not installed") from None

    return look


def _program(name: str) -> Look:
    def look() -> str:
        beside = Path(sys.executable).with_name(name)  # in the virtual environment that this program runs in
        if found := str(beside) if beside.is_file() else shutil.which(name):
            return found
        raise MissingError("not found on the path")

    return look


def _engine() -> str:
    from toolkit.engine.connection import engine

    try:
        with engine() as client:
            about = client.version()
    except ToolkitError as error:
        raise MissingError(": ".join(part for part in (error.what, error.where) if part)) from None
    if about.get("Os") != "linux":
        raise MissingError(f"the engine runs {about.get('Os')} containers, and ours are for Linux")
    return f"{about.get('Version')}, {about.get('Os')}/{about.get('Arch')}"


def _linux() -> str:
    if sys.platform != "linux":
        raise MissingError(sys.platform)
    return sys.platform


def _environments() -> str:
    """Debian has these two in a package of their own (python3-venv)."""
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        raise MissingError("this Python cannot make virtual environments")
    return f"Python {sys.version_info.major}.{sys.version_info.minor}"


def _region() -> str:
    from toolkit.aws.clients import Clients

    try:
        return Clients().region
    except ToolkitError as error:
        raise MissingError(error.what) from None


def _credentials() -> str:
    from toolkit.aws.clients import Clients

    try:
        # Where they come from; whether AWS takes them, only AWS knows.
        found = Clients(region="eu-west-1").session.get_credentials()
    except ToolkitError as error:
        raise MissingError(error.what) from None
    if found is None:
        raise MissingError("none are configured")
    return f"from {found.method}"


_LINT, _ENGINE, _AWS = (
    "pip install 'replatform[lint]'",
    "pip install 'replatform[engine]'",
    "pip install 'replatform[aws]'",
)
_CHECKED = (Purpose.CHECK, Purpose.REHEARSE)
_BUILT = (Purpose.BUILD, Purpose.REHEARSE)
_SIGNED = (Purpose.DEPLOY, Purpose.RUNBOOK)
_NEEDS: tuple[tuple[str, tuple[Purpose, ...], Look, str], ...] = (
    ("cfn-lint", _CHECKED, _distribution("cfn-lint"), _LINT),
    ("hadolint", _CHECKED, _program("hadolint"), _LINT),
    ("Docker SDK", _BUILT, _distribution("docker"), _ENGINE),
    ("Docker engine", _BUILT, _engine, "start Docker, or set DOCKER_HOST to a Linux engine that you may use"),
    ("Linux", (Purpose.REHEARSE,), _linux, "rehearse on a Linux machine, in CI say"),
    ("virtual environments", (Purpose.REHEARSE,), _environments, "apt-get install python3-venv, or a Python that has venv"),
    ("boto3", (Purpose.REHEARSE, *_SIGNED), _distribution("boto3"), _AWS),
    ("AWS region", _SIGNED, _region, "set AWS_DEFAULT_REGION, or the region of your AWS profile"),
    ("AWS credentials", _SIGNED, _credentials, "log in (aws sso login), or set AWS_PROFILE to a profile that has some"),
    ("AWS CLI", (Purpose.RUNBOOK,), _program("aws"), "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"),
    ("bash", (Purpose.RUNBOOK,), _program("bash"), "install bash 4 or newer"),
    ("git", (Purpose.RUNBOOK,), _program("git"), "install git, from your distribution"),
    ("docker", (Purpose.RUNBOOK,), _program("docker"), "install Docker's command line, with buildx"),
)  # fmt: skip
