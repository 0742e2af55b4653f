"""What stands between a listing and the highest tier."""

from collections.abc import Iterator, Sequence

from .model import Advice, Part, Seen, Tier
from .wording import SHORT_DESCRIPTION, SHORT_TITLE, plain, repeats, shouts

FEW_IMAGES, ENOUGH_IMAGES, SIDE_PX = 3, 5, 600


def diagnose(seen: Seen) -> tuple[Advice, ...]:
    """All advice on a content, in the order in which shoppers meet its parts."""
    return tuple(
        Advice(part=part, code=code, cure=cure, tier=tier)
        for part, look in LOOKS.items()
        for code, cure, tier in look(seen)
    )


def tier(advice: Sequence[Advice]) -> Tier:
    """Where a listing stands while this advice is open."""
    if any(one.tier is Tier.FAIR for one in advice):
        return Tier.POOR
    return Tier.FAIR if advice else Tier.GOOD


Found = Iterator[tuple[str, str, Tier]]


def _title(seen: Seen) -> Found:
    title = seen.content.title
    if len(title) < SHORT_TITLE:
        yield "TITLE_SHORT", f"Write a title of at least {SHORT_TITLE} characters.", Tier.FAIR
    if shouts(title):
        yield "TITLE_CAPITALS", "Write words in small letters after the first.", Tier.FAIR
    if repeats(title):
        yield "TITLE_REPEATS", "Name a word no more than twice.", Tier.GOOD


def _images(seen: Seen) -> Found:
    ids = seen.content.details.image_ids
    if len(ids) < FEW_IMAGES:
        yield "IMAGES_FEW", f"Show at least {FEW_IMAGES} pictures.", Tier.FAIR
    elif len(ids) < ENOUGH_IMAGES:
        yield "IMAGES_SOME", f"Show at least {ENOUGH_IMAGES} pictures.", Tier.GOOD
    known = [seen.pictures[id] for id in ids if id in seen.pictures]
    if any(min(one.width_px or 0, one.height_px or 0) < SIDE_PX for one in known):
        yield "IMAGE_SMALL", f"Show pictures of at least {SIDE_PX} px on each side.", Tier.GOOD


def _description(seen: Seen) -> Found:
    said = plain(seen.content.description)
    if not said:
        yield "DESCRIPTION_MISSING", "Describe the goods.", Tier.FAIR
    elif len(said) < SHORT_DESCRIPTION:
        cure = f"Describe the goods in at least {SHORT_DESCRIPTION} characters."
        yield "DESCRIPTION_SHORT", cure, Tier.GOOD


def _attributes(seen: Seen) -> Found:
    given = {one.id for one in seen.content.details.attributes if one.values}
    expected = {*seen.attributes}
    if expected and not given & expected:
        yield "ATTRIBUTES_MISSING", "Say what the goods are like, by attributes.", Tier.FAIR
    elif 2 * len(given & expected) < len(expected):
        cure = "Fill in at least half of the attributes of the category."
        yield "ATTRIBUTES_FEW", cure, Tier.GOOD


def _size_chart(seen: Seen) -> Found:
    said = seen.content.details
    if seen.has_sizes and said.size_chart_id is None and not said.size_chart_template:
        yield "SIZE_CHART_MISSING", "Add a size chart: the goods differ in size.", Tier.GOOD


LOOKS = {
    Part.TITLE: _title,
    Part.IMAGE: _images,
    Part.DESCRIPTION: _description,
    Part.ATTRIBUTE: _attributes,
    Part.SIZE_CHART: _size_chart,
}
