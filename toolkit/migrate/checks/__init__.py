"""Our checks behind the assessments of AWS DMS, by the name that `blueprints/migration/` gives them."""

from toolkit.migrate.checks import schema, server, task
from toolkit.migrate.checks.check import Check, Skip

CHECKS: dict[str, Check] = {**schema.CHECKS, **server.CHECKS, **task.CHECKS}
__all__ = ["CHECKS", "Check", "Skip"]
