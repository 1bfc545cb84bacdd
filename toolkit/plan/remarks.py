"""What people have to know of an image because of the stack that it is of."""

from collections.abc import Iterator, Sequence

from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Command, Fact, Role
from toolkit.findings import Evidence, Finding, Severity


def remarks(stack: Stack, about: Sequence[Fact], recognised_by: tuple[Evidence, ...]) -> Iterator[Finding]:
    """Findings RP027 (the README alone decides) and RP028 (a Windows image)."""
    if stack.last_resort:
        commands = [f for f in about if isinstance(f, Command) and f.role in (Role.INSTALL, Role.BUILD, Role.START)]
        yield Finding(
            "RP027",
            Severity.WARNING,
            "no manifest of a known kind was found: the image is made of what the README's commands say, and of nothing else",
            tuple(dict.fromkeys(command.evidence for command in commands))[:3] or recognised_by,
            "build and start it once (replatform build, replatform up) before you rely on it",
        )
    if stack.operating_system != "LINUX":
        yield Finding(
            "RP028",
            Severity.WARNING,
            f"{stack.title} needs Windows: its image is built on a Windows host, and its task runs on Fargate for Windows",
            recognised_by[:3],
            "build it on Windows (CodeBuild: a reserved capacity fleet of type WINDOWS_EC2; the Linux project of the pipeline cannot);"
            " it runs on Fargate without Spot, a read-only root file system and compose on Linux; Web.config reads variables only"
            " through configuration builders",
        )
