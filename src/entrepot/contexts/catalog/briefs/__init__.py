"""Selection briefs: what the operator would like to see on sale in a market.

A merchant holds a live listing against a brief; whoever audits approves it or says why not. A brief
ends by itself, or is withdrawn; what was submitted before is still decided.
"""

from .actions import decide_submissions, make_briefs, submit_to_briefs, withdraw_briefs
from .events import SubmissionDecided
from .model import (
    Brief,
    BriefId,
    BriefKind,
    BriefSaid,
    BriefSearch,
    NewBrief,
    Submission,
    SubmissionDecision,
    SubmissionId,
    SubmissionSearch,
    SubmissionState,
    Wanted,
)
from .problems import BriefOver, DoesNotFit
from .queries import briefs_by, find_briefs, find_submissions, fulfilled, submissions_by

__all__ = [
    "Brief",
    "BriefId",
    "BriefKind",
    "BriefOver",
    "BriefSaid",
    "BriefSearch",
    "DoesNotFit",
    "NewBrief",
    "Submission",
    "SubmissionDecided",
    "SubmissionDecision",
    "SubmissionId",
    "SubmissionSearch",
    "SubmissionState",
    "Wanted",
    "briefs_by",
    "decide_submissions",
    "find_briefs",
    "find_submissions",
    "fulfilled",
    "make_briefs",
    "submissions_by",
    "submit_to_briefs",
    "withdraw_briefs",
]
