"""What is built from an archive of somebody else's sources: a library or language that the application needs."""

import re
from dataclasses import replace

from toolkit.facts.model import Role
from toolkit.facts.readme import own_program
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.page import Page

_ARCHIVE = re.compile(r"([\w.+-]{3,80})\.(?:tar|tgz|txz|tbz2?|zip)\b")
_BEGIN = re.compile(r"[A-Za-z]+")


def installed(page: Page, found: list[Found]) -> list[Found]:
    """The commands, where building in the folder of an archive is installing, unless it is called like the application."""
    archives = tuple({match[1] for one in found if (match := _ARCHIVE.search(one.command.text))})
    if not archives:
        return found
    result, names = [], own_program.own_names(page)
    folder, entered = "", None  # the last that was entered, and the block in which it was
    for one in found:
        if one.command.program == "cd" and len(one.command.words) > 1:
            folder, entered = one.command.words[1].rstrip("/").rsplit("/", 1)[-1], one.passage
        elif (
            one.role == Role.BUILD
            and one.passage is entered
            and folder.endswith(archives)
            and (begin := _BEGIN.match(folder))
            and begin[0].lower() not in names
        ):
            one = replace(one, role=Role.INSTALL, rule="command:of-library")
        result.append(one)
    return result
