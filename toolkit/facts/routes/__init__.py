"""Routes: what the application answers, read from its source without running it."""

from toolkit.facts.routes.reading import read

__all__ = ["read"]
