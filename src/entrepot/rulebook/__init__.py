"""Rulebook: what can change on a date, as dated files, read, checked and chosen.

A rule is `data/<topic>/<market>/<first day>.toml`. It is in force from that day of the market's
calendar until the next file. Of its rows the most specific one that fits decides; two that are
equally specific stop the start. Every outcome stores the reference of the version that decided it
(`fees/us/2024-04-01@1`), whose text is kept in the database: what was true stays explainable.
A file is corrected by a new revision with its reason, which decides new outcomes only.
"""

from .book import ANY, Rulebook, of
from .components import COMPONENTS, base_of
from .loading import ADOPTED, Layer, laid_over, layers, load, shipped, write_lock
from .problems import BrokenRules, Finding, MarketNotOpen, NoRuleFits, UnknownRule
from .reader import parse
from .reference import reference_page
from .rows import Case, RuleRow
from .store import keep, stored, version
from .topics import (
    ALL,
    Admission,
    AftersaleCosts,
    AftersaleReason,
    AftersaleTimers,
    Carrier,
    Commission,
    DeliveryOption,
    Entity,
    Fee,
    ListingAudit,
    ListingCheck,
    Market,
    Mode,
    NextStage,
    OrderTimers,
    Payouts,
    Probation,
    Promotions,
    ReserveLevel,
    Role,
    SettlementTier,
    Tax,
    earned,
    eligible_at,
    start_of,
)
from .versions import Head, Version

__all__ = [
    "ADOPTED",
    "ALL",
    "ANY",
    "COMPONENTS",
    "Admission",
    "AftersaleCosts",
    "AftersaleReason",
    "AftersaleTimers",
    "BrokenRules",
    "Carrier",
    "Case",
    "Commission",
    "DeliveryOption",
    "Entity",
    "Fee",
    "Finding",
    "Head",
    "Layer",
    "ListingAudit",
    "ListingCheck",
    "Market",
    "MarketNotOpen",
    "Mode",
    "NextStage",
    "NoRuleFits",
    "OrderTimers",
    "Payouts",
    "Probation",
    "Promotions",
    "ReserveLevel",
    "Role",
    "RuleRow",
    "Rulebook",
    "SettlementTier",
    "Tax",
    "UnknownRule",
    "Version",
    "base_of",
    "earned",
    "eligible_at",
    "keep",
    "laid_over",
    "layers",
    "load",
    "of",
    "parse",
    "reference_page",
    "shipped",
    "start_of",
    "stored",
    "version",
    "write_lock",
]
