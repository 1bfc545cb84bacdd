"""Building the images of an application, one service after the other: services of one image share their layers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from toolkit.engine.context import DOCKERFILE, build_context
from toolkit.engine.instructions import Instruction, instructions
from toolkit.engine.labels import UNDIVIDED, image_tag, labels
from toolkit.errors import BadInputError, TemporaryError
from toolkit.facts.secrets import masked

if TYPE_CHECKING:
    from docker import DockerClient

_STEP = re.compile(r"Step (\d+)/(\d+) : (.*)", re.DOTALL)
_PARSE_ERROR = re.compile(r"(?i)(?:dockerfile )?parse error (?:on |at )?line (\d+)")
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_NOT_PRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# Names of intermediate containers and layers.
_BUILDERS_OWN = re.compile(r"\s*---> (?:Running in |[0-9a-f]{12}$)|Removing intermediate container ")
_KEPT_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Order:
    """One image to build. Its context is the whole source. `undivided` is a service's image with the code of all."""

    application: str
    service: str
    dockerfile: str
    ignore: str
    undivided: bool = False

    @property
    def tag(self) -> str:
        return image_tag(self.application, self.service + UNDIVIDED if self.undivided else self.service)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a build just did: `step` of `steps` began, or printed a line."""

    service: str
    step: int
    steps: int
    text: str


@dataclass(frozen=True, slots=True)
class Built:
    """An image that was made. `cached_steps` of its `steps` were there already."""

    service: str
    tag: str
    image_id: str
    size_bytes: int
    seconds: float
    steps: int
    cached_steps: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """A build that failed: the instruction, if one did, what the engine says, and the last output, secrets masked."""

    service: str
    message: str
    instruction: Instruction | None
    output: tuple[str, ...]
    seconds: float


def order(folder: Path, application: str, service: str) -> Order:
    """Reads a service's Dockerfile and ignore file. Raises BadInputError when there is no Dockerfile."""
    path = f"services/{service}/Dockerfile"
    try:
        dockerfile = (folder / path).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise BadInputError(f"no {path} in {folder}", to_do="replatform generate writes it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"cannot be read: {error}", where=path) from None
    ignore = folder / f"{path}.dockerignore"
    text = ignore.read_text(encoding="utf-8", errors="replace") if ignore.is_file() else ""
    return Order(application, service, dockerfile, text)


def build(
    client: "DockerClient", wanted: Order, source: Path, report: Callable[[Progress], None] = lambda _: None
) -> Built | Failed:
    """Builds one image with the engine's classic builder and reports what happens meanwhile.

    Raises TemporaryError when the engine goes away, BadInputError when the context cannot be made.
    """
    began = monotonic()
    output: list[str] = []
    step = steps = cached = 0
    image_id = ""
    with build_context(source, wanted.dockerfile, wanted.ignore) as context:
        for event in _events(client, wanted, context.archive):
            if error := event.get("error"):
                return _failed(wanted, str(error), step, output, monotonic() - began)
            image_id = event.get("aux", {}).get("ID", image_id)
            for line in _lines(event):
                if match := _STEP.fullmatch(line):
                    step, steps = int(match[1]), int(match[2])
                # A base image is taken as it is: its step counts as done before.
                cached += line.strip() == "---> Using cache" or bool(match and match[3].upper().startswith("FROM "))
                if not _BUILDERS_OWN.match(line):
                    output.append(line)
                    del output[:-_KEPT_LINES]
                    report(Progress(wanted.service, step, steps, line))
    image = client.images.get(image_id or wanted.tag)
    return Built(
        wanted.service, wanted.tag, str(image.id), int(image.attrs["Size"]), monotonic() - began, steps, cached,
        tuple(context.left_out),
    )  # fmt: skip


def _events(client: "DockerClient", wanted: Order, archive: object) -> Iterator[dict[str, Any]]:
    import docker

    try:
        yield from client.api.build(
            fileobj=archive, custom_context=True, dockerfile=DOCKERFILE, tag=wanted.tag, decode=True, rm=True, forcerm=True,
            labels=labels(wanted.application, wanted.service, "image"),
        )  # fmt: skip
    except docker.errors.APIError as error:
        # Before its first step the engine answers with an error of HTTP: a Dockerfile that it cannot parse, say.
        yield {"error": error.explanation or str(error)}
    except OSError as error:
        raise TemporaryError(
            "the Docker engine stopped to answer during a build", where=str(error)[:200], to_do="run this again"
        ) from None


def _lines(event: dict[str, Any]) -> list[str]:
    """An event as lines of text: output, or the progress of a pull without its thousands of steps."""
    text = event.get("stream")
    if text is None:
        status = str(event.get("status", ""))
        if "progress" in event or not status:
            return []
        text = f"{event['id']}: {status}" if "id" in event else status
    return [line for line in map(printable, str(text).splitlines()) if line.strip()]


def printable(line: str) -> str:
    """A line of output without control sequences, its secrets masked."""
    return masked(_NOT_PRINTABLE.sub("", _COLOURS.sub("", line.rpartition("\r")[2] or line))).rstrip()


def _failed(wanted: Order, message: str, step: int, output: list[str], seconds: float) -> Failed:
    """The engine's message names a command with a thousand characters: the instruction tells the same by its line."""
    found = instructions(wanted.dockerfile)
    instruction = found[step - 1] if 0 < step <= len(found) else None
    if match := _PARSE_ERROR.search(message):
        line = int(match[1])
        instruction = next((one for one in found if one.first_line <= line <= one.last_line), None)
    return Failed(wanted.service, masked(message.strip()), instruction, tuple(output), seconds)
