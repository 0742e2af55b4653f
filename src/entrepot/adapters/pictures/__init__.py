"""Engines for pictures: white backgrounds by Pillow, translations by an engine behind HTTP.

`translating` is loaded by who has such an engine.
"""

from .whitening import WhiteBackground

__all__ = ["WhiteBackground"]
