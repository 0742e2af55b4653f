"""Refusals of aftersales."""

from entrepot.kernel.problems import NotFound, Problem


class CaseNotFound(NotFound):
    """There is no such case, or none that this actor may know of: the answer does not tell."""

    slug, title = "case-not-found", "There is no such case"

    def __init__(self, id: object) -> None:
        super().__init__("case", id)


class NotEligible(Problem):
    """Why no case can be opened for these units; `why` is a word of `Why`."""

    slug, title = "not-eligible", "No case can be opened for this"

    def __init__(self, why: str, detail: str, **members: str) -> None:
        super().__init__(detail, why=why, **members)
        self.why = why


class NotYourTurn(Problem):
    """A case cannot be taken this way: by its lifecycle, by its kind, or by this side."""

    slug, title = "not-your-turn", "This case cannot be decided like that"
