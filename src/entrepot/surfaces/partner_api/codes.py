"""Error codes, and what our refusals are called in them.

The codes below 90,000,000 are documented on partner.tiktokshop.com under "Common errors"
(docv2/page/common-errors) and "Rate limits"; the window of timestamps is, too. Two stand with
the operation "Update Inventory" (docv2/page/update-inventory-202309). What has no documented code
that we know of has one of ours, from 90,000,000 on.
"""

from enum import IntEnum

from entrepot.kernel.problems import (
    BadInput,
    Broken,
    Busy,
    Forbidden,
    NotFound,
    Problem,
    TooMany,
    Unauthenticated,
)


class Code(IntEnum):
    """What went wrong, as integrators' programs read it."""

    SUCCESS = 0
    INVALID_CREDENTIALS = 101000  # A token of the wrong kind, or one that does not fit the rest.
    INVALID_TOKEN = 105001
    EXPIRED_TOKEN = 105002
    ACCESS_DENIED = 105005  # The scope is missing.
    INVALID_SIGN = 106001
    INVALID_CIPHER = 106011
    MISSING_CIPHER = 106013
    NO_WAREHOUSE = 12019022
    NO_PRODUCT = 12052032
    INVALID_AUTH_CODE = 36004004
    TOO_MANY_REQUESTS = 36009002
    INTERNAL = 36009003
    INVALID_PARAMETER = 36009004
    TIMEOUT = 36009007
    INVALID_PATH = 36009009
    INVALID_METHOD = 36009010
    NOT_FOUND = 90000404
    CONFLICT = 90000409  # The thing is in a state in which this cannot be done.
    NOT_SUPPORTED = 90000501  # The operation exists elsewhere and makes no sense here.


# Documented beside the code; what is not listed is a business error and comes with 200.
STATUS = {
    Code.INVALID_CREDENTIALS: 401,
    Code.INVALID_TOKEN: 401,
    Code.EXPIRED_TOKEN: 401,
    Code.ACCESS_DENIED: 403,
    Code.INVALID_SIGN: 401,
    Code.INVALID_CIPHER: 400,
    Code.MISSING_CIPHER: 400,
    Code.TOO_MANY_REQUESTS: 429,
    Code.INTERNAL: 500,
    Code.INVALID_PARAMETER: 400,
    Code.TIMEOUT: 503,
    Code.INVALID_PATH: 404,
    Code.INVALID_METHOD: 405,
    Code.NOT_SUPPORTED: 501,
}

# By what is not there, where a documented code says so; a stranger's is not there, either.
NOUNS = {"location": Code.NO_WAREHOUSE, "product": Code.NO_PRODUCT, "warehouse": Code.NO_WAREHOUSE}


class Refused(Exception):
    """A refusal in the dialect's words. It rolls the work back, as any refusal does."""

    def __init__(self, code: int, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.retry_after_s = int(code), message, retry_after_s

    @property
    def status(self) -> int:
        """The HTTP status that comes with it."""
        return STATUS.get(self.code, 200)  # type: ignore[call-overload,no-any-return]


def invalid(field: str, cure: str) -> Refused:
    """A parameter that is not as it must be."""
    return Refused(Code.INVALID_PARAMETER, f"Invalid parameter. {field}: {cure}")


def refused(problem: Problem) -> Refused:
    """A refusal of the domain in the dialect's words. Its own sentence comes along."""
    return Refused(_code(problem), _sentence(problem), retry_after_s=_wait(problem))


CLASSES: tuple[tuple[type[Problem], Code], ...] = (
    (BadInput, Code.INVALID_PARAMETER),
    (Forbidden, Code.ACCESS_DENIED),
    (Unauthenticated, Code.INVALID_TOKEN),
    (TooMany, Code.TOO_MANY_REQUESTS),
    (Busy, Code.TIMEOUT),
    (Broken, Code.INTERNAL),
)
STATUSES = {
    403: Code.ACCESS_DENIED,
    404: Code.NOT_FOUND,
    422: Code.INVALID_PARAMETER,
    501: Code.NOT_SUPPORTED,
}


def _code(problem: Problem) -> Code:
    if isinstance(problem, NotFound):
        return NOUNS.get(str(problem.members["noun"]), Code.NOT_FOUND)
    for kind, code in CLASSES:
        if isinstance(problem, kind):
            return code
    return STATUSES.get(problem.status, Code.CONFLICT)


def _sentence(problem: Problem) -> str:
    detail = str(problem)
    return f"{problem.title}. {detail}" if detail else problem.title


def _wait(problem: Problem) -> int | None:
    said = problem.members.get("retry_after_s")
    return int(str(said)) if said is not None else None
