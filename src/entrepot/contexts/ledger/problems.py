"""What the ledger refuses."""

from entrepot.kernel.problems import Problem

from .model import Key


class PostedDifferently(Problem):
    """The same kind and reference came with other postings before: one of the two is a bug."""

    status, slug, title = 500, "posted-differently", "This was posted differently before"

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key[0]} {key[1]} was posted with other postings before")
