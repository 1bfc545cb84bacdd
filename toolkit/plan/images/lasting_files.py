"""Folders whose files have to last, as what users upload: a Fargate task's disk ends with it, and no other task sees it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from toolkit.facts.model import EnvironmentVariable, Fact
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.images.image_inputs import ImageInputs

# Words in a folder's name, and those that say that it may be empty at each start.
_LASTS = re.compile(
    r"(?:^|[/_.-])(?:upload(?:s|ed)?|media|attachments?|avatars?|documents?|files?|filestore|images?|photos?|pictures?|storage"
    r"|user(?:data|files)|data|databases?|db|archivos|adjuntos|arquivos|anexos|imagenes|imagens|fotos|documentos|system)(?:$|[/_.-])"
)
_PASSES = re.compile(
    r"(?:^|[/_.-])(?:logs?|te?mp|cache[sd]?|sessions?|run|pids?|build|dist|static(?:files)?)(?:$|[/_.-])"
)
# Where frameworks are told that another service keeps the files.
_STORES = frozenset({"FILESYSTEM_DISK", "FILESYSTEM_DRIVER"})


def embedded_databases(image: ImageInputs) -> Iterator[Finding]:
    """RP057 for the libraries of an image that keep its data in files; those that others bring along are theirs."""
    for dependency in image.dependencies:
        if (
            dependency.name in image.stack.embedded_databases
            and not dependency.development
            and dependency.evidence.file_name not in image.stack.lock_files
        ):
            yield Finding(
                "RP057",
                Severity.WARNING,
                f"{dependency.name} keeps the application's data in files in the container, and a Fargate task loses its disk when it ends",
                (dependency.evidence,),
                "mount Amazon EFS where it keeps them and run one task, or move the application to a server database, if it"
                " supports one; copy the existing files from the present host before the cut-over",
            )


def lasting(folders: Mapping[str, Sequence[Evidence]], about: Sequence[Fact]) -> Iterator[Finding]:
    """RP057 for the folders of an image, by their paths in it, with what says that the application writes there."""
    if any(isinstance(f, EnvironmentVariable) and f.name in _STORES and f.example == "s3" for f in about):
        return
    kept = [path for path in folders if _LASTS.search(path) and not _PASSES.search(path)]
    if kept:
        places = [place for path in kept for place in folders[path]]
        yield Finding(
            "RP057",
            Severity.WARNING,
            f"{', '.join(kept)}: files written there are lost when the task ends, and other tasks do not see them",
            tuple(dict.fromkeys(places))[:3],
            "store uploads in S3 with a setting or a library of the application, or mount Amazon EFS there; copy the existing"
            " files from the present host before the cut-over",
        )
