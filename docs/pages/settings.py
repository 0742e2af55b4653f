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


def _names(model: type[BaseModel], prefix: str = PREFIX) -> Iterator[tuple[str, str, str]]:
    """Leaves of the settings, those within joined by two underscores."""
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        path, inner = f"{prefix}{name.upper()}", _model(field.annotation)
        if isinstance(default, BaseModel):
            yield from _names_with(default, f"{path}__")
        elif inner is not None:
            yield from _names(inner, f"{path}__")
        elif field.is_required():
            yield path, _kind(field.annotation), "needed with its neighbours"
        else:
            yield path, _kind(field.annotation), _shown(default)


def _names_with(given: BaseModel, prefix: str) -> Iterator[tuple[str, str, str]]:
    """The same with the defaults of one value."""
    for name, field in type(given).model_fields.items():
        value = getattr(given, name)
        if isinstance(value, BaseModel):
            yield from _names_with(value, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}", _kind(field.annotation), _shown(value)


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
