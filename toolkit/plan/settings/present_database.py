"""Where the data is now, as variables and the commands of the database's clients tell it."""

from collections.abc import Collection
from ipaddress import AddressValueError, IPv4Address
from itertools import pairwise

from toolkit.facts.model import Command, Facts, Role
from toolkit.plan.model import Migration, Question
from toolkit.plan.ranking import of_type
from toolkit.plan.settings.hosts import remote_hosts_in


def located(migration: Migration, host: str) -> Migration:
    """With its host, and the network where that is known: an address is one of its own, that of a name only DNS knows."""
    try:
        network = {"source_cidr": f"{IPv4Address(host)}/32"}
    except AddressValueError:
        network = {}
    return migration.model_copy(update={"source_host": host} | network)


def host_in_commands(facts: Facts, options: Collection[str]) -> str:
    """The server that a client such as `psql -h db01.example.com` was told by one of these options; empty without one."""
    for command in of_type(facts, Command):
        if command.role is Role.DATASTORE:
            for word, following in pairwise((*command.argv, "")):
                option, _, value = word.partition("=")
                if option in options and (hosts := remote_hosts_in(value or following)):
                    return hosts[0]
    return ""


def open_questions(migration: Migration) -> list[Question]:
    """What no file of the application tells about it."""
    questions = []
    if "source_cidr" not in migration.model_fields_set:
        text = "In which network (CIDR) is the present database, seen from the VPC?"
        questions.append(Question("migration.source_cidr", text, migration.source_cidr, consequence=3))
    if not migration.source_host:
        text = "Under which name or address does the replication instance reach the present database?"
        questions.append(Question("migration.source_host", text, "", consequence=2))
    return questions
