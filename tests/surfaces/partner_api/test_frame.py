"""Laws of the frame that need no server: signatures, routes, amounts, pages, shapes, scopes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError
from tiktok_shop_api.generated._meta import OPERATIONS
from tiktok_shop_api.signing import Signer, operation_for, requires_shop_cipher

from entrepot.contexts.integrations import AppKind
from entrepot.kernel.access import Grant, OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import BadInput, Busy, Forbidden, NotFound, TooMany
from entrepot.rulebook import Rulebook
from entrepot.surfaces.partner_api import codes, paging, unsupported
from entrepot.surfaces.partner_api.application import routes, served
from entrepot.surfaces.partner_api.codes import Code, Refused
from entrepot.surfaces.partner_api.limits import Limits, TooManyRequests
from entrepot.surfaces.partner_api.money import amount, minor
from entrepot.surfaces.partner_api.operations import Operation, at_version
from entrepot.surfaces.partner_api.paging import Paged
from entrepot.surfaces.partner_api.routes import Routes
from entrepot.surfaces.partner_api.scopes import OPENS, Powers, Scope, permissions
from entrepot.surfaces.partner_api.shapes import Body, Csv, Numbers, Query, SortOrder
from entrepot.surfaces.partner_api.signing import genuine, signature
from entrepot.surfaces.parts import SigningKeys
from tests.conftest import NOON
from tests.surfaces.partner_api import known

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PAIRS = st.lists(st.tuples(st.sampled_from(["a", "b", "sign", "access_token", "z"]), TEXT))


@given(query=PAIRS, body=TEXT.map(str.encode), multipart=st.booleans())
def test_signatures_are_the_sdks(
    query: list[tuple[str, str]], body: bytes, *, multipart: bool
) -> None:
    media = "multipart/form-data; boundary=x" if multipart else "application/json"
    given_by_sdk = Signer.sign(
        path="/order/202309/orders",
        query=query,
        content_type=media,
        body=body or None,
        app_secret="secret",
    )
    ours = signature("secret", b"/order/202309/orders", query, None if multipart else body)

    assert ours == given_by_sdk
    assert genuine(given_by_sdk, ours) and not genuine(given_by_sdk[:-1] + "é", ours)


def test_all_operations_of_the_sdk_are_known() -> None:
    """A new version of the SDK shows here: write the table anew."""
    kept = Path(str(unsupported.__file__)).parent / "data" / "known.csv"
    assert kept.read_text("utf-8") == known.page()
    assert len(unsupported.known()) == len(OPERATIONS)


def test_every_known_operation_is_found_under_its_own_path() -> None:
    found = routes()
    for one in OPERATIONS:
        path = one["path"].replace("{", "").replace("}", "")
        operation, named = found.find(one["method"].upper(), path)
        sdk = operation_for(one["method"], path)
        assert sdk is not None and operation.path == sdk["path"]
        assert named == {name: name for name in _names(operation.path)}


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def test_ciphers_are_asked_for_where_the_sdk_sends_them() -> None:
    differ = [
        operation.path
        for operation in served()
        if operation_for(operation.method, operation.path) is not None
        and requires_shop_cipher(operation.method, operation.path) < operation.shop
    ]
    assert differ == []


def test_literal_segments_go_before_names() -> None:
    def at(path: str) -> Operation:
        return Operation(method="GET", path=path, handler=lambda _: None)

    tree = Routes([at("/a/1/{x}/y"), at("/a/1/search/y"), at("/a/1/search/{z}/w")])

    assert tree.find("GET", "/a/1/search/y")[0].path == "/a/1/search/y"
    assert tree.find("GET", "/a/1/5/y") == (at_("/a/1/{x}/y", tree), {"x": "5"})
    assert tree.find("GET", "/a/1/search/5/w")[1] == {"z": "5"}
    for wrong in ("/a/1", "/a/1/5", "/a/1//y", "/a/1/5/y/z", "/"):
        with pytest.raises(Refused) as refused:
            tree.find("GET", wrong)
        assert refused.value.code == Code.INVALID_PATH
    with pytest.raises(AssertionError):
        Routes([at("/a/1/{x}"), at("/a/1/{y}")])


def at_(path: str, tree: Routes) -> Operation:
    [found] = [one for one in tree.operations if one.path == path]
    return found


def test_older_versions() -> None:
    assert at_version("/order/202507/orders", "202309") == "/order/202309/orders"
    assert at_version("/product/202502/products/{id}", "1") == "/product/1/products/{id}"


@given(st.integers(1 - 10**15, 10**15 - 1), st.sampled_from([*Currency]))
def test_amounts_come_back(number: int, currency: Currency) -> None:
    assert minor(amount(number, currency), currency) == number


def test_amounts_as_text() -> None:
    assert amount(1234, Currency.USD) == "12.34"
    assert amount(-5, Currency.USD) == "-0.05"
    assert amount(1234, Currency.JPY) == "1234"
    assert minor("12.3", Currency.USD) == 1230
    assert minor("12.3400", Currency.USD) == 1234
    for wrong in ("", "1,2", "12.345", "1e3", "NaN", "١٢", "--1", "1" * 16):
        with pytest.raises(Refused) as refused:
            minor(wrong, Currency.USD)
        assert refused.value.code == Code.INVALID_PARAMETER


@dataclass(frozen=True)
class FakeParts:
    keys: SigningKeys


@dataclass(frozen=True)
class FakeAsk:
    """As much of a request as pages look at."""

    query: Paged
    seller: OrganisationId
    parts: FakeParts
    operation: Operation


SEARCH = Operation(method="POST", path="/a/1/search", handler=lambda _: None)


def asking(seller: int = 1, **query: Any) -> Any:
    parts = FakeParts(SigningKeys(b"k" * 32))
    return FakeAsk(Paged(**query), OrganisationId(seller), parts, SEARCH)


def test_pages_end_and_go_on() -> None:
    rows = [(10, 1), (9, 2), (9, 1)]
    ask = asking(page_size=2)

    told = paging.page(rows, ask, key=lambda row: row, total=3)
    assert [*paging.shown(rows, ask)] == rows[:2] and told["total_count"] == 3
    again = asking(page_size=2, page_token=told["next_page_token"])
    assert paging.after(again) == (9, 2)
    assert paging.page(rows[2:], again, key=lambda row: row) == {"next_page_token": ""}
    assert paging.after(ask) is None


def test_a_page_token_holds_for_one_list_of_one_seller() -> None:
    token = paging.page([(1, 1), (0, 0)], asking(page_size=1), key=lambda row: row)[
        "next_page_token"
    ]
    for other in (
        asking(2, page_token=token),
        asking(page_token=token, sort_order=SortOrder.ASC),
        asking(page_token=token, sort_field="update_time"),
        asking(page_token=token[:-2]),
        asking(page_token="é"),
        asking(page_token="x"),
    ):
        with pytest.raises(Refused) as refused:
            paging.after(other)
        assert refused.value.code == Code.INVALID_PARAMETER


def test_numbers_may_come_as_text_and_lists_with_commas() -> None:
    class Given(Query):
        ids: Numbers
        words: Csv = Field(default=[])

    class Sent(Body):
        quantity: int
        name: str

    assert Given.model_validate({"ids": "1,2", "words": '["a","b"]'}).ids == [1, 2]
    assert Given.model_validate({"ids": ["3"], "unknown": "x"}).ids == [3]
    assert Sent.model_validate_json(b'{"quantity": "5", "name": 7, "x": 1}').name == "7"
    for wrong in ("a", "0", "-1", "1" * 20, "9" * 19 + "1", "1.5"):
        with pytest.raises(ValidationError):
            Given.model_validate({"ids": wrong})


def test_refusals_of_the_domain_have_codes() -> None:
    for problem, expected in [
        (BadInput("quantity", "at least 1"), Code.INVALID_PARAMETER),
        (NotFound("order", 1), Code.NOT_FOUND),
        (NotFound("product", 1), Code.NO_PRODUCT),
        (NotFound("location", 1), Code.NO_WAREHOUSE),
        (Forbidden("no"), Code.ACCESS_DENIED),
        (Busy("wait", retry_after_s=2), Code.TIMEOUT),
        (TooMany("wait"), Code.TOO_MANY_REQUESTS),
    ]:
        assert codes.refused(problem).code == expected
    assert codes.refused(Busy("wait", retry_after_s=2)).retry_after_s == 2
    assert "quantity" in codes.refused(BadInput("quantity", "at least 1")).message
    assert len({code.value for code in Code}) == len([*Code])


def test_scopes_open_no_more_than_the_owner_has(rules: Rulebook) -> None:
    powers, within = Powers(rules), OrganisationId(7)
    every = frozenset(scope.value for scope in Scope)

    all_of = powers.grants(AppKind.SELLER, every, within, NOON.date())
    few = powers.grants(AppKind.SELLER, frozenset({Scope.ORDER_READ}), within, NOON.date())

    assert {grant.within for grant in all_of} == {within}
    assert Grant("order:read", within) in few and few < all_of
    never = {"payout-account:edit", "token:edit", "grant:edit", "member:edit"}
    assert not never & {grant.permission for grant in all_of}
    assert "authorisation:edit" not in {grant.permission for grant in all_of}
    assert permissions(["made.up"], ["order:read", "shop:read"]) == {"shop:read"}
    assert {*OPENS} == {*Scope}


def test_a_bucket_fills_again() -> None:
    now = 0.0
    limits = Limits(2, now=lambda: now)
    assert [dict(limits.take((1, 1)))[b"x-ratelimit-remaining"] for _ in range(2)] == [b"1", b"0"]
    with pytest.raises(TooManyRequests):
        limits.take((1, 1))
    limits.take((1, 2))
    now = 0.5
    limits.take((1, 1))
    with pytest.raises(TooManyRequests):
        limits.take((1, 1))
    assert Limits(0).take((1, 1)) == []


def test_reads_take_turns_and_nothing_that_may_wait_does() -> None:
    reads = {(operation.method, operation.path) for operation in served() if operation.reads}
    assert ("POST", "/order/202309/orders/search") in reads
    assert ("GET", "/order/202507/orders") in reads
    assert all(method == "GET" or path.endswith("/search") for method, path in reads)
    assert not [one for one in served() if one.reads and one.outside]
    assert {one.reads for one in served() if one.method in {"PUT", "DELETE"}} == {False}
