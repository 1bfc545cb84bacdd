"""checkov and AWS Guard over everything emitted: `.ci/scan` runs it in an environment of its own.

    python tests/cloudformation/scan.py FOLDER [REGISTRY]

FOLDER holds outputs of `replatform convert`; the same template is scanned once. Guard's engine and rules come from the package
index: guardpycfn binds the engine, and awslabs.aws-iac-mcp-server carries AWS's rules, 32 of the 80 that the Guard Rules
Registry maps to the Security Pillar, the Reliability Pillar and PCI DSS 3.2.1 among them. No package carries the others; with
a checkout of github.com/aws-cloudformation/aws-guard-rules-registry as REGISTRY the three sets are scanned whole.
Ends with 1 when a check failed or could not be made.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

RULE_SETS = ("wa-Security-Pillar", "wa-Reliability-Pillar", "pci_dss_3_2_1")
# Of the bundled rules, in none of the three sets, and contrary to what we decided.
NOT_ASKED = {
    # Logging in to the registry and the channels of ECS Exec know no resource; `replatform check` judges the others (RP119).
    "IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE",
    # Tasks reach what their application calls, and DMS the source, wherever it is.
    "EC2_SECURITY_GROUP_EGRESS_OPEN_TO_WORLD_RULE",
    "SECURITY_GROUP_EGRESS_ALL_PROTOCOLS_RULE",
    "SECURITY_GROUP_EGRESS_PORT_RANGE_RULE",
    # RDS makes and keeps the master's password itself (ManageMasterUserPassword); the user's name is no secret.
    "RDS_MASTER_USER_NAME_NO_PLAINTEXT_PASSWORD",
    "RDS_MASTER_USER_NAME_USES_SECURE_PARAMETER",
    "RDS_MASTER_USER_NAME_USES_SECURE_SERVICE",
    "RDS_MASTER_USER_PASSWORD_USES_SECURE_PARAMETER",
    "RDS_CLUSTER_MASTER_USER_PASSWORD_USES_SECURE_PARAMETER",
    # It wants an ACL; our buckets have ACLs off altogether.
    "S3_BUCKET_NO_PUBLIC_RW_ACL",
}


def templates(folder: Path) -> dict[str, Path]:
    """Each template that is emitted, once, by its text."""
    return {
        path.read_text(encoding="utf-8"): path for path in sorted(folder.rglob("cloudformation/*.yaml"), reverse=True)
    }


def checkov(found: dict[str, Path]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as scratch:
        for number, path in enumerate(found.values()):
            shutil.copy(path, Path(scratch, f"{number:03}-{path.parents[1].name}-{path.name}"))
        command = [
            Path(sys.executable).with_name("checkov"), "--directory", scratch, "--framework", "cloudformation",
            "--skip-download", "--compact", "--quiet", "--output", "json",
        ]  # fmt: skip
        report = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    summary = report["summary"]
    print(f"checkov: {summary['passed']} passed, {summary['failed']} failed, {summary['skipped']} skipped")
    if summary["parsing_errors"] or not summary["passed"]:
        yield f"checkov could not read {summary['parsing_errors']} templates"
    for check in report["results"]["failed_checks"]:
        yield f"{check['file_path']} {check['resource']}: {check['check_id']} {check['check_name']}"


def bundled_rules() -> dict[str, str]:
    package = find_spec("awslabs.aws_iac_mcp_server")
    assert package and package.origin
    return {"bundled": Path(package.origin).with_name("data").joinpath("default_guard_rules.guard").read_text()}


def registry_rules(registry: Path) -> dict[str, str]:
    """The files of the three sets, each once; some say only that CloudFormation cannot answer."""
    files = {
        mapping["guardFilePath"]
        for name in RULE_SETS
        for mapping in json.loads((registry / f"mappings/rule_set_{name}.json").read_text())["mappings"]
    }
    texts = {file: (registry / file).read_text() for file in sorted(files)}
    return {file: text for file, text in texts.items() if "\nrule " in text}


def guard(found: dict[str, Path], rules: dict[str, str]) -> Iterator[str]:
    import guardpycfn

    statuses: dict[str, int] = {}
    for name, rule in rules.items():
        for text, path in found.items():
            result = guardpycfn.validate_with_guard(text, rule, verbose=True)
            if not result["success"]:
                yield f"{path}: Guard could not judge it by {name}"
                continue
            for checked, status in judged(result["result"]):
                if status == "FAIL" and checked in NOT_ASKED and name == "bundled":
                    status = "not asked"
                statuses[status] = statuses.get(status, 0) + 1
                if status == "FAIL":
                    yield f"{path}: {checked}"
    print("Guard: " + ", ".join(f"{count} {status}" for status, count in sorted(statuses.items())))
    if not statuses.get("PASS"):
        yield "Guard judged nothing"


def judged(node: dict) -> Iterator[tuple[str, str]]:
    """Rules and their statuses in Guard's tree of a result."""
    container = node.get("container")
    if isinstance(container, dict) and "RuleCheck" in container:
        yield container["RuleCheck"]["name"], container["RuleCheck"]["status"]
    for child in node.get("children", ()):
        yield from judged(child)


def main(folder: Path, registry: Path | None) -> int:
    found = templates(folder)
    print(f"{len(found)} different templates")
    failed = [*checkov(found), *guard(found, registry_rules(registry) if registry else bundled_rules())]
    print("\n".join(failed) or "nothing failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
