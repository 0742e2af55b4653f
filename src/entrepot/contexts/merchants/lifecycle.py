"""What becomes of applications, shops, contracts, accounts and category permissions."""

from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle


class ApplicationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    NEEDS_CORRECTION = "needs_correction"
    REJECTED = "rejected"
    AWAITING_DEPOSIT = "awaiting_deposit"
    OPENED = "opened"  # From here on there is a shop.
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ApplicationVerb(StrEnum):
    SUBMIT = "submit"
    REVIEW = "review"
    CORRECT = "correct"  # Send back to be put right.
    REJECT = "reject"
    ASK_DEPOSIT = "ask_deposit"
    OPEN = "open"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


A, DO = ApplicationState, ApplicationVerb
APPLICATION = Lifecycle(
    initial=A.DRAFT,
    moves={
        A.DRAFT: {DO.SUBMIT: A.SUBMITTED, DO.WITHDRAW: A.WITHDRAWN},
        A.SUBMITTED: {DO.REVIEW: A.IN_REVIEW, DO.WITHDRAW: A.WITHDRAWN},
        A.IN_REVIEW: {
            DO.CORRECT: A.NEEDS_CORRECTION,
            DO.REJECT: A.REJECTED,
            DO.ASK_DEPOSIT: A.AWAITING_DEPOSIT,
            DO.OPEN: A.OPENED,
            DO.WITHDRAW: A.WITHDRAWN,
        },
        A.NEEDS_CORRECTION: {
            DO.SUBMIT: A.SUBMITTED,
            DO.EXPIRE: A.EXPIRED,
            DO.WITHDRAW: A.WITHDRAWN,
        },
        A.AWAITING_DEPOSIT: {
            DO.OPEN: A.OPENED,
            DO.EXPIRE: A.EXPIRED,
            DO.WITHDRAW: A.WITHDRAWN,
        },
        A.REJECTED: {},
        A.OPENED: {},
        A.EXPIRED: {},
        A.WITHDRAWN: {},
    },
)


class ShopState(StrEnum):
    PROBATION = "probation"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"
    TERMINATED = "terminated"


class ShopVerb(StrEnum):
    GRADUATE = "graduate"
    RESTRICT = "restrict"
    RESUME = "resume"  # Back to active …
    RETURN = "return"  # … or to probation, where that was not over.
    SUSPEND = "suspend"
    TERMINATE = "terminate"
    WIND_DOWN = "wind_down"
    CLOSE = "close"


S, TO = ShopState, ShopVerb
SHOP = Lifecycle(
    initial=S.PROBATION,
    moves={
        S.PROBATION: {
            TO.GRADUATE: S.ACTIVE,
            TO.RESTRICT: S.RESTRICTED,
            TO.SUSPEND: S.SUSPENDED,
            TO.WIND_DOWN: S.CLOSING,
        },
        S.ACTIVE: {
            TO.RESTRICT: S.RESTRICTED,
            TO.SUSPEND: S.SUSPENDED,
            TO.WIND_DOWN: S.CLOSING,
        },
        S.RESTRICTED: {
            TO.RESTRICT: S.RESTRICTED,  # With other caps.
            TO.RESUME: S.ACTIVE,
            TO.RETURN: S.PROBATION,
            TO.SUSPEND: S.SUSPENDED,
            TO.WIND_DOWN: S.CLOSING,
        },
        S.SUSPENDED: {
            TO.RESUME: S.ACTIVE,
            TO.RETURN: S.PROBATION,
            TO.TERMINATE: S.TERMINATED,
        },
        S.CLOSING: {TO.CLOSE: S.CLOSED, TO.SUSPEND: S.SUSPENDED},
        S.CLOSED: {},
        S.TERMINATED: {},
    },
)
OVER = frozenset({S.CLOSED, S.TERMINATED})


class ContractState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ContractVerb(StrEnum):
    AGREE = "agree"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


CONTRACT = Lifecycle(
    initial=ContractState.PROPOSED,
    moves={
        ContractState.PROPOSED: {
            ContractVerb.AGREE: ContractState.AGREED,
            ContractVerb.DECLINE: ContractState.DECLINED,
            ContractVerb.WITHDRAW: ContractState.WITHDRAWN,
        },
        ContractState.AGREED: {},
        ContractState.DECLINED: {},
        ContractState.WITHDRAWN: {},
    },
)


class AccountState(StrEnum):
    REQUESTED = "requested"
    VERIFIED = "verified"
    BOUND = "bound"
    UNBOUND = "unbound"
    REFUSED = "refused"


class AccountVerb(StrEnum):
    VERIFY = "verify"
    REFUSE = "refuse"
    BIND = "bind"
    UNBIND = "unbind"


ACCOUNT = Lifecycle(
    initial=AccountState.REQUESTED,
    moves={
        AccountState.REQUESTED: {
            AccountVerb.VERIFY: AccountState.VERIFIED,
            AccountVerb.REFUSE: AccountState.REFUSED,
            AccountVerb.UNBIND: AccountState.UNBOUND,
        },
        AccountState.VERIFIED: {
            AccountVerb.BIND: AccountState.BOUND,
            AccountVerb.UNBIND: AccountState.UNBOUND,
        },
        AccountState.BOUND: {AccountVerb.UNBIND: AccountState.UNBOUND},
        AccountState.UNBOUND: {},
        AccountState.REFUSED: {},
    },
)


class QualificationState(StrEnum):
    """A shop's permission for a category that is not open to everyone."""

    APPLIED = "applied"
    GRANTED = "granted"
    REJECTED = "rejected"
    REVOKED = "revoked"


class QualificationVerb(StrEnum):
    APPLY = "apply"
    GRANT = "grant"
    REJECT = "reject"
    REVOKE = "revoke"


QUALIFICATION = Lifecycle(
    initial=QualificationState.APPLIED,
    moves={
        QualificationState.APPLIED: {
            QualificationVerb.GRANT: QualificationState.GRANTED,
            QualificationVerb.REJECT: QualificationState.REJECTED,
        },
        QualificationState.GRANTED: {QualificationVerb.REVOKE: QualificationState.REVOKED},
        QualificationState.REJECTED: {QualificationVerb.APPLY: QualificationState.APPLIED},
        QualificationState.REVOKED: {QualificationVerb.APPLY: QualificationState.APPLIED},
    },
)
