"""Environment variables that Python code reads: os.environ, decouple, environs, django-environ, pydantic settings."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from toolkit.facts.manifests.addresses import engine_of_url
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Datastore, EnvironmentVariable, Fact, Origin, Port
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned, text
from toolkit.facts.source.python_values import default_of
from toolkit.facts.source.system_variables import OF_A_REQUEST, is_of_the_system

RULE = "python-environment"
LOOKUPS = frozenset({"os.environ.get", "os.getenv", "os.environ.pop", "decouple.config", "os.environb.get"})
MAKERS = frozenset(
    {
        "environ.Env",
        "environs.Env",
        "environ.FileAwareEnv",
        "decouple.Config",
        "decouple.AutoConfig",
        "starlette.config.Config",
        "prettyconf.config",
    }
)
# Own helpers of an application, when they are given the name of a variable: get_env_variable("DB_HOST").
HELPER = re.compile(
    r"(?i)_*(?:get|read|require|from|load)?_?(?:os_?)?env(?:iron(?:ment)?)?_?(?:var(?:iable)?|value|setting|str|int|bool|or\w*)?|getenv\w*"
)
TYPES = frozenset({"bool", "dict", "float", "int", "list", "str", "tuple"})
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{1,80}")
# A setting without which no request is answered, whatever the code's own default: Django refuses to start with an empty one
# (https://docs.djangoproject.com/en/stable/ref/settings/#secret-key), Flask to keep a session; reviewed 2026-11-21.
NEVER_EMPTY = "SECRET_KEY"
# Without an argument, django-environ's methods read a variable of their own.
URL_METHODS = {
    "cache": "CACHE_URL", "cache_url": "CACHE_URL", "db": "DATABASE_URL", "db_url": "DATABASE_URL",
    "email_url": "EMAIL_URL", "search_url": "SEARCH_URL",
}  # fmt: skip


def read(project: Project) -> Iterator[Fact]:
    found: dict[tuple[str, str], EnvironmentVariable] = {}
    helpers = dict(helper for module in project.python for helper in _helpers(module))
    for module in project.python:
        for fact in (*_of_module(module, helpers), *_prefixed(module, project)):
            if isinstance(fact, Datastore | Port):
                yield fact
                continue
            # A server of WSGI keeps what it tells of a request from os.environ: what has to be there is told by operators.
            of_request = fact.required and fact.name in OF_A_REQUEST and "cgi" not in module.imports
            if is_of_the_system(fact.name) and not of_request:
                continue
            fact = replace(fact, alternative=alternative(module))
            key = (module.home, fact.name)
            known = found.get(key)
            if known is None or (known.alternative and not fact.alternative):
                found[key] = fact
            elif fact.required and not known.required and not fact.alternative:
                found[key] = replace(known, required=True)
    own = {name for module in project.python for name in _set_by_itself(module)}
    yield from (replace(fact, required=fact.required and fact.name not in own) for fact in found.values())


def alternative(module: Module) -> str:
    """Settings for tests, developers' machines or one hosting service are another way than production's."""
    stem = module.file.name.removesuffix(".py").lower()
    parts = set(re.split(r"[_.-]", stem))
    if not {"settings", "config", "conf"} & set(re.split(r"[/_.-]", module.file.path.lower())):
        return ""
    if parts & {"dev", "develop", "development", "local", "test", "testing", "tests", "ci", "travis"}:
        return "development"
    if parts & {"prod", "production", "live", "base", "common", "default", "defaults", "settings"}:
        return ""
    # settings/heroku.py, which begins with `from .base import *`: the settings of one place to run
    builds_on = re.search(r"^from\s{1,20}[\w.]{1,100}\s{1,20}import\s{1,20}\*", module.file.text, re.MULTILINE)
    return stem[:40] if builds_on and "settings" in module.file.directory.split("/") else ""


def _helpers(module: Module) -> Iterator[tuple[str, bool]]:
    """Functions of the application that look up the variable that their first argument names, and whether it must be set,
    which they may ask first: `if name in os.environ`."""
    for node in module.nodes:
        if not isinstance(node, ast.FunctionDef) or not node.args.args:
            continue
        first = next((argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")), "")
        asks = any(
            isinstance(inner, ast.Compare)
            and isinstance(inner.left, ast.Name)
            and inner.left.id == first
            and module.qualified(inner.comparators[0]) == "os.environ"
            for inner in ast.walk(node)
        )
        for inner in ast.walk(node):
            looked_up: ast.expr | None = None
            if isinstance(inner, ast.Call) and module.qualified(inner.func) in LOOKUPS and inner.args:
                looked_up = inner.args[0]
            elif isinstance(inner, ast.Subscript) and module.qualified(inner.value) == "os.environ":
                looked_up = inner.slice
            if isinstance(looked_up, ast.Name) and looked_up.id == first:
                yield node.name, isinstance(inner, ast.Subscript) and not asks
                break


def _of_module(module: Module, helpers: dict[str, bool]) -> Iterator[EnvironmentVariable | Datastore | Port]:
    makers = {
        name
        for name, value in module.constants.items()
        if isinstance(value, ast.Call) and module.qualified(value.func) in MAKERS
    }
    asked = {node: named for node in module.nodes if (named := _asked_for(module, node))}
    spared = {*asked.values(), *_done_without(module)}
    for node in module.nodes:
        if isinstance(node, ast.Subscript) and module.qualified(node.value) == "os.environ":
            name = text(node.slice)
            if name and isinstance(node.ctx, ast.Load):
                yield from _variable(module, node, name, None, required=name not in spared)
        elif node in asked:
            yield from _variable(module, node, asked[node], None, required=False)
        elif isinstance(node, ast.Call):
            for fact in _call(module, node, makers, helpers):
                if isinstance(fact, EnvironmentVariable) and fact.name in spared:
                    fact = replace(fact, required=False)
                yield fact
        elif isinstance(node, ast.ClassDef):
            bases = [base for base in map(module.qualified, node.bases) if base.rpartition(".")[2] == "BaseSettings"]
            if bases:
                yield from _settings_class(module, node, none_by_default=bases[0] == "pydantic.BaseSettings")


def _prefixed(module: Module, project: Project) -> Iterator[EnvironmentVariable | Datastore | Port]:
    """Settings that `app.config.from_prefixed_env()` takes from the environment, of those that differ between hosts: secrets
    and addresses. https://flask.palletsprojects.com/en/stable/api/#flask.Config.from_prefixed_env (reviewed 2026-11-22)"""
    for call in module.calls:
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "from_prefixed_env":
            continue
        given = next((keyword.value for keyword in call.keywords if keyword.arg == "prefix"), None)
        prefix = text(call.args[0] if call.args else given) or "FLASK"
        for other in (other for other in project.python if other.home == module.home):
            for name, value in other.settings.items():
                default = default_of(other, value)
                if name == NEVER_EMPTY or (VARIABLE.fullmatch(name) and default and engine_of_url(default)):
                    yield from _variable(other, value, f"{prefix}_{name}", default, required=name == NEVER_EMPTY)


def _asked_for(module: Module, node: ast.AST) -> str:
    """The variable that the code may do without: `if "DOMAIN" in os.environ:`; else empty."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.In | ast.NotIn):
        return ""
    return (text(node.left) or "") if module.qualified(node.comparators[0]) == "os.environ" else ""


def _done_without(module: Module) -> Iterator[str]:
    """Variables whose absence the code expects: `if os.getenv("PROXY"):`, `except KeyError:`."""
    for node in module.nodes:
        if isinstance(node, ast.If | ast.IfExp) and not (isinstance(node, ast.If) and _gives_up(node.body)):
            for inner in ast.walk(node.test):
                if isinstance(inner, ast.Call) and module.qualified(inner.func) in LOOKUPS and len(inner.args) == 1:
                    yield text(inner.args[0]) or ""
        elif isinstance(node, ast.Try) and any(map(_catches, node.handlers)):
            for inner in (inner for statement in node.body for inner in ast.walk(statement)):
                if isinstance(inner, ast.Subscript) and module.qualified(inner.value) == "os.environ":
                    yield text(inner.slice) or ""


def _catches(handler: ast.ExceptHandler) -> bool:
    """Whether a missing key is caught, and nothing is raised in its place."""
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else {"KeyError"}
    return not names.isdisjoint({"KeyError", "LookupError", "Exception"}) and not _gives_up(handler.body)


def _gives_up(body: Sequence[ast.stmt]) -> bool:
    """Whether statements end the program."""
    called = (node.func for part in body for node in ast.walk(part) if isinstance(node, ast.Call))
    exits = any(getattr(one, "attr", getattr(one, "id", "")) in ("exit", "_exit", "abort") for one in called)
    return exits or any(isinstance(node, ast.Raise) for part in body for node in ast.walk(part))


def _set_by_itself(module: Module) -> Iterator[str]:
    """Variables that the code sets, for itself or for what it starts: `os.environ["MODE"] = "run"`, `env["JOB"] = job`."""
    for node in module.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            named = node.value.id if isinstance(node.value, ast.Name) else ""
            if module.qualified(node.value) == "os.environ" or named in ("env", "environ", "environment"):
                yield text(node.slice) or ""


def _call(
    module: Module, node: ast.Call, makers: set[str], helpers: dict[str, bool]
) -> Iterator[EnvironmentVariable | Datastore | Port]:
    qualified = module.qualified(node.func)
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    if qualified in ("environ.Env", "environ.FileAwareEnv"):  # Env(DEBUG=(bool, False))
        for name, value in keywords.items():
            if name and isinstance(value, ast.Tuple) and len(value.elts) == 2:
                yield from _variable(module, value, name, default_of(module, value.elts[1]), required=False)
        return
    if qualified.endswith("dj_database_url.config"):
        default = default_of(module, keywords.get("default"))
        yield from _variable(module, node, text(keywords.get("env")) or "DATABASE_URL", default, required=not default)
        return
    owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    imported = module.imports.get(owner.id, "") if isinstance(owner, ast.Name) else ""
    if isinstance(owner, ast.Name) and owner.id not in module.imports and "*" in module.imports:
        imported = f"*.{owner.id}"  # from .base import *
    by_maker = isinstance(owner, ast.Name) and (
        owner.id in makers or (owner.id in ("env", "config") and imported.endswith((".env", ".config")))
    )
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if by_maker and method in URL_METHODS and not node.args:
        default = default_of(module, keywords.get("default"))
        yield from _variable(module, node, URL_METHODS[method], default, required="default" not in keywords)
        return
    last = qualified.rpartition(".")[2]
    if not (qualified in LOOKUPS or by_maker or last in helpers or HELPER.fullmatch(last)) or not node.args:
        return
    name = text(node.args[0])
    exact = qualified in LOOKUPS
    if not name or not (exact or VARIABLE.fullmatch(name)):
        return
    second = node.args[1] if len(node.args) > 1 else None
    if by_maker and not method and isinstance(second, ast.Name) and second.id in TYPES:
        second = None  # env("WORKERS", int)
    given = keywords.get("default") or keywords.get("value") or second
    default = default_of(module, given)
    silent = isinstance(passed := keywords.get("silent"), ast.Constant) and passed.value is True  # Flask's from_envvar
    always = silent or given is not None or (exact and qualified != "decouple.config") or helpers.get(last) is False
    if not default and any((NEVER_EMPTY, node) in assigned(statement) for statement in module.top_level()):
        always = False
    yield from _variable(module, node, name, default, required=not always, confidence=1.0 if exact or by_maker else 0.8)


def _settings_class(
    module: Module, node: ast.ClassDef, *, none_by_default: bool
) -> Iterator[EnvironmentVariable | Datastore | Port]:
    """Fields of a pydantic settings class: https://docs.pydantic.dev/latest/concepts/pydantic_settings/. Until pydantic 2, which
    has the class in a package of its own, what may be None is so without a default:
    https://docs.pydantic.dev/latest/migration/#required-optional-and-nullable-fields (reviewed 2026-11-22)"""
    prefix = ""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign | ast.keyword):
            name = inner.arg if isinstance(inner, ast.keyword) else getattr(inner.targets[0], "id", "")
            if name == "env_prefix":
                prefix = text(inner.value) or ""
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        field = statement.target.id
        if field in ("model_config", "Config") or field.startswith("_"):
            continue
        value, name = statement.value, f"{prefix}{field}"
        if isinstance(value, ast.Call) and module.qualified(value.func).rpartition(".")[2] == "Field":
            keywords = {keyword.arg: keyword.value for keyword in value.keywords}
            name = (
                text(keywords.get("env"))
                or text(keywords.get("validation_alias"))
                or text(keywords.get("alias"))
                or name
            )
            first = value.args[0] if value.args else keywords.get("default")
            value = (
                None
                if isinstance(first, ast.Constant) and first.value is ...
                else first or keywords.get("default_factory")
            )
        spared = none_by_default and _may_be_none(statement.annotation)
        yield from _variable(
            module, statement, name.upper(), default_of(module, value), required=value is None and not spared
        )


def _may_be_none(annotation: ast.expr) -> bool:
    """`Optional[str]`, `Union[str, None]`, `str | None`."""
    return any(
        (isinstance(node, ast.Constant) and node.value is None)
        or getattr(node, "attr", getattr(node, "id", "")) == "Optional"
        for node in ast.walk(annotation)
    )


def _variable(
    module: Module, node: ast.AST, name: str, default: str | None, *, required: bool, confidence: float = 1.0
) -> Iterator[EnvironmentVariable | Datastore | Port]:
    place = module.file.at(getattr(node, "lineno", 0), rule=RULE)
    fact = variable(name, default, place, origin=Origin.RUNNING, required=required, confidence=confidence)
    if fact:
        yield fact
    if default and default.isdecimal() and name.endswith("PORT") and len(default) < 6 and is_own(int(default), name):
        yield Port(number=int(default), evidence=place, origin=Origin.CONVENTION, confidence=0.8)
    engine = engine_of_url(default) if default else None
    if engine and engine != "ldap":
        yield Datastore(
            engine=engine, evidence=place, origin=Origin.RUNNING, confidence=0.85, alternative=alternative(module)
        )
