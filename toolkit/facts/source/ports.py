"""Which port numbers in code are the application's own."""

import re

# Ports of the programs that an application talks to, by their assigned numbers.
OTHERS = frozenset(
    {
        22,
        25,
        53,
        389,
        465,
        587,
        636,
        993,
        1025,
        1433,
        1521,
        1883,
        2379,
        2525,
        3306,
        5432,
        5672,
        6379,
        9042,
        9092,
        9200,
        11211,
        27017,
    }
)
OTHERS_NAMES = re.compile(
    r"(?i)(?:^|_)(?:db|database|sql|mysql|maria(?:db)?|pg|postgres\w*|mssql|oracle|mongo\w*|redis|cache|memcached?|rabbit\w*|amqp|kafka"
    r"|broker|mail|email|smtp|imap|ftp|sftp|ssh|ldap|elastic\w*|es|solr|statsd|minio|proxy|debug\w*|metrics|graphite|syslog|consul)_"
)


def is_own(number: int, name: str = "PORT") -> bool:
    """Whether a port, read from a variable of this name, is likely where the application itself listens."""
    return 0 < number < 65536 and number not in OTHERS and not OTHERS_NAMES.search(name)
