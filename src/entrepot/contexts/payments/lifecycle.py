"""How far a payment, a call to a provider and a refund have come."""

from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle


class IntentState(StrEnum):
    AUTHORISED = "authorised"
    CANCELLED = "cancelled"
    CAPTURED = "captured"
    CREATED = "created"
    DECLINED = "declined"
    EXPIRED = "expired"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


class IntentVerb(StrEnum):
    AUTHORISE = "authorise"
    CANCEL = "cancel"
    CAPTURE = "capture"
    DECLINE = "decline"
    EXPIRE = "expire"
    LOSE = "lose"  # The provider did not answer.
    REFUND_PART = "refund_part"
    REFUND_REST = "refund_rest"
    RETRY = "retry"


_I, _V = IntentState, IntentVerb

# Money that arrives for a cancelled or expired intent is still money: it goes back.
INTENT = Lifecycle(
    initial=_I.CREATED,
    moves={
        _I.CREATED: {
            _V.AUTHORISE: _I.AUTHORISED,
            _V.CAPTURE: _I.CAPTURED,
            _V.DECLINE: _I.DECLINED,
            _V.LOSE: _I.UNKNOWN,
            _V.CANCEL: _I.CANCELLED,
            _V.EXPIRE: _I.EXPIRED,
        },
        _I.UNKNOWN: {
            _V.AUTHORISE: _I.AUTHORISED,
            _V.CAPTURE: _I.CAPTURED,
            _V.DECLINE: _I.DECLINED,
            _V.RETRY: _I.CREATED,
            _V.CANCEL: _I.CANCELLED,
            _V.EXPIRE: _I.EXPIRED,
        },
        _I.AUTHORISED: {
            _V.CAPTURE: _I.CAPTURED,
            _V.DECLINE: _I.DECLINED,
            _V.LOSE: _I.UNKNOWN,
            _V.CANCEL: _I.CANCELLED,
        },
        _I.DECLINED: {
            _V.RETRY: _I.CREATED,
            _V.AUTHORISE: _I.AUTHORISED,
            _V.CAPTURE: _I.CAPTURED,
            _V.CANCEL: _I.CANCELLED,
            _V.EXPIRE: _I.EXPIRED,
        },
        _I.CAPTURED: {
            _V.REFUND_PART: _I.PARTIALLY_REFUNDED,
            _V.REFUND_REST: _I.REFUNDED,
        },
        _I.PARTIALLY_REFUNDED: {
            _V.REFUND_PART: _I.PARTIALLY_REFUNDED,
            _V.REFUND_REST: _I.REFUNDED,
        },
        _I.REFUNDED: {},
        _I.CANCELLED: {_V.AUTHORISE: _I.AUTHORISED, _V.CAPTURE: _I.CAPTURED},
        _I.EXPIRED: {_V.AUTHORISE: _I.AUTHORISED, _V.CAPTURE: _I.CAPTURED},
    },
)
CLOSED = {_I.CANCELLED, _I.EXPIRED}


class AttemptState(StrEnum):
    BEGUN = "begun"
    DECLINED = "declined"
    NOTHING = "nothing"
    SUCCEEDED = "succeeded"
    UNKNOWN = "unknown"


class AttemptVerb(StrEnum):
    BEGIN_AGAIN = "begin_again"
    DECLINE = "decline"
    LOSE = "lose"
    MISS = "miss"  # The provider never got it.
    SUCCEED = "succeed"


_A, _W = AttemptState, AttemptVerb

ATTEMPT = Lifecycle(
    initial=_A.BEGUN,
    moves={
        _A.BEGUN: {
            _W.SUCCEED: _A.SUCCEEDED,
            _W.DECLINE: _A.DECLINED,
            _W.LOSE: _A.UNKNOWN,
            _W.MISS: _A.NOTHING,
        },
        _A.UNKNOWN: {
            _W.SUCCEED: _A.SUCCEEDED,
            _W.DECLINE: _A.DECLINED,
            _W.MISS: _A.NOTHING,
        },
        _A.NOTHING: {
            _W.BEGIN_AGAIN: _A.BEGUN,
            _W.SUCCEED: _A.SUCCEEDED,
            _W.DECLINE: _A.DECLINED,
        },
        _A.DECLINED: {_W.SUCCEED: _A.SUCCEEDED},
        _A.SUCCEEDED: {},
    },
)
OPEN = {_A.BEGUN, _A.UNKNOWN}


class RefundState(StrEnum):
    FAILED = "failed"
    REQUESTED = "requested"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    UNKNOWN = "unknown"


class RefundVerb(StrEnum):
    FAIL = "fail"
    LOSE = "lose"
    RETURN = "return"  # The provider never got it: it can be sent again.
    SEND = "send"
    SUCCEED = "succeed"


_R, _F = RefundState, RefundVerb

REFUND = Lifecycle(
    initial=_R.REQUESTED,
    moves={
        _R.REQUESTED: {_F.SEND: _R.SENT, _F.SUCCEED: _R.SUCCEEDED, _F.FAIL: _R.FAILED},
        _R.SENT: {
            _F.SUCCEED: _R.SUCCEEDED,
            _F.FAIL: _R.FAILED,
            _F.LOSE: _R.UNKNOWN,
            _F.RETURN: _R.REQUESTED,
        },
        _R.UNKNOWN: {
            _F.SUCCEED: _R.SUCCEEDED,
            _F.FAIL: _R.FAILED,
            _F.RETURN: _R.REQUESTED,
        },
        _R.FAILED: {_F.SEND: _R.SENT, _F.SUCCEED: _R.SUCCEEDED},
        _R.SUCCEEDED: {},
    },
)
