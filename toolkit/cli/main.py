"""The command `replatform`: registers the commands, and turns errors into messages and exit statuses.

Exit status: 0 done, 1 findings, 2 bad input or usage, 3 a bug of ours, 75 temporary trouble, 130 interrupted.
"""

import os
import sys
import tempfile
import traceback
from typing import Annotated

import typer

from toolkit import __version__
from toolkit.cli import (
    batch,
    build,
    check,
    convert,
    deploy,
    diff,
    doctor,
    explain,
    facts,
    generate,
    migrate,
    plan,
    rehearse,
    report,
    routes,
    schema,
    split,
    up,
    wizard,
)
from toolkit.cli.console import say, talk
from toolkit.errors import ToolkitError

EXIT_BUG = 3
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="replatform",
    help="From a README and a source tree to containers on AWS: reads deployment instructions, plans, and writes Dockerfiles, "
    "environment files, CloudFormation, pipelines and a report that says where every line comes from.",
    epilog="First try: replatform convert samples/collections --out out/collections",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("convert")(convert.convert)
app.command("wizard")(wizard.wizard)
app.command("facts")(facts.facts)
app.command("plan")(plan.plan)
app.command("generate")(generate.generate)
app.command("explain")(explain.explain)
app.command("report")(report.report)
app.command("diff")(diff.diff)
app.command("check")(check.check)
app.add_typer(batch.app, name="batch")
app.command("build")(build.build)
app.command("up")(up.up)
app.command("routes")(routes.routes)
app.command("split")(split.split)
app.command("deploy")(deploy.deploy)
app.command("rehearse")(rehearse.rehearse)
app.command("schema")(schema.schema)
app.command("doctor")(doctor.doctor)
app.add_typer(migrate.app, name="migrate")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"replatform {__version__}")
        raise typer.Exit


@app.callback()
def options(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print results only, no talk.")] = False,
    no_colour: Annotated[
        bool, typer.Option("--no-color", help="No colours; NO_COLOR in the environment does the same.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    talk.quiet = quiet
    talk.colour = not no_colour and "NO_COLOR" not in os.environ and sys.stderr.isatty()


def run() -> None:
    """The console script: the one place where errors are caught."""
    try:
        app()
    except ToolkitError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.exit_status)
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # the reader has enough: head, a pager that was left
        sys.exit(0)
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(EXIT_INTERRUPTED)
    except Exception:
        with tempfile.NamedTemporaryFile(
            "w", prefix="replatform-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            traceback.print_exc(file=log)
        sys.stderr.write(
            f"error: this is a bug in replatform {__version__}, not in your project\n  details: {log.name}\n"
        )
        sys.exit(EXIT_BUG)
