"""This month's figures by area; running it again replaces them."""

import os

from reports.database import connect

REPORT = """
insert into monthly_reports (month, area, opened, closed, overdue)
select date_trunc('month', current_date)::date, area,
       count(*) filter (where opened_on >= date_trunc('month', current_date)),
       count(*) filter (where closed_on >= date_trunc('month', current_date)),
       count(*) filter (where closed_on is null and last_activity_on < current_date - %(overdue_days)s::integer)
from cases group by area
on conflict (month, area) do update
set opened = excluded.opened, closed = excluded.closed, overdue = excluded.overdue
"""


def main():
    overdue_days = int(os.environ.get("OVERDUE_DAYS", "30"))
    with connect() as connection:
        written = connection.execute(REPORT, {"overdue_days": overdue_days}).rowcount
    print(f"{written} areas reported")


if __name__ == "__main__":
    main()
