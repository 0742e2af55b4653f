"""What each role may do."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from entrepot.rulebook.rows import RuleRow, Selector

Permission = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*$")]


class Role(RuleRow):
    """A bundle of permissions. The contexts declare the same words as enums."""

    topic: ClassVar[str] = "roles"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(Selector("role"))

    role: str
    permissions: tuple[Permission, ...]
