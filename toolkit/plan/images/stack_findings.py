"""Findings that follow from the stack an image is of."""

import re
from collections.abc import Iterator

from toolkit.facts.model import Command, Fact, Role, SystemPackage
from toolkit.findings import Finding, Severity
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.ranking import evidence_of

_FPM = re.compile(r"php[\d.]{0,5}-fpm")


def stack_findings(image: ImageInputs) -> Iterator[Finding]:
    """Findings RP027 (the README alone decides), RP028 (a Windows image) and RP038 (PHP was FPM)."""
    stack, about, recognised_by = image.stack, image.about, image.application.evidence
    if stack.readme_packages:
        commands = [f for f in about if isinstance(f, Command) and f.role in (Role.INSTALL, Role.BUILD, Role.START)]
        yield Finding(
            "RP027",
            Severity.WARNING,
            "no known kind of manifest was found: the image is built from the README's commands alone",
            tuple(dict.fromkeys(command.evidence for command in commands))[:3] or recognised_by,
            "build and start it once (replatform build, replatform up) before you rely on it",
        )
    fpm = [fact for fact in about if _is_fpm(fact)] if stack.language == "php" else []
    if fpm:
        yield Finding(
            "RP038",
            Severity.NOTE,
            "PHP runs as FPM behind the host's web server; the image serves it with Apache and mod_php",
            evidence_of(fpm)[:3],
            "carry over what the site's configuration does besides passing requests to PHP: rewrites and denied paths to .htaccess,"
            " limits on uploads, time and workers to php.ini and Apache's configuration",
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


def _is_fpm(fact: Fact) -> bool:
    if isinstance(fact, SystemPackage):
        return bool(_FPM.fullmatch(fact.name))
    return isinstance(fact, Command) and any(_FPM.fullmatch(word.removesuffix(".service")) for word in fact.argv)
