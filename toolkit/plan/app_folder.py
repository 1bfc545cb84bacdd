"""The folder that holds the application in an image, and what lies in it."""

from toolkit.inventory.paths import inside

APP_FOLDER = "/app"
USERS_HOME = "/home/app"  # of the user that images start as


def named_by_path(program: str) -> bool:
    """Whether a command names its program by a path in the application, and not as one that the system finds."""
    return program.startswith((f"{APP_FOLDER}/", "./", "bin/"))


def in_source(word: str) -> str:
    """The path of the source that a word of a command names: `./shop.py` and `/app/shop.py` are shop.py."""
    return word.removeprefix("./").removeprefix(f"{APP_FOLDER}/")


def moved(path: str, home: str) -> str:
    """A path of the host as it is in the image, where it lies below the application's folder, `home`."""
    root = home.rstrip("/")
    return APP_FOLDER + path[len(root) :] if root and inside(path, root) else path


def in_image(path: str) -> str:
    """Where a folder of the application lies in the image; `../data` is beside the application there too."""
    parts = [] if path.startswith("/") else [APP_FOLDER.strip("/")]
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)
