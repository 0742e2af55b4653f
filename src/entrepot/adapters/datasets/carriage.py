"""One charge for carriage, spread over lines whose shipping is priced by the unit."""

from collections.abc import Sequence

from entrepot.kernel.money import allocate


def spread(minor: int, lines: Sequence[tuple[int, int]]) -> tuple[list[int], int]:
    """Shipping per unit for each (quantity, amount), and the rest that no line's units divide.

    By amount, as the platform allocates everything else; then what is left goes to the lines
    that it divides, the largest quantity first. The rest is smaller than every quantity.
    """
    assert minor >= 0, f"carriage of {minor} is a credit"
    weights = [amount for _, amount in lines]
    if not any(weights):
        weights = [1] * len(lines)
    shares = zip(allocate(minor, weights), lines, strict=True)
    units = [part // quantity for part, (quantity, _) in shares]
    rest = minor - sum(unit * quantity for unit, (quantity, _) in zip(units, lines, strict=True))
    by_size = sorted(range(len(lines)), key=lambda at: -lines[at][0])
    for at in by_size:
        more, rest = divmod(rest, lines[at][0])
        units[at] += more
    return units, rest
