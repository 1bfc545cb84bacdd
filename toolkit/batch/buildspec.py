"""The build specification of a CodeBuild batch: a job for each shard, and one that joins their results.

Variables that cloudformation/batch-conversion.yaml gives the builds: SOURCES_BUCKET, RESULTS_BUCKET, INSTALL.
Reference: https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html (2026-11-21).
"""

from toolkit.artefacts.yaml import Value, render

_SHARD = """\
set -e
pip install --quiet "$INSTALL"
aws s3 sync --only-show-errors "s3://$SOURCES_BUCKET/" sources/
INPUT=sources; if [ -f sources/manifest.yaml ]; then INPUT=sources/manifest.yaml; fi
if [ "${SHARD%/*}" = merge ]; then
  aws s3 sync --only-show-errors "s3://$RESULTS_BUCKET/shards/${SHARD#*/}/" shards/
  replatform batch merge shards/* --out out || STATUS=$?
  aws s3 sync --only-show-errors out/ "s3://$RESULTS_BUCKET/summary/"
else
  aws s3 sync --only-show-errors "s3://$RESULTS_BUCKET/shards/${SHARD#*/}/${SHARD%/*}/" out/
  replatform batch "$INPUT" --out out --shard "$SHARD" --resume || STATUS=$?
  aws s3 sync --only-show-errors --delete out/ "s3://$RESULTS_BUCKET/shards/${SHARD#*/}/${SHARD%/*}/"
fi
# 1 says that some repositories need a person, which the reports show; anything else failed.
[ "${STATUS:-0}" -le 1 ]
"""


def render_buildspec(shards: int) -> str:
    """A buildspec with a batch of that many jobs, and the job that joins them."""
    jobs = [f"shard_{number}" for number in range(1, shards + 1)]
    graph: list[Value] = [
        {"identifier": name, "env": {"variables": {"SHARD": f"{number}/{shards}"}}}
        for number, name in enumerate(jobs, start=1)
    ]
    graph.append({"identifier": "merge", "depend-on": list(jobs), "env": {"variables": {"SHARD": f"merge/{shards}"}}})
    tree: Value = {
        "env": {"shell": "bash"},
        "batch": {"fast-fail": False, "build-graph": graph},
        "phases": {"build": {"commands": [_SHARD]}},
        "reports": {"repositories": {"files": ["junit.xml"], "base-directory": "out", "file-format": "JUNITXML"}},
    }
    return "version: 0.2\n" + "".join(line.text + "\n" for line in render(tree))
