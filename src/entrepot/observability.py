"""What the platform tells about itself: logs, spans and figures."""

import logging
import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

import orjson
import structlog
from opentelemetry import trace
from opentelemetry.trace import Span, Status, StatusCode
from prometheus_client import CollectorRegistry, Counter, Histogram
from structlog.typing import Processor

# Fields whose names hold one of these words never reach a log, whoever passes them by mistake.
SECRET = ("password", "secret", "token", "cookie", "authorization", "email", "phone", "address")
HIDDEN = "[hidden]"

REGISTRY = CollectorRegistry()

REQUESTS = Histogram(
    "entrepot_request_seconds",
    "How long requests took, by route and outcome.",
    ["route", "method", "status"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
WEBHOOKS = Histogram(
    "entrepot_webhook_seconds",
    "How long receivers took to answer webhooks, by the kind of answer; none: there was none.",
    ["answer"],
    registry=REGISTRY,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
WORK = Histogram(
    "entrepot_work_seconds",
    "How long pieces of work took, by name: batches, sweeps, jobs, deliveries of facts.",
    ["work"],
    registry=REGISTRY,
)
FAILURES = Counter(
    "entrepot_failures_total",
    "Work that ended in a bug or in trouble outside, by name; refusals are no failures.",
    ["work"],
    registry=REGISTRY,
)

_tracer = trace.get_tracer("entrepot")


class Told:
    """Standard error, where what cannot be written is lost: a full disk fails nobody's work."""

    def write(self, line: str) -> int:
        """Write it, if that can be."""
        with suppress(OSError):
            return sys.stderr.write(line)
        return 0

    def flush(self) -> None:
        """The same for what was written before."""
        with suppress(OSError):
            sys.stderr.flush()


def configure(level: str = "info", *, json: bool | None = None) -> None:
    """Log to standard error: one JSON object a line, or colours if somebody looks on."""
    as_json = not sys.stderr.isatty() if json is None else json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_trace,
        _without_secrets,
    ]
    if as_json:
        last: list[Processor] = [
            # Without the values of locals: they hold secrets, and addresses of buyers.
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(serializer=_line),
        ]
    else:
        plain = structlog.dev.plain_traceback
        colors = sys.stderr.isatty()
        last = [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Told())),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(message)s")
    _export_spans()


@contextmanager
def span(name: str, **fields: str | int | bool) -> Iterator[Span]:
    """Time a piece of work under a dotted name, in the trace and in the figures."""
    with WORK.labels(name).time(), _tracer.start_as_current_span(name) as opened:
        for field, value in fields.items():
            opened.set_attribute(field, value)
        yield opened


def failed(work: str, error: BaseException) -> None:
    """Count and mark a failure where it is caught."""
    FAILURES.labels(work).inc()
    opened = trace.get_current_span()
    opened.record_exception(error)
    opened.set_status(Status(StatusCode.ERROR, type(error).__name__))


def trace_id() -> str | None:
    """The number under which a caller's trouble is found again."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


def _with_trace(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (number := trace_id()) is not None:
        event["trace"] = number
    return event


def _without_secrets(
    _: object, __: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name in event:
        if any(word in name.lower() for word in SECRET):
            event[name] = HIDDEN
    return event


def _line(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


def _export_spans() -> None:
    """Make and send spans only where OTEL_EXPORTER_OTLP_ENDPOINT says where to."""
    if not any(name.startswith("OTEL_EXPORTER_OTLP") for name in os.environ):
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "entrepot"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
