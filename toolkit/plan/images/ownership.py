"""What of an image the application's user owns: the folders that it writes to, and the files that it rewrites."""

from collections.abc import Collection
from dataclasses import dataclass

from toolkit.facts.model import WritableFolder
from toolkit.findings import Evidence
from toolkit.plan.app_folder import in_image
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.images.lasting_files import lasting
from toolkit.plan.images.writable import written
from toolkit.plan.model import Decision
from toolkit.plan.reported import Reported


@dataclass
class Ownership(Reported):
    """Absolute paths: folders with all that lies in them, and files and folders without."""

    writable: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()


def plan_ownership(image: ImageInputs, filled: Collection[str]) -> Ownership:
    """`filled` are folders that another stage fills: nothing comes there at run time, though git keeps them empty."""
    application, stack, folder = image.application, image.stack, image.folder
    if stack.runtime_image or stack.is_pages_alone:
        return Ownership()  # of the application nothing runs in it
    about = [fact for fact in image.about if not (isinstance(fact, WritableFolder) and fact.path.strip("/") in filled)]
    found = written(stack, folder, about, image.tree, image.workdir)
    owned = found.alone
    if application.installer:
        # Its operators run the installer and the application as one user.
        owned |= {in_image(application.module): Evidence(application.installer[-1], rule="install-script")}
    told = Ownership(tuple(found.folders), tuple(owned))
    told.findings += lasting(
        {path: places or application.evidence[:1] for path, places in found.folders.items()}, image.about
    )
    if found.places:
        because = "the application writes there"
        told.decisions.append(Decision(f"{image.key}.writable", ", ".join(found.folders), because, found.places))
    if owned:
        because = "the application creates files there, or rewrites this one; the code beside it stays owned by root"
        told.decisions.append(Decision(f"{image.key}.owned", ", ".join(owned), because, tuple(owned.values())[:3]))
    return told
