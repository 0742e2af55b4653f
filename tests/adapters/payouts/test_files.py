"""Payout files: what stands in them, and that a payout is in one or in none."""

import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from stdnum.exceptions import ValidationError

from entrepot.adapters.payouts import Folder, Listing, Payer, Sepa
from entrepot.contexts.settlement import Answer, Sending
from entrepot.kernel.money import Currency, Money

from .sendings import IBAN, sending

NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
SEPA = Sepa(Payer(name="Entrepot", iban="GB33BUKB20201555555555", bic="BUKBGB22"))


def files(path: Path) -> list[Path]:
    return sorted(path.glob("*/payments.*"))


def test_a_sepa_file_says_who_gets_what(tmp_path: Path) -> None:
    batch = [sending(1), sending(2, amount=Money(5, Currency.EUR), bank_code="COBADEFFXXX")]

    Folder(tmp_path, SEPA).send(batch)

    [file] = files(tmp_path)
    root = ET.parse(file).getroot()
    paid = root.findall(".//p:CdtTrfTxInf", NAMES)
    assert [each.findtext(".//p:EndToEndId", "", NAMES) for each in paid] == [
        "payout-1-1",
        "payout-2-1",
    ]
    assert [each.findtext(".//p:InstdAmt", "", NAMES) for each in paid] == ["1234.56", "0.05"]
    assert [each.findtext("./p:CdtrAcct//p:IBAN", "", NAMES) for each in paid] == [IBAN, IBAN]
    assert paid[0].findtext("./p:Cdtr/p:Nm", "", NAMES) == "Muller, Sohne & Co"
    assert paid[1].findtext("./p:CdtrAgt//p:BICFI", "", NAMES) == "COBADEFFXXX"
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", "", NAMES) == "1234.61"
    assert root.findtext(".//p:ReqdExctnDt/p:Dt", "", NAMES) == "2024-04-01"
    assert root.findtext(".//p:DbtrAcct//p:IBAN", "", NAMES) == "GB33BUKB20201555555555"


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (sending(1, amount=Money(1, Currency.USD)), "SEPA pays euros, not USD"),
        (sending(1, "DE88370400440532013000"), "the account number is no IBAN"),
        (sending(1, bank_code="NOWHERE"), "the bank's code is no BIC"),
    ],
)
def test_sepa_refuses_what_a_bank_would(tmp_path: Path, wish: Sending, reason: str) -> None:
    [outcome] = Folder(tmp_path, SEPA).send([wish])

    assert (outcome.answer, outcome.reason) == (Answer.FAILED, reason)
    assert files(tmp_path) == []


def test_the_payer_is_checked_at_once() -> None:
    with pytest.raises(ValidationError):
        Payer(name="Entrepot", iban="GB33")


def test_a_listing_has_a_row_each(tmp_path: Path) -> None:
    batch = [
        sending(1, "123-4", amount=Money(1_234_05, Currency.BRL), bank_code="001"),
        sending(2, "77", amount=Money(900, Currency.JPY)),
    ]

    Folder(tmp_path, Listing()).send(batch)

    [file] = files(tmp_path)
    assert file.read_text("utf-8").splitlines() == [
        "key,holder,number,bank_code,currency,amount,day",
        'payout-1-1,"Müller, Söhne & Co",123-4,001,BRL,1234.05,2024-04-01',
        'payout-2-1,"Müller, Söhne & Co",77,,JPY,900,2024-04-01',
    ]


def test_a_payout_is_in_one_file_though_that_was_taken_away(tmp_path: Path) -> None:
    folder = Folder(tmp_path, Listing())
    folder.send([sending(1), sending(2)])
    [first] = files(tmp_path)
    first.unlink()

    folder.send([sending(2), sending(3)])

    [second] = files(tmp_path)
    assert [line.split(",")[0] for line in second.read_text("utf-8").splitlines()] == [
        "key",
        "payout-3-1",
    ]


def test_the_banks_answer_counts(tmp_path: Path) -> None:
    folder = Folder(tmp_path, Listing())
    folder.send([sending(1), sending(2), sending(3)])
    (tmp_path / "answers.csv").write_text(
        "key,answer,reference,reason\npayout-1-1,paid,B-9,\npayout-2-1,failed,,account closed\n"
        "payout-3-1,maybe,,\n",
        "utf-8",
    )

    paid, failed, open_ = folder.look_up([sending(1), sending(2), sending(3)])

    assert (paid.answer, paid.reference) == (Answer.PAID, "B-9")
    assert (failed.answer, failed.reason) == (Answer.FAILED, "account closed")
    assert open_.answer is Answer.ACCEPTED


def test_what_was_found_in_no_file_is_never_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path, Listing())

    [lost] = folder.look_up([sending(1)])
    [late] = folder.send([sending(1)])
    [retried] = folder.send([sending(1, attempt=2)])

    assert (lost.answer, lost.reason) == (Answer.FAILED, "it is in no file")
    assert late.answer is Answer.FAILED
    assert retried.answer is Answer.ACCEPTED


def test_a_disk_that_refuses_leaves_it_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path, Listing())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        [unknown] = folder.send([sending(1)])

    assert (unknown.answer, unknown.reason) == (
        Answer.UNKNOWN,
        "[Errno 28] No space left on device",
    )
    assert [*tmp_path.glob("draft-*"), *files(tmp_path)] == []
    assert folder.send([sending(1)])[0].answer is Answer.ACCEPTED


def test_a_draft_that_was_left_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "draft-x").mkdir()
    (tmp_path / "draft-x" / "keys.txt").write_text("payout-1-1\n", "utf-8")

    [outcome] = Folder(tmp_path, Listing()).send([sending(1)])

    assert outcome.answer is Answer.ACCEPTED
    assert len(files(tmp_path)) == 1
