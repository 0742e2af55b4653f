"""Contracts, accounts, category permissions and agreements of a shop."""

from dataclasses import replace
from datetime import date, timedelta

from entrepot.contexts import merchants
from entrepot.contexts.merchants import (
    Account,
    AccountKind,
    AccountLimit,
    AccountNotFound,
    AccountState,
    AccountTaken,
    Agreement,
    AgreementExists,
    CategoryWish,
    ChangePending,
    Contract,
    ContractNotFound,
    ContractState,
    DeadlinePassed,
    Decision,
    ModeChange,
    NewAccount,
    NewAgreement,
    NotAdmitted,
    NumberKind,
    OwnerDiffers,
    Qualification,
    QualificationNotFound,
    QualificationState,
    Shop,
    ShopExists,
    ShopId,
    ShopNotFound,
    ShopNotSelling,
)
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Forbidden, only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import MarketNotOpen
from tests.contexts.merchants.building import (
    MODE,
    OTHER_USCC,
    USCC,
    as_owner,
    declared,
    facts,
    merchant,
    rows,
    shop,
)

OTHER_MODE = "semi-managed"
MAY = date(2024, 5, 1)


def change(one: Shop, mode: str = OTHER_MODE, from_on: date = MAY) -> ModeChange:
    return ModeChange(shop_id=one.id, mode=mode, from_on=from_on)


def test_a_new_contract_changes_the_mode_from_a_market_day_on(tx: Tx) -> None:
    one = shop(tx)
    contract = only(merchants.propose_modes(as_owner(tx, one.merchant_id), [change(one)]))
    assert f"{contract.from_at:%F %T}" == "2024-05-01 07:00:00"  # Midnight in Los Angeles.
    assert merchants.shops(tx, [one.id], contract.from_at)[one.id].mode == MODE

    agreed = only(merchants.agree_modes(tx, [contract.id]))

    assert agreed == replace(contract, state=ContractState.AGREED)
    just_before = contract.from_at - timedelta(microseconds=1)
    assert merchants.shops(tx, [one.id], just_before)[one.id].mode == MODE
    assert merchants.shops(tx, [one.id], contract.from_at)[one.id].mode == OTHER_MODE
    long_ago = tx.now - timedelta(days=400)
    assert merchants.shops(tx, [one.id], long_ago)[one.id].mode == MODE
    assert facts(tx) == ["merchants.shop_opened", "merchants.mode_agreed"]


def test_a_mode_that_does_not_fit_is_not_proposed(tx: Tx) -> None:
    one = shop(tx)
    other = shop(tx, one.merchant_id, mode="full-managed-consignment")
    gone = shop(tx)
    reason = Decision(shop_id=gone.id, reason="fraud")
    merchants.suspend(tx, [reason])
    merchants.terminate(tx, [reason])
    tx.held.clear()  # Another unit of work, as far as locks are concerned.
    wishes = [
        change(one, from_on=date(2024, 4, 1)),
        change(one, mode="barter"),
        change(one, mode=MODE),
        change(one, mode=other.mode),
        change(gone),
        change(one),
        change(one),
    ]
    today, barter, same, taken, over, good, second = merchants.propose_modes(tx, wishes)
    assert isinstance(today, BadInput) and today.members == {"field": "from_on"}
    assert isinstance(barter, MarketNotOpen)
    assert isinstance(same, BadInput) and same.members == {"field": "mode"}
    assert isinstance(taken, ShopExists)
    assert isinstance(over, ShopNotSelling)
    assert isinstance(good, Contract)
    assert isinstance(second, ChangePending)
    assert rows(tx, "contracts") == 4


def test_a_coming_mode_is_taken_already(tx: Tx) -> None:
    one = shop(tx)
    contract = only(merchants.propose_modes(tx, [change(one)]))
    merchants.agree_modes(tx, [contract.id])
    for mode in (MODE, OTHER_MODE):  # The one in force, and the one that comes.
        wish = merchants.NewShop(
            merchant_id=one.merchant_id,
            name="Second",
            market="us",
            mode=mode,
            seller_type=one.seller_type,
        )
        assert isinstance(merchants.open_shops(tx, [wish])[0], ShopExists)


def test_the_new_mode_has_its_own_entry_rule(tx: Tx) -> None:
    owner = merchant(tx)
    declared(tx, owner, "DE 136,695 976", country="DE", number_kind=NumberKind.DE_VAT)
    one = shop(tx, owner, mode=OTHER_MODE)
    [refused] = merchants.propose_modes(tx, [change(one, mode=MODE)])
    assert isinstance(refused, NotAdmitted)


def test_a_proposal_is_decided_in_time_and_once(tx: Tx) -> None:
    one = shop(tx)
    owner, stranger = as_owner(tx, one.merchant_id), as_owner(tx, merchant(tx))
    contract = only(merchants.propose_modes(owner, [change(one)]))
    assert isinstance(merchants.agree_modes(owner, [contract.id])[0], Forbidden)
    assert isinstance(merchants.withdraw_modes(stranger, [contract.id])[0], ContractNotFound)
    assert merchants.contracts(stranger, [one.id]) == []
    late = replace(tx, now=contract.from_at)
    assert isinstance(merchants.agree_modes(late, [contract.id])[0], DeadlinePassed)
    declined, again = merchants.decline_modes(tx, [contract.id, contract.id])
    assert isinstance(declined, Contract) and isinstance(again, IllegalMove)
    assert merchants.shops(tx, [one.id], contract.from_at)[one.id].mode == MODE
    second = only(merchants.propose_modes(owner, [change(one)]))  # Asking again is possible.
    assert only(merchants.withdraw_modes(owner, [second.id])).state is ContractState.WITHDRAWN


def account(one: Shop, handle: str = "lanterns", **changes: object) -> NewAccount:
    wish = NewAccount(
        shop_id=one.id,
        kind=AccountKind.OFFICIAL,
        handle=handle,
        owner_country="CN",
        owner_number=USCC.lower(),
    )
    return replace(wish, **changes)  # type: ignore[arg-type]


def test_in_probation_one_official_account_of_the_shops_own_company(tx: Tx) -> None:
    owner = merchant(tx)
    declared(tx, owner)
    one = shop(tx, owner)
    foreign, other, channel, good, second = merchants.request_accounts(
        tx,
        [
            account(one, owner_number=OTHER_USCC),
            account(one, owner_country="HK"),
            account(one, kind=AccountKind.CHANNEL),
            account(one),
            account(one, "more"),
        ],
    )
    assert isinstance(foreign, OwnerDiffers) and isinstance(other, OwnerDiffers)
    assert isinstance(channel, AccountLimit) and channel.members["limit"] == 0
    assert isinstance(good, Account)
    assert isinstance(second, AccountLimit) and second.members["limit"] == 1
    assert merchants.accounts(tx, [one.id]) == [good]


def test_afterwards_four_channel_accounts_of_anybody(tx: Tx) -> None:
    one = shop(tx, stage=None)
    wishes = [
        account(one, f"channel{n}", kind=AccountKind.CHANNEL, owner_number="X") for n in range(5)
    ]
    *four, fifth = merchants.request_accounts(tx, wishes)
    assert all(isinstance(outcome, Account) for outcome in four)
    assert isinstance(fifth, AccountLimit) and fifth.members["limit"] == 4
    assert facts(tx) == ["merchants.shop_opened", *["merchants.account_moved"] * 4]


def test_an_account_sells_for_one_shop(tx: Tx) -> None:
    one, other = shop(tx, stage=None), shop(tx, stage=None)
    first, second = merchants.request_accounts(
        tx,
        [
            account(one, kind=AccountKind.CHANNEL),
            account(other, "LANTERNS", kind=AccountKind.CHANNEL),
        ],
    )
    assert isinstance(first, Account) and isinstance(second, AccountTaken)
    only(merchants.unbind_accounts(tx, [first.id]))
    free = account(other, "LANTERNS", kind=AccountKind.CHANNEL)
    assert isinstance(merchants.request_accounts(tx, [free])[0], Account)


def test_an_account_is_verified_bound_and_let_go(tx: Tx) -> None:
    one = shop(tx, stage=None)
    owner, stranger = as_owner(tx, one.merchant_id), as_owner(tx, merchant(tx))
    asked = only(merchants.request_accounts(owner, [account(one, kind=AccountKind.CHANNEL)]))
    assert isinstance(merchants.bind_accounts(owner, [asked.id])[0], IllegalMove)
    assert isinstance(merchants.verify_accounts(owner, [asked.id])[0], Forbidden)
    assert isinstance(merchants.unbind_accounts(stranger, [asked.id])[0], AccountNotFound)
    assert only(merchants.verify_accounts(tx, [asked.id])).state is AccountState.VERIFIED
    bound, again = merchants.bind_accounts(owner, [asked.id, asked.id])
    assert isinstance(bound, Account) and bound.state is AccountState.BOUND
    assert isinstance(again, IllegalMove)
    assert only(merchants.unbind_accounts(owner, [asked.id])).state is AccountState.UNBOUND
    assert isinstance(merchants.refuse_accounts(tx, [asked.id])[0], IllegalMove)


def test_categories_are_asked_for_granted_and_revoked(tx: Tx) -> None:
    one = shop(tx)
    owner, stranger = as_owner(tx, one.merchant_id), as_owner(tx, merchant(tx))
    wish = CategoryWish(shop_id=one.id, category="hb", proofs=("invoice",))
    [none] = merchants.grant_categories(tx, [wish])
    assert isinstance(none, QualificationNotFound)
    asked, again = merchants.apply_for_categories(owner, [wish, wish])
    assert isinstance(asked, Qualification) and isinstance(again, IllegalMove)
    assert isinstance(merchants.grant_categories(owner, [wish])[0], Forbidden)
    assert isinstance(merchants.apply_for_categories(stranger, [wish])[0], ShopNotFound)
    assert merchants.granted_categories(tx, [one.id]) == {one.id: frozenset()}

    granted = only(merchants.grant_categories(tx, [replace(wish, proofs=())]))

    assert granted == replace(asked, state=QualificationState.GRANTED)
    assert merchants.granted_categories(tx, [one.id]) == {one.id: frozenset({"hb"})}
    revoked = only(merchants.revoke_categories(tx, [replace(wish, reason="fake invoice")]))
    assert (revoked.state, revoked.reason) == (QualificationState.REVOKED, "fake invoice")
    assert merchants.granted_categories(tx, [one.id]) == {one.id: frozenset()}
    only(merchants.apply_for_categories(owner, [wish]))
    only(merchants.reject_categories(tx, [wish]))
    assert [q.state for q in merchants.qualifications(owner, [one.id])] == [
        QualificationState.REJECTED
    ]
    assert merchants.qualifications(stranger, [one.id]) == []


def test_an_agreement_holds_from_its_day(tx: Tx) -> None:
    one, other = shop(tx), shop(tx)

    def wish(from_on: date, rate_bp: int, topic: str = "fees") -> NewAgreement:
        return NewAgreement(
            shop_id=one.id,
            topic=topic,
            from_on=from_on,
            content={"rate_bp": rate_bp},
            reference="contract 7",
        )

    first, second, twice, topic, foreign = merchants.agree(
        tx,
        [
            wish(date(2024, 1, 1), 500),
            wish(MAY, 400),
            wish(MAY, 300),
            wish(MAY, 300, "weather"),
            replace(wish(MAY, 1), shop_id=ShopId(7)),
        ],
    )
    assert isinstance(first, Agreement) and isinstance(second, Agreement)
    assert isinstance(twice, AgreementExists)
    assert isinstance(topic, BadInput) and isinstance(foreign, ShopNotFound)
    ids = [one.id, other.id]
    assert merchants.agreements(tx, ids, "fees", date(2023, 12, 31)) == {}
    assert merchants.agreements(tx, ids, "fees", date(2024, 4, 30)) == {one.id: first}
    assert merchants.agreements(tx, ids, "fees", MAY) == {one.id: second}
    assert merchants.agreements(tx, ids, "reserve", MAY) == {}
    [refused] = merchants.agree(as_owner(tx, one.merchant_id), [wish(date(2025, 1, 1), 1)])
    assert isinstance(refused, Forbidden)
