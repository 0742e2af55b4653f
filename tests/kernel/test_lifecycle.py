"""Lifecycles: a table that refuses, and draws itself."""

from enum import StrEnum

import pytest

from entrepot.kernel.lifecycle import IllegalMove, Lifecycle


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


class Act(StrEnum):
    PUSH = "push"
    PULL = "pull"
    TAKE_OUT = "take_out"


DOOR = Lifecycle(
    initial=Door.SHUT,
    moves={
        Door.SHUT: {Act.PUSH: Door.OPEN, Act.TAKE_OUT: Door.GONE},
        Door.OPEN: {Act.PULL: Door.SHUT},
        Door.GONE: {},
    },
)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", Door)
def test_every_state_and_verb(state: Door, act: Act) -> None:
    if act in DOOR.moves[state]:
        assert DOOR.after(state, act) is DOOR.moves[state][act]
    else:
        with pytest.raises(IllegalMove) as refused:
            DOOR.after(state, act)
        assert refused.value.status == 409
        assert str(refused.value) == f"cannot {act} what is {state}"
        assert refused.value.members == {"allowed": [*DOOR.moves[state]]}


def test_the_picture_is_the_table() -> None:
    assert DOOR.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> shut",
        "    shut --> open : push",
        "    shut --> gone : take_out",
        "    open --> shut : pull",
    ]
