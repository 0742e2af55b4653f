"""What bytes are, told by the bytes."""

from io import BytesIO

from PIL import Image, UnidentifiedImageError

from .model import Kind, Look, NewFile
from .problems import FileRefused

MEGABYTE = 1_000_000
MOST_BYTES = {Kind.DOCUMENT: 10 * MEGABYTE, Kind.IMAGE: 10 * MEGABYTE, Kind.VIDEO: 100 * MEGABYTE}
MOST_PIXELS = 25_000_000  # Decoded that is 100 MB at most, whatever a few bytes promise.
LONGEST_NAME = 255
READ = ("JPEG", "PNG", "WEBP")
# A JPEG with more pictures behind the first, as many phones write it, is an MPO to Pillow.
FORMATS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def look(new: NewFile) -> Look | FileRefused:
    """What the bytes of a new file are, or why they are not kept."""
    if not new.name or len(new.name) > LONGEST_NAME or "\x00" in new.name:
        return FileRefused("name", f"give a name of 1 to {LONGEST_NAME} characters")
    if not new.data:
        return FileRefused("empty", "the file is empty")
    kind = _kind(new.data)
    if len(new.data) > MOST_BYTES[kind]:
        most = MOST_BYTES[kind] // MEGABYTE
        return FileRefused("too-large", f"{kind} files have at most {most} MB", most_mb=most)
    if kind is Kind.IMAGE:
        return _image(new.data)
    types = {Kind.DOCUMENT: "application/pdf", Kind.VIDEO: "video/mp4"}
    return Look(kind=kind, content_type=types[kind])


def _kind(data: bytes) -> Kind:
    """By the first bytes; what is nothing else has to prove itself an image."""
    if data.startswith(b"%PDF-"):
        return Kind.DOCUMENT
    return Kind.VIDEO if data[4:8] == b"ftyp" else Kind.IMAGE


def _image(data: bytes) -> Look | FileRefused:
    try:
        with Image.open(BytesIO(data), formats=READ) as image:
            width, height, kind = *image.size, FORMATS[str(image.format)]
            if width * height > MOST_PIXELS:
                return _too_many_pixels()
            _decode(image)
    except BOMBS:
        return _too_many_pixels()
    except UnidentifiedImageError:
        return FileRefused("type", "images are JPEG, PNG or WebP; documents PDF; videos MP4")
    except (OSError, SyntaxError, ValueError, EOFError):
        return FileRefused("damaged", "the image cannot be read to its end")
    return Look(kind=Kind.IMAGE, content_type=kind, width_px=width, height_px=height)


def _decode(image: Image.Image) -> None:
    """Read an image to its end; a JPEG at an eighth of its size, which costs far less."""
    image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
    image.load()


def _too_many_pixels() -> FileRefused:
    most = MOST_PIXELS // 1_000_000
    return FileRefused("too-many-pixels", f"images have at most {most} million pixels")
