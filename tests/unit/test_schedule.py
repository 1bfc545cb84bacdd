import pytest

from toolkit.plan.starts.schedule import eventbridge_schedule


@pytest.mark.parametrize(
    ("crontab", "expected"),
    [
        ("30 2 * * *", "cron(30 2 * * ? *)"),
        ("*/5 * * * 1-5", "cron(0/5 * ? * MON-FRI *)"),
        ("@daily", "cron(0 0 * * ? *)"),
        ("0 4 * * 0", "cron(0 4 ? * SUN *)"),
        ("0 4 * * 7", "cron(0 4 ? * SUN *)"),
        ("0 0 1 jan,Jul *", "cron(0 0 1 1,7 ? *)"),
        ("0 8-18/2 * * mon-fri", "cron(0 8-18/2 ? * MON-FRI *)"),
        ("0 0 1 * 1", None),  # either day in cron; EventBridge cannot say so
        ("@reboot", None),
        ("61 * * * *", None),
        ("* * *", None),
        ("0 0 1-2-3 * *", None),
        ("*/0 * * * *", None),
        ("$(rm) 0 * * *", None),
    ],
)
def test_crontab_as_eventbridge_expression(crontab: str, expected: str | None) -> None:
    assert eventbridge_schedule(crontab) == expected
