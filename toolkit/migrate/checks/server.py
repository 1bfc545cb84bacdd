"""Settings and versions of the servers, as the dump or the source itself and the endpoints state them."""

import re
from collections.abc import Callable, Iterable

from toolkit.migrate.checks.check import Check, Skip, with_lobs
from toolkit.migrate.subject import Subject

_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")


_DIGITS = re.compile(r"\d+")


def setting(name: str, good: Callable[[str], bool]) -> Check:
    """A setting of the server, as the dump states it."""

    def check(subject: Subject) -> Iterable[str] | None:
        value = subject.schema.settings.get(name)
        return None if value is None else [] if good(value) else [f"{name} = {value}"]

    return check


def _number(value: str) -> int:
    found = _DIGITS.search(value)
    return int(found[0][:18]) if found else 0


def _text_repl_size(subject: Subject) -> Iterable[str] | None:
    if not with_lobs(subject):
        return []
    for name in ("max text repl size", "max text repl size (b)"):
        if name in subject.schema.settings:
            return setting(name, lambda value: value == "-1")(subject)
    return None


def _local_infile(subject: Subject) -> list[str] | None:
    if subject.target_engine not in ("mysql", "mariadb"):
        raise Skip("the target is not MySQL")
    value = subject.target.get("local_infile")
    return None if value is None else [] if value in ("1", "true") else [f"local_infile = {value}"]


def _version_between(lowest: tuple[int, int], highest: tuple[int, int]) -> Check:
    def check(subject: Subject) -> list[str] | None:
        found = _VERSION.match(subject.schema.version)
        if not found:
            return None
        version = (int(found[1]), int(found[2] or 0))
        if "mariadb" in subject.schema.version.lower():
            return [] if (10, 0) <= version <= (11, 4) else [subject.schema.version]
        return [] if lowest <= version <= highest else [subject.schema.version]

    return check


def _max_allowed_packet(subject: Subject) -> list[str] | None:
    value = subject.schema.settings.get("max_allowed_packet")
    if not with_lobs(subject):
        return []
    known = [table.longest_value for table in with_lobs(subject) if table.longest_value is not None]
    if value is None or not known:
        return None
    return [f"{max(known)} characters"] if 4 * max(known) > _number(value) else []


def _timeouts(subject: Subject) -> list[str] | None:
    names = ("net_read_timeout", "net_write_timeout", "wait_timeout")
    if any(name not in subject.schema.settings for name in names):
        return None
    values = {name: subject.schema.settings[name] for name in names}
    return [f"{name} = {value}" for name, value in values.items() if _number(value) < 300]


def _off(value: str) -> bool:
    return value in ("off", "disabled", "0")


def _mebibytes(value: str) -> float:
    """PostgreSQL's sizes: 64MB, 1GB, or plain KiB."""
    unit = value.strip("0123456789 ").lower()
    return _number(value) * {"mb": 1, "gb": 1024, "tb": 1 << 20}.get(unit, 1 / 1024)


def _milliseconds(value: str) -> int:
    """PostgreSQL's durations: 60s, 1min, or plain milliseconds."""
    unit = value.strip("0123456789 ")
    return _number(value) * {"s": 1000, "min": 60_000, "h": 3_600_000}.get(unit, 1)


CHECKS: dict[str, Check] = {
    "accelerated-recovery": setting("accelerated_database_recovery", _off),
    "binlog": setting("log_bin", lambda value: value in ("on", "1")),
    "binlog-compression": setting("binlog_transaction_compression", _off),
    "binlog-format": setting("binlog_format", lambda value: value == "row"),
    "binlog-image": setting("binlog_row_image", lambda value: value == "full"),
    "decoding-memory": setting("logical_decoding_work_mem", lambda value: _mebibytes(value) >= 64),
    "delayed-durability": setting("delayed_durability", _off),
    "expire-logs": setting("binlog_expire_logs_seconds", lambda value: _number(value) > 0),
    "max-allowed-packet": _max_allowed_packet,
    "max-slot-size": setting("max_slot_wal_keep_size", lambda value: value.startswith("-1")),
    "max-statement-time": setting("max_statement_time", lambda value: _number(value) == 0),
    "max-wal-senders": setting("max_wal_senders", lambda value: _number(value) > 1),
    "mysql-version": _version_between((5, 5), (8, 4)),
    "network-timeouts": _timeouts,
    "postgres-version": _version_between((9, 4), (17, 99)),
    "server-id": setting("server_id", lambda value: _number(value) >= 1),
    "target-local-infile": _local_infile,
    "text-repl-size": _text_repl_size,
    "wal-level": setting("wal_level", lambda value: value == "logical"),
    "wal-sender-timeout": setting("wal_sender_timeout", lambda value: value == "0" or _milliseconds(value) >= 10_000),
}
