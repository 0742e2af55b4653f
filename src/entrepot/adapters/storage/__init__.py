"""Where the bytes of files lie: a folder of this machine."""

from .folder import Folder

__all__ = ["Folder"]
