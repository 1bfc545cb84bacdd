"""What commands give away: the command itself, packages, runtimes, package managers, datastores, variables, ports."""

import re
from collections.abc import Iterator

from toolkit.catalog.command_rules import Classified
from toolkit.catalog.globs import any_of
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.facts.model import Command, Datastore, Fact, PackageManager, Port, Role, Runtime, SystemPackage
from toolkit.facts.readme import ports
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.container_images import datastore_run
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.variable_words import VARIABLE
from toolkit.facts.readme.versions import clean, runtime_in_package, version_in_package
from toolkit.facts.secrets import MASK, looks_secret, masked

PACKAGE = re.compile(r"[a-z0-9][a-z0-9+._@:-]{0,80}$", re.IGNORECASE)
PORT_OPTION = re.compile(
    r"(?:^|\s)(?:--?(?:port|listen|bind|http-port|server-port|http|address|urls?|host|p|b|l)[= ]|-(?:b|p|l|S)\s?|--server\.port=|-Dserver\.port=|PORT=|--urls[= ])"
    r"[\"']?(?:https?://)?(?:[\w.*\[\]:-]{0,60}:)?(\d{2,5})\b(?!\.\d)"
)
_ARCHIVE = re.compile(
    r"/(?P<name>[A-Za-z]{2,14})-?v?(?P<version>\d{1,2}(?:\.\d{1,3}){1,2})(?:[.-][\w.-]{0,40})?\.(?:tar|tgz|txz|zip)",
    re.IGNORECASE,
)  # of a language or a datastore: ruby-2.6.3.tar.gz, Python-3.8.1.tgz, node-v14.0.0-linux-x64.tar.xz
# How Node.js documents its packages for Debian: https://github.com/nodesource/distributions (2026-11-21)
_NODE_LINE = re.compile(r"/setup_(\d{1,2})\.x\b")
HOST_PORT = re.compile(r"(?<![\w.:/])(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|\*):(\d{2,5})\b")


def facts_of(found: Found, draft: Draft) -> Iterator[Fact]:
    """The facts of one command."""
    base = draft.of(found)
    known = found.classified
    yield command_fact(found, draft)
    if found.role == Role.START:
        yield from _ports(found, draft)
    if known is None:
        return
    counted = found.role not in (Role.HOST, Role.VERIFY)
    if known.rule.packages:
        yield from _packages(found, draft)
    if known.rule.gives_variables and (store := datastore_run(found.command.words, draft.rules)):
        yield Datastore(engine=store[0], version=store[1], **base("datastore:image"))
    if known.rule.datastore and found.role == Role.DATASTORE:
        yield Datastore(engine=known.rule.datastore, **base("datastore:client-command"))
    if known.rule.role in (Role.INSTALL, Role.HOST) and (archive := _ARCHIVE.search(found.command.text)):
        for runtime in draft.rules.runtimes:
            if archive["name"].lower() == runtime.name:
                version = clean(archive["version"], runtime.one_dot)
                yield Runtime(name=runtime.name, version=version, constraint=version, **base("runtime:archive"))
        for datastore in draft.rules.datastores:
            if archive["name"].lower() == datastore.engine:
                version = clean(archive["version"])
                yield Datastore(engine=datastore.engine, version=version, **base("datastore:archive"))
    if line := _NODE_LINE.search(found.command.text):
        yield Runtime(name="node", version=line[1], constraint=line[1], **base("runtime:archive"))
    if known.rule.version_of:
        yield from _version_installed(found, known.rule.version_of, draft)
    if counted:
        for name in known.runtimes:
            called = _called_by_version(name, found.command.words[0])
            yield Runtime(name=name, version=called, constraint=called or "", **base("runtime:command"))
        for name in known.managers:
            yield PackageManager(name=name, **base("package-manager:command"))
    if found.role in (Role.START, Role.BUILD, Role.RELEASE, Role.INSTALL):
        for name, value in (*found.command.environment, *_given_to_task(known)):
            if VARIABLE.match(name) and name not in draft.rules.variables.shell:
                yield draft.variable(name, value, base("variable:before-command"))


def _ports(found: Found, draft: Draft) -> Iterator[Port]:
    """Where a start command has its program listen, by an option or by a comment beside it."""
    base, text = draft.of(found), found.command.text
    match = PORT_OPTION.search(text) or HOST_PORT.search(text)
    number = int(match[1]) if match else 0
    if match and 0 < number < 65536 and (match.re is PORT_OPTION or number not in draft.rules.other_ports):
        yield Port(number=number, service=found.service, **base("port:option"))
    elif told := ports.in_comment(found.command.comment, draft):
        yield Port(number=told, service=found.service, **base("port:comment"))


_WANTED = re.compile(r"(?:([a-z]{2,8})-)?v?(\d{1,2}(?:\.\d{1,3}){0,2})(?:-p\d{1,4})?$")
_CALLED = re.compile(r"(?:--python=)?(?:\S{0,200}/)?([a-z]{2,8})=?(\d\.\d{1,2})(?:\.\d{1,3})?$")


def _called_by_version(name: str, word: str) -> str | None:
    """The version in a word that is a language's program or package: php8.1, /usr/bin/python3.9, python=3.6."""
    match = _CALLED.match(word)
    return match[2] if match and match[1] == name else None


def _version_installed(found: Found, name: str, draft: Draft) -> Iterator[Fact]:
    """The version that a manager of versions or environments is told to use: `rbenv install 2.7.1`, `rvm use ruby-2.3`,
    `virtualenv -p python3.8 venv`."""
    words = found.command.words
    wanted = (match[2] for word in words[2:] if (match := _WANTED.match(word)) and match[1] in (None, name))
    called = (version for word in words if (version := _called_by_version(name, word)))
    if version := next(called, None) or next(wanted, None):
        yield Runtime(name=name, version=version, constraint=version, **draft.of(found)("runtime:version-manager"))


_TASK_RUNNERS = frozenset({"rake", "rails"})


def _given_to_task(known: Classified) -> Iterator[tuple[str, str]]:
    """What rake puts into the environment of a task: https://ruby.github.io/rake/doc/command_line_usage_rdoc.html"""
    if known.words[0].rsplit("/", 1)[-1] in _TASK_RUNNERS:
        for word in known.words[1:]:
            name, equals, value = word.partition("=")
            if equals:
                yield name, value


def command_fact(found: Found, draft: Draft) -> Command:
    """The command as a fact. A secret in it is masked, and then it has no argv."""
    command, base = found.command, draft.of(found)
    shown = masked(command.text)
    secret = MASK in shown
    environment = tuple(
        (name, MASK if looks_secret(name, value) else masked(value)) for name, value in command.environment
    )
    argv = () if secret else command.argv
    return Command(
        text=shown
        + (
            " &"
            if command.background and not command.text.endswith("&") and not command.text.startswith("nohup")
            else ""
        ),
        role=_role(found, draft.rules),
        argv=argv,
        environment=environment,
        service=found.service if found.role == Role.START else "",
        mode=found.mode,
        user=command.user,
        directory=draft.directory(command.directory),
        **base(found.rule),
    )


def _role(found: Found, rules: ReadmeRules) -> Role:
    """A command that installs nothing but a database server is not for the application's image."""
    if found.role == Role.SYSTEM_PACKAGE and found.classified and found.classified.rule.packages:
        names = list(package_names(found))
        if names and all(is_server(name, rules) for name in names):
            return Role.HOST
    return found.role


def is_server(name: str, rules: ReadmeRules) -> bool:
    """Whether a package is a datastore's server or its client tools."""
    name = name.lower()
    return bool(rules.servers(name)) or name in (
        "postgresql-client",
        "mysql-client",
        "redis-tools",
        "postgresql-contrib",
    )


def package_names(found: Found) -> Iterator[str]:
    """The packages that a command of the distribution installs."""
    words = found.command.words
    skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif word in ("-t", "-o", "-c", "--target-release", "--repository", "-X", "--virtual", "--tap"):
            skip = True
        elif not word.startswith("-") and word not in (
            "install",
            "in",
            "add",
            "build-dep",
            "tap",
            "upgrade",
            "cask",
            "localinstall",
            "groupinstall",
            "\\",
            "module",
            "enable",
            "update",
        ):
            name = word.rstrip(";,").split("=", 1)[0]
            if PACKAGE.match(name) and "/" not in name and not name.endswith((".deb", ".rpm")):
                yield name


def _packages(found: Found, draft: Draft) -> Iterator[Fact]:
    assert found.classified is not None
    family = found.classified.rule.packages
    base = draft.of(found)
    for name in package_names(found):
        yield SystemPackage(name=name, family=family, **base("system-package:command"))
        lower = name.lower()
        for store in draft.rules.servers(lower):
            yield Datastore(engine=store.engine, version=version_in_package(lower), **base("datastore:package"))
        for runtime in draft.rules.runtimes:
            if any_of(runtime.packages).fullmatch(lower):
                version = runtime_in_package(lower)
                version = clean(version, runtime.one_dot) if version else None
                yield Runtime(name=runtime.name, version=version, constraint=version or "", **base("runtime:package"))
