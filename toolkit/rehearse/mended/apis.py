"""Asking the emulator's own APIs, within its process."""

import json
import time
from collections.abc import Callable
from typing import Any

from .resource_types import Properties


def ask(action: Callable[..., Any], parameters: Properties) -> str:
    """An action of one of the emulator's query APIs; its answer as text. Raises ValueError for a refusal."""
    status, _, body = action({name: [str(value)] for name, value in parameters.items() if value is not None})
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status >= 300:
        raise ValueError(text[:400])
    return text


def ask_json(action: Callable[..., Any], parameters: Properties) -> dict[str, Any]:
    status, _, body = action(json.loads(json.dumps(parameters)))
    if status >= 300:
        raise ValueError(str(body)[:400])
    found: dict[str, Any] = json.loads(body)
    return found


def element(xml: str, name: str) -> str:
    return xml.split(f"<{name}>", 1)[1].split("<", 1)[0]


def wait_until(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise ValueError(otherwise)
        time.sleep(0.1)
