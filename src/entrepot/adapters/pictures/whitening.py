"""The engine for white backgrounds."""

from entrepot.contexts import catalog

pictures = catalog.pictures


class WhiteBackground:
    """An engine without an outside: it only takes time."""

    def alter(self, picture: pictures.Picture) -> pictures.Outcome:
        """The goods before white. Pillow is loaded by the first picture, not by every start."""
        from .background import whiten

        return whiten(picture)
