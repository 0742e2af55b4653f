"""Refusals: told to one, kept among many."""

import re

import pytest

from entrepot.kernel.problems import BadInput, Busy, NotFound, Problem, each, only


def every(kind: type[Problem]) -> list[type[Problem]]:
    return [kind, *(below for child in kind.__subclasses__() for below in every(child))]


def test_a_body_says_what_to_do() -> None:
    assert BadInput("quantity", "1 to 99", sku_id="7").body() == {
        "type": "/problems/bad-input",
        "title": "Something in the request is not as it must be",
        "status": 422,
        "detail": "quantity: 1 to 99",
        "field": "quantity",
        "sku_id": "7",
    }
    assert NotFound("order", 7).body()["status"] == 404
    assert Busy("full", retry_after_s=1).body()["retry_after_s"] == 1


def test_one_is_raised() -> None:
    assert only([5]) == 5
    with pytest.raises(NotFound):
        only([NotFound("order", 7)])
    with pytest.raises(ValueError, match="values to unpack"):
        only([1, 2])


def test_of_many_that_must_succeed_the_first_refusal_is_raised() -> None:
    assert each([1, 2]) == [1, 2]
    assert each(list[int]()) == []
    with pytest.raises(BadInput, match="second"):
        each([1, BadInput("second", "more"), NotFound("third", 3)])


def test_a_slug_is_one_kind_of_refusal() -> None:
    import entrepot.main  # noqa: F401 - brings all of them in.

    below = ("entrepot.kernel.", "entrepot.contexts.", "entrepot.flows.", "entrepot.rulebook.")
    kinds = [kind for kind in every(Problem)[1:] if kind.__module__.startswith(below)]
    statuses: dict[str, set[int]] = {}
    for kind in kinds:
        statuses.setdefault(kind.slug, set()).add(kind.status)
    assert [slug for slug in statuses if not re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)] == []
    assert {slug: found for slug, found in statuses.items() if len(found) > 1} == {}
    assert [kind for kind in kinds if not 400 <= kind.status < 600 or not kind.title] == []
