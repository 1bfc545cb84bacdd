"""Creates what is not there yet."""

from reports.database import connect

TABLES = """
create table if not exists cases (
    id bigint generated always as identity primary key,
    area text not null,
    opened_on date not null,
    closed_on date,
    last_activity_on date not null
);
create table if not exists monthly_reports (
    month date not null,
    area text not null,
    opened integer not null,
    closed integer not null,
    overdue integer not null,
    primary key (month, area)
);
"""


def main():
    with connect() as connection:
        connection.execute(TABLES)
    print("tables are there")


if __name__ == "__main__":
    main()
