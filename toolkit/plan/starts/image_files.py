"""Where files that a command of the host names lie in an image."""

import posixpath
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from toolkit.inventory.paths import inside, joined, relative
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.app_folder import APP_FOLDER, in_source
from toolkit.plan.image_model import Image

_BY_ENDING = {".cjs": "node", ".js": "node", ".mjs": "node", ".py": "python"}
_FIRST_LINE = re.compile(
    r"#!\s{0,5}(?:/usr)?/bin/env[ \t]{1,5}([\w.]{1,40}(?:[ \t]{1,5}[\w.=/@-]{1,80}){1,9})[ \t]{0,5}\r?\n"
)
# Where hosts have an interpreter, and images of the languages do not.
_OF_HOST = re.compile(
    r"#!\s{0,5}/usr/bin/(python|node|php|ruby)(?:js)?[\d.]{0,6}((?:[ \t]{1,5}-\w{1,10}){0,5})[ \t]{0,5}\r?\n"
)
_MODULE_BY_PATH = re.compile(r"((?:[\w-]+/)*[\w-]+)/([A-Za-z_]\w*(?:\.\w+)+)(?::\w+(?:\(\))?)?")


@dataclass(frozen=True)
class ImageFiles:
    """The files of an image, by the words of commands."""

    image: Image
    tree: SourceTree

    @property
    def start(self) -> str:
        """The folder of the tree in which the image's processes start."""
        return joined(self.image.directory, self.image.workdir)

    def place(self, word: str) -> str:
        """The path in the tree that a word of a command names, from where the processes start."""
        return posixpath.normpath(posixpath.join(self.start, in_source(word)))

    def has(self, program: str) -> bool:
        """Whether a program is a file of the image's source, or of the libraries that its build installs."""
        path = in_source(program)
        place = joined(self.image.directory, path)
        return "node_modules/" in path or path.startswith("vendor/") or place in self.tree

    def interpreted(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """A script of the application whose first line has options for its interpreter, as a command that has them: env of
        Linux takes all that follows it for one name, `node -r esm`.
        https://www.gnu.org/software/coreutils/manual/html_node/env-invocation.html#g_t_002dS_002f_002d_002dsplit_002dstring-usage-in-scripts
        So is one whose first line names where a host has the interpreter. One without a first line for its interpreter,
        which no kernel starts, gets the one that its ending tells.
        """
        path = in_source(argv[0])
        file = self.tree.read(joined(self.image.directory, path)) if "/" in argv[0] else None
        if file is None:
            return argv
        if first := _FIRST_LINE.match(file.text):
            return (*first[1].split(), path, *argv[1:])
        if first := _OF_HOST.match(file.text):
            return (first[1], *first[2].split(), path, *argv[1:])
        interpreter = "" if file.text.startswith("#!") else _BY_ENDING.get(PurePosixPath(path).suffix, "")
        return (interpreter, path, *argv[1:]) if interpreter else argv

    def where_it_starts(self, word: str) -> str:
        """A path below the application's folder on the host, where that was the folder in which the image starts:
        `/app/gunicorn.conf.py` as `/app/src/gunicorn.conf.py`."""
        path = word.removeprefix(APP_FOLDER + "/")
        if (module := _MODULE_BY_PATH.fullmatch(path)) and module[1] == self.image.workdir:
            names = posixpath.join(self.image.directory, module[1], module[2].replace(".", "/") + ".py")
            if names in self.tree:  # gunicorn /app/src/shop.wsgi, which no server can import by that name
                return path.removeprefix(f"{module[1]}/")
        elsewhere = path != word and self.image.workdir and posixpath.join(self.image.directory, path) not in self.tree
        return (
            posixpath.join(APP_FOLDER, self.image.workdir, path)
            if elsewhere and self.place(path) in self.tree
            else word
        )

    def of_production(self, word: str) -> str:
        """The settings of production that lie beside those of developers, as Pyramid's scaffolds make them.
        https://docs.pylonsproject.org/projects/pyramid/en/latest/narr/project.html#production-ini"""
        option, equals, path = word.rpartition("=")
        folder, name = posixpath.split(path)
        other = posixpath.join(folder, "production.ini")
        return option + equals + other if name == "development.ini" and self.place(other) in self.tree else word

    def own_path(self, word: str) -> str:
        """Where a file of the image lies in it, from its path below the top of the tree; empty for what is none."""
        path, folder = posixpath.normpath(word), self.image.directory
        own = relative(path, folder) if folder and inside(path, folder) else ""
        return own if own and path in self.tree and joined(folder, path) not in self.tree else ""
