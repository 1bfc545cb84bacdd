"""Why we cannot go on. What is wrong with a user's project is a finding instead (findings.py)."""


class ToolkitError(Exception):
    """One line what, one line where, one line what to do, and a diff where lines of two texts disagree; `exit_status` is what the command ends with."""

    exit_status = 2

    def __init__(self, what: str, *, where: str = "", to_do: str = "", diff: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.to_do = to_do
        self.diff = diff

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  at {self.where}")
        if self.to_do:
            lines.append(f"  to do: {self.to_do}")
        lines += self.diff.splitlines()
        return "\n".join(lines)


class BadInputError(ToolkitError):
    """A file or an argument that cannot be used as it is."""


class BlueprintError(ToolkitError):
    """A file under blueprints/ (ours or a user's overlay) that breaks its schema."""


class UnknownItemError(ToolkitError):
    """The user asked for something, by name, that does not exist."""


class TemporaryError(ToolkitError):
    """Could not be done now; the same command may work later."""

    exit_status = 75
