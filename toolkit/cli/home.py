"""Account and region of an environment, as `environments` of the plan or platform in an output folder has them."""

from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import BadInputError

if TYPE_CHECKING:
    from toolkit.plan.model import Environment


def home_of(folder: Path, environment: str) -> "Environment":
    """Empty without a plan, or where it says nothing. Raises BadInputError for a plan that is none."""
    from toolkit.artefacts.plan_file import PATH
    from toolkit.plan import platforms
    from toolkit.plan.model import Environment
    from toolkit.plan.plan_file import read_plan

    plan, platform = folder / PATH, folder / platforms.PATH
    if plan.is_file():
        homes = read_plan(plan.read_text(encoding="utf-8"), str(plan)).environments
    elif platform.is_file():
        homes = platforms.read_fleet(platform.read_text(encoding="utf-8"), str(platform)).environments
    else:
        return Environment()
    return next((home for name, home in homes.items() if name == environment), Environment())


def agreed(what: str, given: str, planned: str, environment: str) -> str:
    """The option's value or the plan's. Raises BadInputError where they differ: one of them is a mistake."""
    if given and planned and given != planned:
        raise BadInputError(
            f"--{what} {given} is not the {what} of {environment}, which is {planned}",
            to_do=f"leave the option out, or change environments.{environment}.{what} in replatform.yaml",
        )
    return given or planned
