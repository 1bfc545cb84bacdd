"""What the run-time stage takes from the build stage."""

import re
from dataclasses import dataclass

from toolkit.facts.model import Dependency
from toolkit.inventory.paths import leaves
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision, Question
from toolkit.plan.ranking import evidence_of
from toolkit.plan.reported import Reported

_ENTRY_POINT = re.compile(r"\{(\w+)\}")


@dataclass
class Artifact(Reported):
    """A path below the folder of the image; empty where the stage takes the application as it is."""

    path: str = ""


def plan_artifact(image: ImageInputs, usual: str) -> Artifact:
    """As a file says, by the tool that builds it, or `usual`, where the build tool writes by itself."""
    application, stack = image.application, image.stack
    if not stack.artifact:
        return Artifact()
    key = f"{image.key}.artifact"
    kinds = _ENTRY_POINT.findall(stack.artifact)
    if all(kind in image.entry_points for kind in kinds) and not leaves(told := _filled(stack.artifact, image)):
        places = evidence_of(image.points[kind] for kind in kinds)
        return Artifact(told, decisions=[Decision(key, told, "the output of the build", places)])
    libraries = {dependency.name for dependency in image.folder.of_type(Dependency)}
    usual = next((place for tool, place in stack.artifact_by_dependency.items() if tool in libraries), usual)
    if usual and stack.language == "node" and application.module:
        usual = f"{application.module}/{usual}"
    artifact = Artifact(usual, decisions=[Decision(key, usual, "where its build tool usually writes", (), True)])
    if not usual:
        artifact.questions.append(Question(key, "Into which folder does the build write?", None, consequence=1))
    return artifact


def _filled(template: str, image: ImageInputs) -> str:
    return _ENTRY_POINT.sub(lambda match: image.entry_points[match[1]].removeprefix("./").strip("/"), template)
