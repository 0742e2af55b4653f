"""Refusals of papers."""

from entrepot.kernel.problems import Problem


class CannotPrint(Problem):
    """There is no font for the script of an address: a paper without it would lead nowhere."""

    slug, title = "cannot-print", "There is no font for this address"

    def __init__(self, parcel_id: str, signs: str) -> None:
        super().__init__(
            f"no font here has {' '.join(signs)}, which stand in the recipient of parcel"
            f" {parcel_id}: print it as ZPL on a printer that has one",
            parcel_id=parcel_id,
            signs=signs,
        )
