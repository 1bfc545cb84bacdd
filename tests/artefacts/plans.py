"""Plans for the tests of what is rendered from them: one as people have it, and strategies for those of an enemy."""

from pathlib import Path

from hypothesis import strategies as st

from toolkit.catalog.load import BlueprintFolder
from toolkit.catalog.profiles import load_datastores, load_profiles, load_sizes
from toolkit.findings import Evidence
from toolkit.plan.model import Decision, Plan

ROOT = Path(__file__).parents[2]
DATASTORES = load_datastores(BlueprintFolder())
SIZES = load_sizes(BlueprintFolder())
PROFILES = load_profiles(BlueprintFolder())

IMAGE = {
    "stack": "java-spring-boot",
    "version": "17",
    "build_image": "maven:3.9-eclipse-temurin-17",
    "runtime_image": "eclipse-temurin:17-jre-jammy",
}

COLLECTIONS = Plan.model_validate(
    {
        "application": "collections",
        "images": {"app": IMAGE, "site": {**IMAGE, "stack": "node-static", "directory": "front/site"}},
        "services": {
            "web": {
                "kind": "web",
                "image": "app",
                "command": ["java", "-jar", "/app/app.jar"],
                "port": 8080,
                "paths": ["/accounts", "/accounts/*"],
                "priority": 100,
                "health": {"path": "/actuator/health"},
            },
            "site": {
                "kind": "web",
                "image": "site",
                "command": ["nginx"],
                "port": 8090,
                "paths": ["/*"],
                "priority": 40000,
            },
            "mailer": {
                "kind": "worker",
                "image": "app",
                "command": ["java", "-jar", "/app/app.jar", "--job=mail"],
                "size": "low",
            },
            "nightly-interest": {
                "kind": "scheduled",
                "image": "app",
                "command": ["java", "-jar", "/app/app.jar", "--job=nightly-interest"],
                "size": "low",
                "schedule": "cron(30 1 * * ? *)",
                "timezone": "Europe/Madrid",
                "environment": {"DB_POOL_SIZE": {"value": "2"}},
            },
        },
        "environment": {
            "SPRING_DATASOURCE_URL": {
                "reference": "jdbc:sqlserver://{database.host}:{database.port};databaseName={database.name};encrypt=true"
            },
            "SPRING_DATASOURCE_USERNAME": {"reference": "{database.username}"},
            "SPRING_DATASOURCE_PASSWORD": {"reference": "{database.password}"},
            "DB_POOL_SIZE": {"value": "10"},
            "PAYMENT_GATEWAY_API_KEY": {"secret": True},
            "SESSION_SECRET": {"secret": True, "generate": True},
            "MAIL_HOST": {
                "values": {
                    "development": "mail.dev.example.com",
                    "test": "mail.test.example.com",
                    "production": "smtp.example.com",
                }
            },
            "GREETING": {"value": "Dear customer, it's $5 for you"},
            "CACHE_URL": {"reference": "{cache.scheme}://{cache.host}:{cache.port}/0"},
        },
        "datastores": {
            "database": {"engine": "sqlserver", "version": "2019", "edition": "standard", "database": "Collections"},
            "cache": {"engine": "redis", "version": "7"},
        },
        "release": {"image": "app", "commands": [["java", "-jar", "/app/app.jar", "--migrate"]]},
        "migration": {"datastore": "database", "source_engine": "sqlserver"},
    }
)
DECISIONS = {
    decision.key: decision
    for decision in (
        Decision(
            "environment.DB_POOL_SIZE", "10", "the value that operators use", (Evidence("README.md", 57, 57, "table"),)
        ),
        Decision("environment.GREETING", "Dear", "no file gives a value", (), True),
        Decision(
            "services.web.port",
            "8080",
            "the configuration sets it",
            (Evidence("src/main/resources/application.properties", 3, 3),),
            False,
            ("8081",),
        ),
    )
}

# What breaks out of YAML, env files, shells, nginx, Markdown, HTML, Mermaid, SQL and CloudFormation when it is not held.
NASTY = (
    "", " ", "no", "on", "Y", "null", "~", "22:22", "1_0", "010", "0x1f", "1e3", ".5", ".inf", "2026-11-21", "=", "<<", "- x", "a: b", "a:", "#x", "a #b",
    "{x", "[x]", "*a", "&a", "!Ref X", "%x", "@x", "`id`", "$(id)", "$HOME", "${HOME}", "$${HOME}", "${A:?b}", "'", '"', "\\", "\\\\", "a\\", "\\'", '\\"',
    "it's \\ $5", "x; return 200", "}", "x\\n", "| a | b |", "<script>alert(1)</script>", "-->", "```", "**b**", "[a](javascript:x)", "click a", '"] --> b["',
    "end", "subgraph", "{{resolve:ssm:x}}", "'; DROP TABLE x; --", "{database.hos", "{other.host", "\u00e9\u4e2d", "\U0001f600", "\u00a0", "\ufeff", "\u200b", "\x9b",
)  # fmt: skip
one_line = st.one_of(
    st.sampled_from(NASTY),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"), max_size=40),
)
paths = st.lists(st.text("abAZ09_-.$/~\"'@:+&*?", max_size=20).map(lambda tail: "/" + tail), min_size=1, max_size=5)
variable_names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True)
references = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "{database.host}",
                "{database.port}",
                "{database.name}",
                "{database.username}",
                "{database.password}",
                "{cache.scheme}",
            ]
        ),
        one_line,
    ),
    max_size=4,
).map("".join)
variables = st.one_of(
    one_line.map(lambda text: {"value": text}),
    st.fixed_dictionaries({"development": one_line, "production": one_line}).map(lambda values: {"values": values}),
    references.map(lambda text: {"reference": text}),
    st.booleans().map(lambda generate: {"secret": True, "generate": generate}),
)


@st.composite
def hostile_plans(draw: st.DrawFn) -> Plan:
    """Whatever the plan's schema lets through."""
    argv = st.lists(one_line, min_size=1, max_size=3)
    service = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["web", "worker", "scheduler"]),
            "image": st.just("app"),
            "command": argv,
            "port": st.integers(1, 65535),
            "paths": paths,
            "priority": st.one_of(st.none(), st.integers(1, 50000)),
            "environment": st.dictionaries(variable_names, variables, max_size=2),
        }
    )
    engine = draw(
        st.sampled_from(sorted(engine for engine, blueprint in DATASTORES.items() if blueprint.role == "database"))
    )
    return Plan.model_validate(
        {
            "application": "hostile",
            "images": {
                "app": {
                    **IMAGE,
                    "directory": draw(st.sampled_from(["", "a", "a/b", "$x", "no", "a: b"])),
                    "writable": draw(st.lists(one_line, max_size=2)),
                }
            },
            "services": draw(
                st.dictionaries(
                    st.sampled_from(["web", "database", "proxy", "release", "no", "on"]),
                    service,
                    min_size=1,
                    max_size=3,
                )
            ),
            "environment": draw(st.dictionaries(variable_names, variables, max_size=4)),
            "datastores": {
                "database": {"engine": engine, "version": draw(one_line), "database": draw(one_line)},
                "cache": {"engine": "redis"},
            },
            "release": {"image": "app", "commands": draw(st.lists(argv, min_size=1, max_size=2))},
            "source": {"repository": draw(one_line), "branch": draw(one_line)},
        }
    )


@st.composite
def hostile_decisions(draw: st.DrawFn) -> tuple[Decision, ...]:
    """Reasons and file names that someone chose to do harm."""
    text = st.one_of(one_line, st.text(max_size=30))
    places = st.lists(
        st.builds(Evidence, text, st.integers(0, 99), st.integers(0, 99), st.just("rule")), max_size=2
    ).map(tuple)
    keys = st.sampled_from(["services.web.port", "environment.A", "environment.b_", "datastores.database.engine"])
    return tuple(draw(st.lists(st.builds(Decision, keys, text, text, places, st.booleans()), max_size=4)))
