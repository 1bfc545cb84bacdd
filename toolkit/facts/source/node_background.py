"""Scripts of Node that answer no request: nothing that they load, directly or by other files, can be a server."""

import posixpath
import re
from collections.abc import Iterator

from toolkit.catalog.globs import any_of
from toolkit.facts.javascript_imports import loaded
from toolkit.facts.model import Command, EntryPoint, Fact, Origin, Role
from toolkit.facts.npm_scripts import file_of_command
from toolkit.facts.source.project import Project
from toolkit.facts.source.typescript_outputs import source_of
from toolkit.inventory.source_tree import SourceFile

RULE = "node-background"
# Packages that listen, or start what does; http and net may be asked with as well, and leave it open.
SERVING = any_of((
    "@adonisjs/*", "@feathersjs/*", "@hapi/*", "@loopback/*", "@nestjs/*", "@strapi/*", "actionhero", "apollo-server*", "browser-sync",
    "child_process", "cluster", "connect", "derby", "egg*", "express*", "fastify*", "faye", "graphql-yoga", "grpc", "@grpc/*", "hapi", "http", "http2",
    "http-proxy*", "http-server", "https", "json-server", "keystone", "koa*", "live-server", "loopback*", "meteor*", "micro",
    "moleculer*", "net", "next", "node-static", "nuxt*", "parse-*", "pm2", "polka", "primus", "probot", "restify", "sails", "seneca", "serve*", "sirv*",
    "socket.io", "sockjs", "strapi*", "throng", "total*", "union", "uWebSockets.js", "webpack-dev-server", "worker_threads", "ws", "zappajs",
))  # fmt: skip
# What names a file only as it runs.
_COMPUTED = re.compile(r"\b(?:require|import)\(\s{0,20}[^'\"\s)]|\brequireDir|\brequire-dir|\brequire-all")
_ENDINGS = ("", ".js", ".cjs", ".mjs", ".ts", ".json", "/index.js", "/index.ts")
_MOST_FILES = 200


def read(project: Project) -> Iterator[Fact]:
    """Of those that a command starts: `node tools/hash-password.js`. Where what `npm start` runs answers nothing by the same
    measure, its framework is one that is not known here, and no other script is told apart by it."""
    if any(not _may_serve(project, file) for file in _started(project)):
        return
    seen = set()
    for command in project.facts.facts:
        if not isinstance(command, Command) or command.role is not Role.START or command.argv[:1] != ("node",):
            continue
        named = next((word for word in command.argv[1:] if not word.startswith("-")), "")
        for folder in dict.fromkeys((command.directory.strip("/"), "")):
            path = posixpath.normpath(posixpath.join(folder, named))
            there = _file(project, path) if named else None
            file = there or (source_of(project, folder, named) if named else None)
            if file and file.path not in seen and project.is_code(file.path):
                seen.add(file.path)
                if not _may_serve(project, file):
                    yield EntryPoint(
                        kind="background_program", value=there.path if there else path, evidence=file.at(1, rule=RULE),
                        origin=Origin.CONVENTION, confidence=0.8,
                    )  # fmt: skip


def _started(project: Project) -> Iterator[SourceFile]:
    for point in project.points("npm_script"):
        script = file_of_command(point.detail) if point.value == "start" else ""
        path = posixpath.normpath(posixpath.join(point.directory, script))
        if script and (file := _file(project, path) or source_of(project, point.directory, script)):
            yield file


def _may_serve(project: Project, script: SourceFile) -> bool:
    waiting, seen = [script], {script.path}
    while waiting and len(seen) < _MOST_FILES:
        file = waiting.pop()
        if _COMPUTED.search(file.text):
            return True
        for written, _ in loaded(file.text):
            name = written.removeprefix("node:")
            if not name.startswith("."):
                if SERVING.fullmatch(name):
                    return True
                continue
            found = _file(project, posixpath.normpath(posixpath.join(file.directory, name)))
            if found is None and not name.endswith(".json"):
                return True
            if found and found.path not in seen:
                seen.add(found.path)
                waiting.append(found)
    return bool(waiting)


def _file(project: Project, path: str) -> SourceFile | None:
    """What Node loads for a path: https://nodejs.org/api/modules.html#all-together"""
    return next((file for end in _ENDINGS if (file := project.tree.read(path + end))), None)
