"""`replatform batch`: many repositories, unattended."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from toolkit import __version__
from toolkit.cli.console import EXIT_FINDINGS, finding_object, result, result_json, say
from toolkit.cli.options import BlueprintsOption, JsonOption
from toolkit.errors import BadInputError, ToolkitError

if TYPE_CHECKING:
    from toolkit.batch.manifest import Repository
    from toolkit.batch.results import Result
    from toolkit.catalog.catalog import Catalog


class _RunByDefault(typer.core.TyperGroup):
    """`replatform batch MANIFEST` is `replatform batch run MANIFEST`; a folder named as a command is ./merge."""

    def parse_args(self, context: Any, arguments: list[str]) -> list[str]:
        if arguments and arguments[0] not in self.commands and arguments[0] not in ("-h", "--help"):
            arguments = ["run", *arguments]
        return super().parse_args(context, arguments)


app = typer.Typer(
    cls=_RunByDefault,
    no_args_is_help=True,
    help="Convert many repositories, unattended: replatform batch MANIFEST|DIR --out DIR.",
    epilog="Example: replatform batch samples/legaltech --out out/legaltech",
)
OutFolder = Annotated[
    Path,
    typer.Option(
        "--out", "-o", metavar="DIR", help="Folder for results; each repository gets one in it.", show_default=False
    ),
]


@dataclass(frozen=True, slots=True)
class _Job:
    """What a worker needs for any repository."""

    out: Path
    scratch: Path
    catalog: "Catalog"
    setting: str
    mirror: Path | None
    timeout_seconds: float
    lint: bool
    known: dict[str, "Result"]


@app.command("run", hidden=True)
def run(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="MANIFEST|DIR", help="A manifest, or a folder with one repository per child.", show_default=False
        ),
    ],
    out: OutFolder,
    processes: Annotated[
        int, typer.Option("--processes", "-j", min=1, max=256, help="Repositories at the same time.")
    ] = os.cpu_count() or 1,
    timeout: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Time for one repository.")] = 120,
    memory: Annotated[
        int, typer.Option(min=256, metavar="MIB", help="Memory for one repository, as address space.")
    ] = 2048,
    resume: Annotated[
        bool, typer.Option("--resume", help="Skip what has not changed since the last run: content, version and plan.")
    ] = False,
    shard: Annotated[str, typer.Option(metavar="I/N", help="Only part I of N, the same on every machine.")] = "1/1",
    git_mirror: Annotated[
        Path | None,
        typer.Option("--git-mirror", metavar="DIR", help="Folder below which `git:` may name local repositories."),
    ] = None,
    platform: Annotated[
        str,
        typer.Option(
            "--platform",
            metavar="NAME",
            help="All share one network, cluster and listener: see the folder of this name.",
        ),
    ] = "",
    lint: Annotated[bool, typer.Option(help="Lint what was written, as replatform check does.")] = False,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Convert every repository of a manifest or folder. One that fails never stops the others.

    Writes results.jsonl, junit.xml, summary.md and summary.html. Ends with 1 when a repository failed or has an error.

    Examples:

      replatform batch samples/legaltech --out out/legaltech

      replatform batch samples/legaltech --out out/legaltech --platform legaltech

      replatform batch fleet.yaml --out out/fleet --resume --shard 3/10
    """
    from toolkit.batch import manifest, pool
    from toolkit.batch import platform as platforms
    from toolkit.batch.results import RESULTS, Result, line, read_results
    from toolkit.catalog.catalog import Catalog

    index, count = _shard(shard)
    whole = manifest.read_manifest(source, out)
    catalog = Catalog(*(blueprints or ()))
    shared = platform or (whole.platform.name if whole.platform else "")
    if shared:
        whole = platforms.write_platform(out, whole, shared, catalog)
    repositories = manifest.shard(whole.repositories, index, count)
    _ = (
        catalog.stacks,
        catalog.readme_rules,
        catalog.dependencies,
        catalog.servers,
        catalog.templates,
    )  # before the fork
    out.mkdir(parents=True, exist_ok=True)
    wanted = {repository.name for repository in repositories}
    known = {name: found for name, found in (read_results(out) if resume else {}).items() if name in wanted}
    # Those known are written first, so that a run that is killed at any moment can be resumed.
    _replace(out / RESULTS, "".join(map(line, known.values())))
    show = _Progress(len(repositories))
    with (
        tempfile.TemporaryDirectory(prefix="replatform-batch-") as scratch,
        (out / RESULTS).open("a", encoding="utf-8") as stream,
    ):
        job = _Job(out, Path(scratch), catalog, _setting(catalog, lint), git_mirror, timeout, lint, known)
        ended = pool.run(
            partial(_convert, job), repositories, processes=processes, timeout_seconds=timeout, memory_mib=memory
        )
        try:
            for repository, outcome in ended:
                if isinstance(outcome, pool.Failure):
                    limit = {
                        pool.Failure.TIMEOUT: f"no end after {timeout:g} s",
                        pool.Failure.MEMORY: f"more than {memory} MiB",
                    }
                    outcome = Result(
                        name=repository.name,
                        source=repository.source,
                        status=outcome.value,
                        error=limit.get(outcome, "its process ended by itself"),
                    )
                # The file keeps it: here it would take memory of the run, and of every worker that is started after it.
                stream.write(line(outcome))
                stream.flush()
                show(outcome)
        except KeyboardInterrupt:
            say(f"{show.ended} of {len(repositories)} are done; the same command with --resume goes on")
            raise
    if shared:
        say(f"what they share, and is deployed first: {out / shared / 'PLATFORM.md'}")
    _write(out, read_results(out), as_json)


@app.command("merge")
def merge(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Results of shards.", show_default=False)],
    out: OutFolder,
    as_json: JsonOption = False,
) -> None:
    """Join the results of shards into one results.jsonl, junit.xml, summary.md and summary.html.

    Example:

      replatform batch merge out/shard-1 out/shard-2 --out out/all
    """
    from toolkit.batch.results import RESULTS, read_results

    joined: dict[str, Result] = {}
    for folder in folders:
        if not (folder / RESULTS).is_file():
            raise BadInputError(f"{folder} has no {RESULTS}", to_do="name folders that replatform batch wrote to")
        for name, found in read_results(folder).items():
            if joined.get(name, found) != found:
                raise BadInputError(
                    f"two results for {name}, and they differ", where=str(folder), to_do="merge shards of one run only"
                )
            joined[name] = found
    out.mkdir(parents=True, exist_ok=True)
    _write(out, joined, as_json)


@app.command("buildspec")
def buildspec(
    # One build of the hundred joins the results: https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html (2026-11-21)
    shards: Annotated[int, typer.Option(min=1, max=99, help="Jobs at the same time; CodeBuild takes 100 in a batch.")],
) -> None:
    """Print the build specification for the project of cloudformation/batch-conversion.yaml: a job for each shard.

    Example:

      replatform batch buildspec --shards 20 > buildspec.yml
    """
    from toolkit.batch.buildspec import render_buildspec

    result(render_buildspec(shards))


def _convert(job: _Job, repository: "Repository") -> "Result":
    """One repository, in a worker. Whatever is wrong with it is in the result."""
    from toolkit.batch.results import Result

    try:
        return _converted(job, repository)
    except ToolkitError as error:
        return Result(name=repository.name, source=repository.source, status="failed", error=str(error))
    except MemoryError:
        raise
    except Exception as error:  # a bug of ours is one repository's result, not the end of the others
        return Result(
            name=repository.name,
            source=repository.source,
            status="failed",
            error=f"bug in replatform: {type(error).__name__}: {error}",
        )


def _converted(job: _Job, repository: "Repository") -> "Result":
    from toolkit import files
    from toolkit.batch import sources
    from toolkit.batch.results import FindingRow, Result
    from toolkit.cli import pipeline

    folder = Path(repository.path)
    if repository.git:
        # The folder's name is the application's, so it is the repository's.
        folder = job.scratch / repository.name / repository.name
        sources.fetch(repository, folder, mirror=job.mirror, timeout_seconds=job.timeout_seconds)
    out = job.out / repository.name

    def fingerprint() -> str:
        plan = out / "replatform.yaml"
        answers = json.dumps(repository.answers, sort_keys=True, default=str)
        parts = (job.setting, answers, content, plan.read_text("utf-8", "replace") if plan.is_file() else "")
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    try:
        content = sources.content_digest(folder, files.last_generated(folder) if folder.is_dir() else {})
        before = job.known.get(repository.name)
        if before and before.status == "converted" and before.fingerprint == fingerprint():
            return before
        for left in out.glob(".replatform-*"):  # of a run that was killed while it wrote
            shutil.rmtree(left)
        drafted = pipeline.draft(folder, out, job.catalog, repository.answers)
        written = pipeline.write(out, drafted, pipeline.artefacts(drafted, job.catalog))
    finally:
        if repository.git:
            shutil.rmtree(job.scratch / repository.name, ignore_errors=True)
    planned = drafted.planned
    findings = [*planned.findings, *written.findings]
    if job.lint:
        from toolkit.check.run import check_folder
        from toolkit.rehearse.environment import cache_folder

        findings += check_folder(out, cache_folder())
    guessed = sum(decision.guessed for decision in planned.decisions)
    return Result(
        name=repository.name,
        source=repository.source,
        status="converted",
        fingerprint=fingerprint(),
        application=planned.plan.application,
        services={name: service.kind for name, service in planned.plan.services.items()},
        stacks=tuple(dict.fromkeys(image.stack for image in planned.plan.images.values())),
        datastores=tuple(f"{store.engine} {store.version}".strip() for store in planned.plan.datastores.values()),
        confidence=round(1 - guessed / max(1, len(planned.decisions)), 3),
        questions=tuple(question.key for question in planned.questions),
        findings=tuple(FindingRow.model_validate(finding_object(finding)) for finding in findings),
    )


def _setting(catalog: "Catalog", lint: bool) -> str:
    """What every result depends on beside its repository: the version, the blueprints and templates, the linting."""
    digest = hashlib.sha256(f"{__version__} {lint}".encode())
    for name, path in catalog.folder.files("**/*").items():
        if path.is_file():
            digest.update(name.encode() + path.read_bytes())
    for name, text in catalog.templates.items():
        digest.update(f"{name}{text}".encode())
    return digest.hexdigest()


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count) <= 10_000):
        raise BadInputError(f"--shard {text!r} is not I/N", to_do="2/10 is the second of ten parts")
    return int(index), int(count)


class _Progress:
    """A line on standard error at most every two seconds, and for the last repository."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.ended = self.failed = 0
        self.began = self.shown = time.monotonic()

    def __call__(self, outcome: "Result") -> None:
        self.ended += 1
        self.failed += outcome.status != "converted"
        now = time.monotonic()
        if now - self.shown < 2 and self.ended < self.total:
            return
        self.shown = now
        rate = self.ended / max(now - self.began, 1e-3)
        left = (self.total - self.ended) / rate
        say(f"{self.ended}/{self.total}, {self.failed} failed, {rate:.1f}/s, {left:.0f} s left")


def _write(out: Path, results: "dict[str, Result]", as_json: bool) -> None:
    from toolkit.batch import summary
    from toolkit.batch.results import RESULTS, in_order, junit, line

    ordered = in_order(results)
    _replace(out / "junit.xml", junit(ordered))
    _replace(out / "summary.md", summary.render_markdown(ordered))
    _replace(out / "summary.html", summary.render_html(ordered))
    _replace(out / RESULTS, "".join(map(line, ordered)))
    bad = [found for found in ordered if found.status != "converted" or found.errors]
    if as_json:
        result_json(_totals(ordered))
    else:
        for found in bad:
            say(
                f"{found.name}: {found.status}"
                + (f": {found.error.splitlines()[0]}" if found.error else f", {len(found.errors)} error(s)")
            )
        converted = sum(found.status == "converted" for found in ordered)
        result(f"{converted} of {len(ordered)} converted; read next: {out / 'summary.md'}")
    if bad:
        raise typer.Exit(EXIT_FINDINGS)


def _totals(results: "Iterable[Result]") -> dict[str, Any]:
    from toolkit.batch.summary import Fleet

    rows = tuple(results)
    return {"repositories": len(rows)} | {
        title.lower().replace(" ", "_"): dict(counts) for title, counts in Fleet(rows).tables()
    }


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)
