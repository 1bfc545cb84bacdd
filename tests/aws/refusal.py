"""How a service says no."""


class RefusalError(Exception):
    """An HTTP status with the service's error code and words."""

    def __init__(self, status: int, code: str, message: str = "no") -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def throttled(code: str = "ThrottlingException") -> RefusalError:
    return RefusalError(400, code, "Rate exceeded")


def expired(code: str = "ExpiredTokenException") -> RefusalError:
    return RefusalError(400, code, "The security token included in the request is expired")


def denied(code: str = "AccessDeniedException") -> RefusalError:
    return RefusalError(403, code, "User x is not authorized")
