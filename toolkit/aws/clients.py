"""boto3 clients, and what their errors mean to the person at the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from toolkit.errors import BadInputError, TemporaryError, ToolkitError

# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html (reviewed: "2026-11-21")
_THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_REFUSED = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "Forbidden", "403"}
)
_UNKNOWN_CALLER = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "InvalidAccessKeyId",
    }
)


class FailedError(ToolkitError):
    """What was asked of AWS was tried and failed there; the message has the first reason."""

    exit_status = 1


class Clients:
    """Makes each service's client once: `clients("ecs")`. Credentials come from the SDK's own chain.

    `endpoint_url` points every service to an emulator. Raises BadInputError when no region is known.
    """

    def __init__(self, session: Any = None, endpoint_url: str | None = None, region: str | None = None) -> None:
        try:
            import boto3
            from botocore.exceptions import BotoCoreError
        except ImportError:
            raise TemporaryError("boto3 is not installed", to_do="pip install 'replatform[aws]'") from None
        try:
            self.session = session or boto3.Session(region_name=region)
        except BotoCoreError as error:
            raise BadInputError(f"the AWS configuration cannot be used: {error}") from None
        self.region = region or self.session.region_name or ""
        self.endpoint_url = endpoint_url
        self._made: dict[str, Any] = {}
        if not self.region:
            raise BadInputError(
                "no AWS region is set", to_do="set AWS_DEFAULT_REGION, or the region of your AWS profile"
            )

    def __call__(self, service: str) -> Any:
        from botocore.config import Config

        if service not in self._made:
            retries = {"mode": "standard", "total_max_attempts": 5}
            client = self.session.client(
                service,
                region_name=self.region,
                endpoint_url=self.endpoint_url,
                config=Config(retries=retries, connect_timeout=10, read_timeout=60),
            )
            client.meta.events.register("before-parse", _whole)
            self._made[service] = client
        return self._made[service]


def _whole(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """Raises ResponseStreamingError for half an answer: botocore reads what came, and takes half of a JSON for none."""
    from botocore.exceptions import ResponseStreamingError

    if operation_model.has_streaming_output or operation_model.http.get("method") == "HEAD":
        return
    expected, actual = response_dict["headers"].get("content-length"), len(response_dict["body"])
    if expected and int(expected) != actual:
        raise ResponseStreamingError(error=f"{actual} of {expected} bytes came")


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turns what botocore raises into one message with a next step.

    Raises TemporaryError (exit status 75) where the same command may work later, BadInputError for missing
    credentials or permissions, and FailedError for what the service refused.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        HTTPClientError,
        NoCredentialsError,
        SSOError,
        TokenRetrievalError,
    )
    from botocore.exceptions import ConnectionError as LostConnectionError

    again = "run the same command again; it goes on where it stopped"
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        text = error.response.get("Error", {}).get("Message") or str(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _EXPIRED:
            raise TemporaryError(
                f"the AWS credentials have expired while {doing}", to_do=f"renew them, then {again}"
            ) from None
        if code in _THROTTLED:
            raise TemporaryError(
                f"AWS is throttling requests while {doing}", to_do=f"wait a minute, then {again}"
            ) from None
        if code in _REFUSED:
            raise BadInputError(
                f"AWS denies access while {doing}: {text}", to_do=f"have it allowed, then {again}"
            ) from None
        if code in _UNKNOWN_CALLER:
            raise BadInputError(f"AWS does not accept the credentials while {doing}: {text}") from None
        if status >= 500:
            raise TemporaryError(f"AWS had an internal error while {doing}: {text}", to_do=again) from None
        raise FailedError(f"{doing}: {text}", to_do=again) from None
    except NoCredentialsError:
        raise BadInputError(
            "there are no AWS credentials",
            to_do="log in (aws sso login), or set AWS_PROFILE to a profile that has some",
        ) from None
    except (SSOError, TokenRetrievalError) as error:
        raise TemporaryError(f"the AWS login has expired: {error}", to_do=f"aws sso login, then {again}") from None
    except (HTTPClientError, LostConnectionError) as error:  # connections refused, closed, timed out
        raise TemporaryError(f"the connection to AWS was lost while {doing}: {error}", to_do=again) from None
    except BotoCoreError as error:
        raise BadInputError(f"{doing}: {error}") from None


def error_code(error: Exception) -> str:
    """The service's code of a ClientError."""
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def error_text(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Message", ""))
