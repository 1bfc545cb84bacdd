"""Many repositories in one run: what to convert, in which processes, and what came of it."""
