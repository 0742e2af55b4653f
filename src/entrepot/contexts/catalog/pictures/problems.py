"""What alterations are refused for."""

from entrepot.kernel.problems import Problem

from .model import Work


class NoEngine(Problem):
    """This installation has no engine for this kind of work; its operator configures one."""

    status, slug, title = 501, "no-picture-engine", "No engine for this is configured here"

    def __init__(self, work: Work) -> None:
        super().__init__(f"nothing here is configured for {work} of pictures", work=work.value)
