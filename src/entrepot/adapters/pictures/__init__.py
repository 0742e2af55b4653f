"""Engines for pictures: white backgrounds by Pillow, translations by an engine behind HTTP."""

from .background import WhiteBackground
from .translating import Translator

__all__ = ["Translator", "WhiteBackground"]
