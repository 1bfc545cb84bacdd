"""Which application folder a file belongs to."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import PurePosixPath

from toolkit.inventory.source_tree import SourceFile, SourceTree

# Where one of these lies, an application or a module of one begins.
ANCHORS = frozenset(
    {
        "Gemfile", "Pipfile", "Procfile", "build.gradle", "build.gradle.kts", "composer.json",
        "cpanfile", "go.mod", "mix.exs", "package.json", "pom.xml", "pyproject.toml",
        "requirements.txt", "setup.py",
    }
)  # fmt: skip
ANCHOR_ENDINGS = (".csproj", ".fsproj", ".vbproj")
TESTS = frozenset({"__tests__", "test", "tests"})
# Folders for the application's authors, and folders with other people's code: neither is what is deployed.
AUTHORS_ONLY = frozenset({"__tests__", "doc", "docs", "example", "examples", "fixtures", "spec", "test", "tests"})
OTHERS = frozenset(
    {"bower_components", "bundled-libs", "pear", "third-party", "third_party", "thirdparty", "vendor", "vendors"}
)
# Tools for packaging, which projects carry a copy of.
COPIED_TOOLS = frozenset({"distribute_setup.py", "ez_setup.py", "get-pip.py", "versioneer.py"})
# A release of a library, copied as it was unpacked: lib/smarty-4.3.0, jqueryui/1.13.2.
_RELEASE = re.compile(r"[A-Za-z][\w.]{0,60}-v?\d{1,4}(?:\.\d{1,4}){1,3}|\d{1,4}(?:\.\d{1,4}){2}")
# What is told to those who run the authors' own images, whose settings and scripts are not the source's.
_OF_IMAGES = re.compile(r"(?:^|/)(?:docker|docker[-_]\w{1,30}|kubernetes|k8s|helm)(?:/|\.\w{2,10}$)", re.IGNORECASE)
# Folders that only sort the requirement files of the application above them.
NO_HOMES = frozenset({"reqs", "requirements", "requires"}) | AUTHORS_ONLY | OTHERS


# Modules of Python that servers and people start.
_STARTS = ("application.py", "app.py", "asgi.py", "main.py", "manage.py", "run.py", "server.py", "wsgi.py")
_TEST_SOURCES = re.compile(r"[a-z]+Tests?|testFixtures")  # sets of Gradle: src/integrationTest


def _is_test(folder: str) -> bool:
    return folder.lower() in TESTS or bool(_TEST_SOURCES.fullmatch(folder))


def _any_for_authors(folders: Iterable[str]) -> bool:
    return any(
        folder in AUTHORS_ONLY or folder.endswith(("-examples", "_examples", "-tests", "_tests")) for folder in folders
    )


# What a set-up script imports: any other module may be called setup.py too.
_SETS_UP = re.compile(r"setuptools|distutils|skbuild|cx_Freeze")


def without_namesakes(tree: SourceTree) -> tuple[str, ...]:
    """The paths of a tree, without modules that are called setup.py and set nothing up."""
    return tuple(path for path in tree.paths if path.rpartition("/")[2] != "setup.py" or _sets_up(tree.read(path)))


def _sets_up(file: SourceFile | None) -> bool:
    return file is not None and bool(_SETS_UP.search(file.text))


# What Python applications carry a copy of where they are started from their source, mostly in a folder `lib`.
_CARRIED = frozenset(
    {
        "backports", "bs4", "certifi", "chardet", "cheetah", "cherrypy", "configobj", "dateutil", "django", "feedparser",
        "flask", "html5lib", "httplib2", "idna", "jinja2", "mako", "markupsafe", "oauthlib", "pkg_resources", "pyparsing",
        "pytz", "requests", "simplejson", "six", "sqlalchemy", "tornado", "tzlocal", "unidecode", "urllib3", "webob",
        "werkzeug", "xmltodict", "yaml",
    }
)  # fmt: skip
_ENOUGH_CARRIED = 3
_OF_COMPOSER = "/composer/autoload_real.php"
# What a library of PHP or of the browser is published with, at the top of its own repository.
_PUBLISHED_WITH = frozenset({"bower.json", "composer.json", "package.json"})
_README = re.compile(r"(?i)readme(?:\.\w{2,10})?")
_LIBRARIES = frozenset({"extern", "external", "inc", "includes", "lib", "libraries", "library", "libs"})
_LICENCE = re.compile(r"(?i)(?:copying|licen[cs]e)(?:[.-][\w.-]{1,20})?")


@lru_cache(maxsize=8)
def carried_folders(paths: tuple[str, ...]) -> frozenset[str]:
    """Folders in which an application carries the libraries that it uses: several well-known ones of Python lie in them, or
    Composer's own files, under whatever name its `vendor-dir` is."""
    composers = frozenset(path.removesuffix(_OF_COMPOSER) for path in paths if path.endswith(_OF_COMPOSER))
    found: dict[str, set[str]] = {}
    for path in paths:
        *folders, name = path.split("/")
        if len(folders) > 1 and name == "__init__.py":
            *folders, name = folders
        elif not name.endswith(".py"):
            continue
        if folders and (library := name.removesuffix(".py").lower()) in _CARRIED:
            found.setdefault("/".join(folders), set()).add(library)
    several = frozenset(folder for folder, libraries in found.items() if len(libraries) >= _ENOUGH_CARRIED)
    return composers | several


@lru_cache(maxsize=8)
def copied_libraries(paths: tuple[str, ...]) -> frozenset[str]:
    """Folders of libraries that an application in PHP has copies of, each with the licence and the manifest that it was published
    with, or its README in a folder for libraries. These and what is written about it say nothing of the application, of which
    the library's code is a part."""
    if "index.php" not in paths:
        return frozenset()
    split = [path.rpartition("/") for path in paths if "/" in path]
    licensed = {folder for folder, _, name in split if _LICENCE.fullmatch(name)}
    return frozenset(
        folder
        for folder, _, name in split
        if folder in licensed
        and (
            name in _PUBLISHED_WITH
            or (_README.fullmatch(name) and not _LIBRARIES.isdisjoint(folder.lower().split("/")[:-1]))
        )
    )


def of_libraries(paths: tuple[str, ...]) -> tuple[str, ...]:
    """What the paths begin with of files that are told about libraries which lie in the source, and not about the application."""
    return tuple(f"{folder}/" for folder in sorted(carried_folders(paths) | copied_libraries(paths)))


def _is_started_above(folder: str, names: set[str], anchors: Collection[str], paths: Collection[str]) -> bool:
    """Whether a package of Python has the list of the application around it, whose start lies beside the package: `run.py`
    and `shop/requirements.txt`."""
    above = folder.rpartition("/")[0]
    return names == {"requirements.txt"} and above not in anchors and _is_package_beside_start(folder, paths)


def _is_package_beside_start(folder: str, paths: Collection[str]) -> bool:
    above = folder.rpartition("/")[0]
    return (
        bool(folder)
        and f"{folder}/__init__.py" in paths
        and any(f"{above}/{start}".strip("/") in paths for start in _STARTS)
    )


class Places:
    """The application folders of one tree."""

    def __init__(self, paths: Iterable[str]) -> None:
        paths = tuple(paths)
        self._carried = tuple(f"{folder}/" for folder in carried_folders(paths))
        self._of_libraries = of_libraries(paths)
        anchors: dict[str, set[str]] = {}
        for folder, _, name in (path.rpartition("/") for path in paths if not path.startswith(self._of_libraries)):
            if (name in ANCHORS or name.endswith(ANCHOR_ENDINGS)) and folder.rpartition("/")[2] not in NO_HOMES:
                anchors.setdefault(folder, set()).add(name)
        known = frozenset(paths)
        self._homes = frozenset(
            folder for folder, names in anchors.items() if not _is_started_above(folder, names, anchors, known)
        )
        # Packages of Python that list what their pages need, `manage.py` and `shop/package.json`: their modules are of the
        # application around them.
        pages = (folder for folder, names in anchors.items() if names == {"package.json"})
        self._homes_of_pages = frozenset(folder for folder in pages if _is_package_beside_start(folder, known))

    @staticmethod
    def for_authors(path: str) -> bool:
        """Whether a file is documentation, a test or an example."""
        folders = path.split("/")[:-1]
        small = [folder.lower() for folder in folders]
        if "src" in small:  # below it lie packages, which may have any name: com.example
            source = small.index("src")
            return _any_for_authors(small[:source]) or any(map(_is_test, folders[source + 1 : source + 2]))
        return _any_for_authors(small)

    @staticmethod
    def of_images(path: str) -> bool:
        """Whether a file is about images of the application's authors."""
        return bool(_OF_IMAGES.search(path))

    @staticmethod
    def of_others(path: str) -> bool:
        """Whether a file belongs to somebody else's code that was copied into the tree."""
        *folders, name = path.lower().split("/")
        return name in COPIED_TOOLS or not OTHERS.isdisjoint(folders) or any(map(_RELEASE.fullmatch, folders[1:]))

    def is_carried(self, path: str) -> bool:
        """Whether a file belongs to a library that the application carries."""
        return path.startswith(self._carried)

    def is_of_library(self, path: str) -> bool:
        """Whether a file tells of a library in the source, of which the application carries or has a copy."""
        return path.startswith(self._of_libraries)

    def home(self, path: str) -> str:
        """The nearest folder above a file in which an application begins; empty, the root, when there is none."""
        for parent in PurePosixPath(path).parents:
            folder = "" if str(parent) == "." else str(parent)
            if folder in self._homes and not (path.endswith(".py") and folder in self._homes_of_pages):
                return folder
        return ""
