"""Passwords: argon2id, with the parameters that OWASP's password storage cheat sheet names."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from entrepot.kernel.problems import BadInput

SHORTEST, LONGEST = 12, 256

# 19 MiB, two passes: sixteen people who sign in at once take 304 MiB for some hundredths of a
# second, where argon2-cffi's default would take a gigabyte.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# What an unknown account is measured against. No password opens it: `verified` says so.
DECOY = (
    "$argon2id$v=19$m=19456,t=2,p=1$lO9Un+HD3Rb/evMYY2kHGQ$"
    "oNXo0zTy1C6bsEXfg/mRTbVmoWZaBLzv7J37h1eGadU"
)


def sound(password: str) -> str:
    """The password, if it is one that may be set. Costs nothing."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput("password", f"takes {SHORTEST} to {LONGEST} characters")
    return password


def hashed(password: str) -> str:
    """What is stored of a password."""
    return HASHER.hash(sound(password))


def verified(stored: str | None, password: str) -> bool:
    """Whether a password is right. Takes as long for an account that does not exist."""
    try:
        HASHER.verify(DECOY if stored is None else stored, password[:LONGEST])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def renewed(stored: str, password: str) -> str | None:
    """A new hash of a right password, if the parameters have risen since it was stored."""
    return HASHER.hash(password) if HASHER.check_needs_rehash(stored) else None
