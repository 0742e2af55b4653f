"""A plain background made white, with Pillow.

What is behind goods is told by its colour alone: the frame of the picture has to be of one colour,
and what hangs together with it in that colour is the background. A room, a hand or a shadow is
more than that; such pictures stay as they are, and the answer says so. What is transparent becomes
white exactly.
"""

from io import BytesIO
from statistics import median_low

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from entrepot.contexts import catalog

Colour = tuple[int, ...]
pictures = catalog.pictures

WHITE = (255, 255, 255)
WHITE_ENOUGH = 250  # Of 255, in each channel.
SURE, DOUBTFUL = 14, 34  # How far from the colour behind a point is that, and is no more.
PLAIN = 0.85  # The part of the frame that has to be of one colour.
COARSE_PX = 256  # What hangs together is looked for on a picture of this size.
STRIP_PX = 1_000_000  # Of the whole picture so much is in hand at once.
QUALITY = 92
FORMATS = {"MPO": "JPEG"}  # Of several pictures in a file the first one is meant.
SEEN = 128  # The grey with which what hangs together is marked.


def whiten(picture: pictures.Picture) -> pictures.Outcome:
    """The goods before white."""
    try:
        with Image.open(BytesIO(picture.data)) as opened:
            opened.load()
            return _whitened(opened)
    except (OSError, SyntaxError, ValueError) as error:
        return pictures.Untouched(f"the picture cannot be read: {error}")


def _whitened(opened: Image.Image) -> pictures.Outcome:
    kind, profile = FORMATS.get(str(opened.format), str(opened.format)), _profile(opened)
    ImageOps.exif_transpose(opened, in_place=True)
    image, was_clear = _flattened(opened)
    coarse = _coarse(image)
    behind, part = _behind(coarse)
    if part < PLAIN:
        return pictures.Untouched("what is behind the goods has no plain colour")
    if min(behind) < WHITE_ENOUGH:
        _paint(image, behind, _hanging_together(coarse, behind))
    elif not was_clear:
        return pictures.Untouched("the background is white already")
    return pictures.Altered(_written(image, kind, profile))


def _flattened(image: Image.Image) -> tuple[Image.Image, bool]:
    """In red, green and blue, what was transparent before white; and whether anything was."""
    if not image.has_transparency_data:
        return (image if image.mode == "RGB" else image.convert("RGB")), False
    clear = image.convert("RGBA")
    least, _ = clear.getchannel("A").getextrema()
    white = Image.new("RGBA", clear.size, (*WHITE, 255))
    return Image.alpha_composite(white, clear).convert("RGB"), least != 255


def _coarse(image: Image.Image) -> Image.Image:
    """Small enough to be looked at point by point."""
    scale = min(1.0, COARSE_PX / max(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BOX)


def _behind(coarse: Image.Image) -> tuple[Colour, float]:
    """The colour that most of the frame has, and how much of the frame has it."""
    width, height = coarse.size
    rows = [(x, y) for y in (0, height - 1) for x in range(width)]
    columns = [(x, y) for x in (0, width - 1) for y in range(height)]
    frame = [_point(coarse, place) for place in (*rows, *columns)]
    colour = tuple(median_low(channel) for channel in zip(*frame, strict=True))
    near = sum(_distance(point, colour) <= SURE for point in frame)
    return colour, near / len(frame)


def _hanging_together(coarse: Image.Image, behind: Colour) -> Image.Image:
    """White where the coarse picture has the colour behind and hangs together with the frame."""
    near = _far(coarse, behind).point(lambda far: 255 if far <= DOUBTFUL else 0)
    framed = ImageOps.expand(near, border=1, fill=255)
    ImageDraw.floodfill(framed, (0, 0), SEEN)
    inside = ImageOps.crop(framed, border=1).point(lambda shade: 255 if shade == SEEN else 0)
    return inside.filter(ImageFilter.MaxFilter(3))  # Up to the edge of what was seen coarsely.


def _paint(image: Image.Image, behind: Colour, where: Image.Image) -> None:
    """White over the colour behind, by strips; where a point is between, it becomes lighter."""
    width, height = image.size
    scale_x, scale_y = where.width / width, where.height / height
    rows = max(1, STRIP_PX // width)
    for top in range(0, height, rows):
        box = (0, top, width, min(height, top + rows))
        strip = image.crop(box)
        part = (0.0, box[1] * scale_y, width * scale_x, box[3] * scale_y)
        allowed = where.resize(strip.size, Image.Resampling.NEAREST, part)
        mask = ImageChops.darker(_far(strip, behind).point(_shade), allowed)
        image.paste(WHITE, box, mask)


def _shade(far: int) -> int:
    """How white a point becomes that is so far from the colour behind."""
    if far <= SURE:
        return 255
    return max(0, 255 * (DOUBTFUL - far) // (DOUBTFUL - SURE))


def _far(image: Image.Image, colour: Colour) -> Image.Image:
    """How far each point is from a colour, in the channel in which it is farthest."""
    apart = ImageChops.difference(image, Image.new("RGB", image.size, colour))
    red, green, blue = apart.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _profile(opened: Image.Image) -> bytes | None:
    """What its colours mean, unless they are converted."""
    found: bytes | None = opened.info.get("icc_profile")
    return found if opened.mode in {"RGB", "RGBA"} else None


def _written(image: Image.Image, kind: str, profile: bytes | None) -> bytes:
    """In the format that it came in."""
    out = BytesIO()
    more = {"quality": QUALITY} if kind in {"JPEG", "WEBP"} else {}
    image.save(out, kind, icc_profile=profile, **more)
    return out.getvalue()


def _point(image: Image.Image, place: tuple[int, int]) -> Colour:
    found = image.getpixel(place)
    assert isinstance(found, tuple), "it has three channels"
    return found


def _distance(one: Colour, other: Colour) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
