"""Names of the environment, and settings of the embedded server."""

from collections.abc import Iterator

from pydantic import BaseModel

from entrepot.adapters.postgres.tuning import STATISTICS, TUNING
from entrepot.settings import PREFIX, Settings

from .text import document, table


def page() -> str:
    """Every name of the environment with its default."""
    rows = [(f"`{name}`", kind, default) for name, kind, default in _names(Settings)]
    return document(
        "Settings",
        "Read from the environment once, at the start. An unknown name stops it.",
        table(("name", "type", "default"), rows),
    )


def database_page() -> str:
    """The settings of the embedded server and why each is so."""
    rows = [
        (f"`{one.name}`", f"`{one.value or '(empty)'}`", one.reason)
        for one in [*TUNING, STATISTICS]
    ]
    return document(
        "Settings of the embedded server",
        "Written anew at each start; `alter system` goes before them.",
        table(("setting", "value", "reason"), rows),
    )


def _names(
    model: type[BaseModel], prefix: str = PREFIX, given: BaseModel | None = None
) -> Iterator[tuple[str, str, str]]:
    """Leaves of the settings, those within joined by two underscores; defaults of what is given."""
    for name, field in model.model_fields.items():
        own = given is None
        value = field.get_default(call_default_factory=True) if own else getattr(given, name)
        path, inner = f"{prefix}{name.upper()}", _model(field.annotation)
        if inner is not None:
            yield from _names(inner, f"{path}__", value if isinstance(value, BaseModel) else None)
        elif own and field.is_required():
            yield path, _kind(field.annotation), "needed with its neighbours"
        else:
            yield path, _kind(field.annotation), _shown(value)


def _model(annotation: object) -> type[BaseModel] | None:
    """The model in `Model | None`."""
    inside = (annotation, *getattr(annotation, "__args__", ()))
    return next((one for one in inside if isinstance(one, type) and _is_model(one)), None)


def _is_model(kind: type) -> bool:
    return issubclass(kind, BaseModel)


def _kind(annotation: object) -> str:
    kinds = getattr(annotation, "__args__", ()) or (annotation,)
    names = [getattr(kind, "__name__", str(kind)) for kind in kinds]
    return " or ".join("nothing" if name == "NoneType" else name for name in names)


def _shown(value: object) -> str:
    """A default as somebody would type it."""
    return "" if value in (None, "") else f"`{value}`"
