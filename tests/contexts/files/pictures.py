"""Bytes of files for tests."""

import struct
import zlib
from io import BytesIO

from PIL import Image

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(64)


def picture(width: int = 600, height: int = 600, kind: str = "JPEG", shade: int = 200) -> bytes:
    """An image of one colour."""
    out = BytesIO()
    Image.new("RGB", (width, height), (shade, 40, 40)).save(out, kind)
    return out.getvalue()


def several(width: int, height: int) -> bytes:
    """A JPEG with another picture behind the first."""
    out, image = BytesIO(), Image.new("RGB", (width, height), (200, 40, 40))
    image.save(out, "MPO", save_all=True, append_images=[image])
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A few bytes that promise a huge PNG."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"0"))


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checked)
