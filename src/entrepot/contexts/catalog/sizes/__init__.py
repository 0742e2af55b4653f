"""Size charts: tables of measures, kept once for many products or made for a single one.

What is found against a product's chart can be appealed; a person answers, once.
"""

from .actions import add_charts, appeal, decide_appeals, edit_charts
from .events import AppealDecided, SizeChartChanged
from .model import (
    Appeal,
    AppealDecision,
    AppealId,
    AppealState,
    Chart,
    ChartEdit,
    ChartId,
    ChartSearch,
    Indicator,
    Measured,
    NewAppeal,
    NewChart,
    SizeChart,
    Units,
)
from .queries import appeals, find_charts

__all__ = [
    "Appeal",
    "AppealDecided",
    "AppealDecision",
    "AppealId",
    "AppealState",
    "Chart",
    "ChartEdit",
    "ChartId",
    "ChartSearch",
    "Indicator",
    "Measured",
    "NewAppeal",
    "NewChart",
    "SizeChart",
    "SizeChartChanged",
    "Units",
    "add_charts",
    "appeal",
    "appeals",
    "decide_appeals",
    "edit_charts",
    "find_charts",
]
