"""Compliance: who made goods, and who answers for them in the European Union.

By Regulation (EU) 2023/988, articles 9, 16 and 19, both are named to buyers. A party belongs to the
merchant that wrote it down and has a profile for each language.
"""

from .actions import add_parties, edit_parties
from .model import (
    NewParty,
    Party,
    PartyEdit,
    PartyId,
    PartyKind,
    Phone,
    Profile,
    ProfileEdit,
)
from .queries import bad_parties, find_parties, research

__all__ = [
    "NewParty",
    "Party",
    "PartyEdit",
    "PartyId",
    "PartyKind",
    "Phone",
    "Profile",
    "ProfileEdit",
    "add_parties",
    "bad_parties",
    "edit_parties",
    "find_parties",
    "research",
]
