"""What submissions are refused for."""

from entrepot.kernel.problems import Problem

from .model import BriefId


class BriefOver(Problem):
    """A brief that has ended or was withdrawn takes nothing any more."""

    slug, title = "brief-over", "This brief takes no more products"

    def __init__(self, id: BriefId) -> None:
        super().__init__(f"brief {id} has ended", brief_id=str(id))


class DoesNotFit(Problem):
    """A listing is not what a brief asks for."""

    slug, title = "does-not-fit-brief", "This product is not what the brief asks for"
