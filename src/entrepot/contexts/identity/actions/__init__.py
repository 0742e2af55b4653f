"""What can be done in identity, by noun."""

from .belonging import count_newcomer, join, leave, let_in
from .delegation import give_grants, revoke_grants
from .enrolment import enrol, erase, found
from .inviting import invite
from .signing import (
    accept,
    change_password,
    count_attempt,
    rotate,
    sign_in,
    sign_out,
    sign_out_everywhere,
    touch,
)
from .tokens import issue_tokens, revoke_tokens
from .trail import audit, forget

__all__ = [
    "accept",
    "audit",
    "change_password",
    "count_attempt",
    "count_newcomer",
    "enrol",
    "erase",
    "forget",
    "found",
    "give_grants",
    "invite",
    "issue_tokens",
    "join",
    "leave",
    "let_in",
    "revoke_grants",
    "revoke_tokens",
    "rotate",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "touch",
]
