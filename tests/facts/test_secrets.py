"""Which names and values are taken for secrets, and what masking leaves."""

import time

import pytest

from toolkit.facts.secrets import looks_secret, masked

SECRET = [
    ("DB_PASSWORD", None),
    ("SECRET_KEY", "changeme"),
    ("APP_KEY", "base64:abc"),
    ("DATABASE_URL", None),
    ("DATABASE_URL", "postgres://a:b@c/d"),
    ("AWS_ACCESS_KEY_ID", None),
    ("PGPASSWORD", ""),
    ("SENTRY_DSN", None),
    ("apiKey", "x"),
    ("WALLET_POTPRIVKEY", "15820937460215534480917263355481920374"),
    ("GOV_PAY_BEARER_TOKEN_LEGACY", None),
    ("SECRET_KEY_BASE", None),
    ("spring.datasource.password", "x"),
    ("MYSQL_PWD", "x"),
    ("WALLET_PRIVKEY", "12"),
    ("DB_CONNECTION", "Server=db;User=a"),
    ("contraseña", "x"),
    ("SPRING_DATASOURCE_URL", "jdbc:sqlserver://db:1433;user=a;password=foo"),
    ("PAYMENT", "sk_live_abcdefghijklmnop"),
    ("SOMETHING", "9f86d081884c7d659a2feaa0c55ad015"),
    ("SOMETHING", "kj#4$@)fh3!w0q=x&k8b)o1nq_w+r5ik"),
]
PLAIN = [
    ("PWD", "/srv"),
    ("DB_CONNECTION", "mysql"),
    ("recv-keys", "561F9B9CAC40B2F7"),
    ("JWT_VALIDITYINSECONDS", "600"),
    ("JWT_HOUR", "23"),
    ("PORT", "80"),
    ("JWT_EXPIRES_IN", "7d"),
    ("REFRESH_TOKEN_EXP", "21000"),
    ("REFRESH_TOKEN_IN_BODY", "no"),
    ("TOKEN_PATHS_EXCLUDE", None),
    ("TRACE_REQUEST_HEADER_KEY", "X-Request-ID"),
    ("API_TOKEN_EXPIRATION_YEARS", "15"),
    ("PASSWORD_MIN_LENGTH", "8"),
    ("USE_DEV_KEY_LOOKUP", "true"),
    ("SPRING_DATASOURCE_URL", "jdbc:postgresql://localhost/claims"),
    ("DATABASE_URL", "sqlite:///db.sqlite3"),
    ("GOOGLE_APPLICATION_CREDENTIALS", "/etc/key.json"),
    ("GITHUB_CLIENT_ID", None),
    ("REDIS_URL", "redis://localhost:6379/0"),
    ("DJANGO_SETTINGS_MODULE", "claims.settings.production"),
    ("S3_BUCKET", "my-very-long-bucket-name-for-files-2019"),
    ("KEYCLOAK_URL", "http://sso:8080/auth"),
    ("COMMIT_SHA", "9f86d081884c7d659a2feaa0c55ad015"),
    ("TENANT_ID", "123e4567-e89b-12d3-a456-426614174000"),
    ("HOME_PAGE", "http://localhost:3000/@user/x"),
]


@pytest.mark.parametrize(("name", "value"), SECRET)
def test_secret(name: str, value: str | None) -> None:
    assert looks_secret(name, value)


@pytest.mark.parametrize(("name", "value"), PLAIN)
def test_plain(name: str, value: str | None) -> None:
    assert not looks_secret(name, value)


@pytest.mark.parametrize(
    "text",
    [
        "mysql -u root -phunter2 db",
        "export DB_PASSWORD=hunter2",
        "docker run --env=DB_PASSWORD=hunter2 shop",
        "docker build --build-arg=DB_PASSWORD=hunter2 .",
        "curl -u me:hunter2 https://example.org",
        "CREATE USER a IDENTIFIED BY 'hunter2';",
        "CREATE USER a WITH PASSWORD 'hunter2';",
        "ALTER LOGIN sa WITH PASSWORD = N'hunter2'",
        "password: hunter2",
        "--password hunter2 --port 80",
        "psql postgres://a:hunter2@db/claims",
        '"password": "hunter2",',
        "'password' => 'hunter2',",
        "Server=db;User Id=sa;Password=hunter2;",
        "<password>hunter2</password>",
        "sqlcmd -S db -U sa -P hunter2 -i schema.sql",
        "java -Dspring.datasource.password=hunter2 -jar app.jar",
        "redis-cli -a hunter2 ping",
        "ENV SECRET_KEY hunter2",
    ],
)
def test_masked(text: str) -> None:
    assert "hunter2" not in masked(text)
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "mysql -u root -p claims",
        "Token: how to get one",
        "the password of the user",
        "DB_PASSWORD=${DB_PASSWORD}",
        "psql postgres://a:$PASSWORD@db/claims",
        "python manage.py migrate --noinput",
        "git checkout 88999233e8c3f02c5e8a514164a0fdc45e3ebe70",
        "gunicorn --bind 0.0.0.0:8000 --workers 3 claims.wsgi:application",
        "<password>",
    ],
)
def test_left_as_it_is(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "piece", ["a", "a:", "-p ", "mysql ", "http://", "password='", "eyJa", "--a ", "Z1a", "=", "<a>"]
)
def test_masking_takes_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    masked(text)
    assert time.process_time() - started < 2
