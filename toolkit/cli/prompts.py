"""Asking at a terminal: with cursor keys, or plainly line by line for screen readers, pipes and small terminals."""

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from toolkit.cli.console import talk

BACK = "<"
Validate = Callable[[str], str]  # what is wrong with an answer; empty when nothing is


class Prompts(Protocol):
    """Both raise KeyboardInterrupt when the person leaves, and give BACK when they want the question before."""

    def text(self, default: str, validate: Validate) -> str: ...

    def choice(self, choices: Sequence[str], default: str) -> str: ...


def has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def prompts(plain: bool) -> Prompts:
    return PlainPrompts() if plain or os.environ.get("TERM", "dumb") == "dumb" else KeyPrompts()


def show(text: str = "", indent: int = 0) -> None:
    """Talk that is wrapped to the terminal's width, on standard error."""
    width = max(20, shutil.get_terminal_size().columns - 1)
    lines = textwrap.wrap(
        text, width, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2), break_on_hyphens=False
    )
    sys.stderr.write("\n".join(lines or [""]) + "\n")


class PlainPrompts:
    """One line out, one line in; choices by number."""

    def text(self, default: str, validate: Validate) -> str:
        while True:
            answer = self._line("Answer: ") or default
            if answer == BACK or not (wrong := validate(answer)):
                return answer
            show(f"Not possible: {wrong}")

    def choice(self, choices: Sequence[str], default: str) -> str:
        for number, choice in enumerate(choices, start=1):
            show(f"{number}. {choice}" + (" (default)" if choice == default else ""))
        while True:
            answer = self._line(f"Number from 1 to {len(choices)}: ")
            if answer == BACK or (not answer and default):
                return answer or default
            if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                return choices[int(answer) - 1]
            show(f"Not possible: {answer!r} is no number from 1 to {len(choices)}")

    @staticmethod
    def _line(prompt: str) -> str:
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        return line.strip()


class KeyPrompts:
    """questionary: a line editor, and lists for the cursor keys."""

    def text(self, default: str, validate: Validate) -> str:
        import questionary

        def checked(answer: str) -> bool | str:
            return answer.strip() == BACK or validate(answer.strip() or default) or True

        # The default is shown and not typed, so that BACK is one key away.
        answer = questionary.text(
            "", validate=checked, validate_while_typing=False, placeholder=default, **self._style()
        ).unsafe_ask()
        return str(answer).strip() or default

    def choice(self, choices: Sequence[str], default: str) -> str:
        import questionary

        options: list[str | questionary.Choice | dict[str, Any]] = [*choices, questionary.Choice("go back", BACK)]
        return str(
            questionary.select(
                "", options, default=default or None, instruction="(arrow keys, Enter)", **self._style()
            ).unsafe_ask()
        )

    @staticmethod
    def _style() -> dict[str, Any]:
        from prompt_toolkit.output import ColorDepth, create_output

        # On standard error, as all talk; results alone go to standard output.
        style: dict[str, Any] = {"output": create_output(sys.stderr), "qmark": ">"}
        return style if talk.colour else style | {"color_depth": ColorDepth.DEPTH_1_BIT}
