"""Which operation a path means: the one with the most literal segments wins."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .codes import Code, Refused
from .operations import Operation


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    named: "_Node | None" = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Routes:
    """A tree of path segments."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        self.operations: list[Operation] = []
        for one in operations:
            self._add(one)

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation, and what its path names; refused if there is none."""
        segments = path.strip("/").split("/")
        node = _walk(self._root, segments, 0)
        if node is None:
            raise Refused(Code.INVALID_PATH, "Invalid path.")
        operation = node.operations.get(method)
        if operation is None:
            raise Refused(Code.INVALID_METHOD, "Invalid method.")
        return operation, _named(operation.path, segments)

    def _add(self, operation: Operation) -> None:
        node = self._root
        for segment in operation.path.strip("/").split("/"):
            if segment.startswith("{"):
                node.named = node.named or _Node()
                node = node.named
            else:
                node = node.literal.setdefault(segment, _Node())
        twin = node.operations.get(operation.method)
        assert twin is None, f"{operation.method} {operation.path} is declared twice"
        node.operations[operation.method] = operation
        self.operations.append(operation)


def _walk(node: _Node, segments: list[str], at: int) -> _Node | None:
    if at == len(segments):
        return node if node.operations else None
    literal = node.literal.get(segments[at])
    found = _walk(literal, segments, at + 1) if literal is not None else None
    if found is None and node.named is not None and segments[at]:
        return _walk(node.named, segments, at + 1)
    return found


def _named(template: str, segments: list[str]) -> dict[str, str]:
    wanted = template.strip("/").split("/")
    return {
        part[1:-1]: said
        for part, said in zip(wanted, segments, strict=True)
        if part.startswith("{")
    }
