"""What becomes white, and what is left alone."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw

from entrepot.adapters.pictures import WhiteBackground
from entrepot.contexts import catalog

pictures = catalog.pictures

GREY, RED, WHITE = (205, 200, 190), (180, 20, 30), (255, 255, 255)


def ring(size: tuple[int, int] = (900, 600), behind: tuple[int, ...] = GREY) -> Image.Image:
    """A red ring; through its hole one sees the same colour as around it."""
    image = Image.new("RGB" if len(behind) == 3 else "RGBA", size, behind)
    width, height = size
    draw = ImageDraw.Draw(image)
    draw.ellipse((width // 4, height // 6, width * 3 // 4, height * 5 // 6), fill=RED)
    draw.ellipse((width * 4 // 9, height * 4 // 9, width * 5 // 9, height * 5 // 9), fill=behind)
    return image


def written(image: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def altered(data: bytes) -> Image.Image:
    outcome = asked(data)
    assert isinstance(outcome, pictures.Altered)
    found = Image.open(BytesIO(outcome.data))
    found.load()
    return found


def asked(data: bytes) -> catalog.pictures.Outcome:
    picture = pictures.Picture(key="1", data=data, content_type="image/any")
    return WhiteBackground().alter(picture)


def why(data: bytes) -> str:
    outcome = asked(data)
    assert isinstance(outcome, pictures.Untouched)
    return outcome.reason


def test_what_hangs_together_with_the_frame_becomes_white() -> None:
    before = ring()

    after = altered(written(before))

    assert (after.format, after.mode, after.size) == ("PNG", "RGB", before.size)
    assert [after.getpixel(at) for at in ((0, 0), (899, 599), (450, 20), (200, 300))] == [WHITE] * 4
    assert after.getpixel((300, 300)) == after.getpixel((250, 300)) == RED
    assert after.getpixel((450, 300)) == GREY  # The hole is none of the background's.
    assert why(written(after)) == "the background is white already"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_keeps_its_format_and_what_its_colours_mean(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    after = altered(written(ring(), kind, icc_profile=profile))

    assert (after.format, after.size) == (kind, (900, 600))
    assert after.info["icc_profile"] == profile
    assert after.getpixel((5, 5)) == WHITE


def test_strips_of_a_large_picture_fit_together() -> None:
    after = altered(written(ring((2_400, 1_600)), "PNG"))

    edges = {after.getpixel((20, y)) for y in range(1_600)}
    inside = {after.getpixel((700, y)) for y in range(700, 900)}
    assert (edges, inside) == ({WHITE}, {RED})


def test_what_is_transparent_becomes_white() -> None:
    after = altered(written(ring(behind=(0, 0, 0, 0))))

    assert (after.mode, after.getpixel((0, 0)), after.getpixel((450, 300))) == ("RGB", WHITE, WHITE)
    assert after.getpixel((300, 300)) == RED


def test_a_picture_is_turned_as_it_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Turned to the right.

    after = altered(written(ring((900, 600)), "JPEG", exif=exif))

    assert after.size == (600, 900)
    assert after.getexif().get(0x0112, 1) == 1


def test_the_first_of_several_pictures_is_meant() -> None:
    data = written(ring(), "MPO", save_all=True, append_images=[ring()])

    after = altered(data)

    assert (after.format, after.getpixel((0, 0))) == ("JPEG", WHITE)


@pytest.mark.parametrize(
    "image",
    [
        Image.effect_noise((600, 600), 80).convert("RGB"),
        Image.linear_gradient("L").resize((600, 600)).convert("RGB"),
    ],
    ids=["noise", "gradient"],
)
def test_what_is_no_plain_background_is_left_alone(image: Image.Image) -> None:
    assert why(written(image)) == "what is behind the goods has no plain colour"


def test_what_is_white_is_left_alone() -> None:
    assert why(written(ring(behind=WHITE))) == "the background is white already"
    assert why(written(ring(behind=(*WHITE, 255)))) == "the background is white already"


def test_what_cannot_be_read_is_left_alone() -> None:
    assert why(written(ring())[:500]).startswith("the picture cannot be read")
