"""What reaches the log and what never does."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider

from entrepot import observability


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    observability.configure(json=True)
    structlog.get_logger().info("work.committed", work="orders.cancel")
    said = json.loads(capsys.readouterr().err)

    assert (said["event"], said["work"], said["level"]) == (
        "work.committed",
        "orders.cancel",
        "info",
    )


def test_secrets_and_people_are_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    observability.configure(json=True)
    structlog.get_logger().info("a.b", access_token="t-1", buyer_email="x@y.z", shop=4)
    said = json.loads(capsys.readouterr().err)

    assert (said["access_token"], said["buyer_email"], said["shop"]) == (
        "[hidden]",
        "[hidden]",
        4,
    )


@pytest.mark.parametrize("json_", [True, False])
def test_a_traceback_tells_no_values(capsys: pytest.CaptureFixture[str], *, json_: bool) -> None:
    observability.configure(json=json_)
    try:
        address = "".join(["1 Example", " Street"])
        int("x" * len(address))
    except ValueError:
        structlog.get_logger().exception("a.b")
    said = capsys.readouterr().err

    assert "ValueError" in said and "1 Example Street" not in said


def test_the_level_holds(capsys: pytest.CaptureFixture[str]) -> None:
    observability.configure("warning", json=True)
    structlog.get_logger().info("a.b")

    assert capsys.readouterr().err == ""


def test_spans_are_counted() -> None:
    labels = {"work": "test.span"}
    with observability.span("test.span", orders=3):
        pass
    count = observability.REGISTRY.get_sample_value("entrepot_work_seconds_count", labels)

    assert count == 1


def test_the_trace_has_a_number_only_within_one() -> None:
    assert observability.trace_id() is None
    tracer = TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("outer"):
        number = observability.trace_id()
    assert number is not None
    assert len(number) == 32


def test_a_full_disk_under_the_log_fails_nobodys_work(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full").open("w")  # noqa: SIM115 - it cannot be closed in peace.
    with monkeypatch.context() as there:
        there.setattr("sys.stderr", full)
        observability.configure(json=True)
        for _ in range(2):  # What was not written waits in a buffer, and fails again.
            structlog.get_logger().warning("a.b", text="x" * 100_000)
            structlog.get_logger().warning("a.b")
    with pytest.raises(OSError, match="No space left"):
        full.close()
