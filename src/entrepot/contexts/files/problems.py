"""What is refused about files."""

from pydantic import JsonValue

from entrepot.kernel.problems import Problem


class FileRefused(Problem):
    """These bytes are not kept; `reason` says which rule they break."""

    status, slug, title = 422, "file-refused", "This file is not accepted"

    def __init__(self, reason: str, detail: str, **members: JsonValue) -> None:
        super().__init__(detail, reason=reason, **members)
