"""What can keep a server from starting, said so that somebody can mend it."""

import re
from pathlib import Path


class DatabaseTrouble(RuntimeError):
    """The embedded server cannot work here; the message holds the reason and the cure."""


# What PostgreSQL writes (always in English: it is started with LC_ALL=C) and what to do about it.
CURES = [
    (
        "No space left on device",
        "the disk is full: make room, or set ENTREPOT_HOME to another disk",
    ),
    ("Disk quota exceeded", "the disk quota is used up: make room, or set ENTREPOT_HOME elsewhere"),
    ("Read-only file system", "the folder cannot be written: set ENTREPOT_HOME to one that can"),
    (
        "Permission denied",
        "a file belongs to somebody else: run as its owner, or set ENTREPOT_HOME",
    ),
    ("has wrong ownership", "the data belong to another user: run as that user"),
    ("could not create shared memory", "the system grants too little shared memory (see /dev/shm)"),
    ("could not resize shared memory", "the system grants too little shared memory (see /dev/shm)"),
    ("could not map anonymous shared memory", "there is too little free memory for the server"),
    ("Address already in use", "another server uses the socket: set ENTREPOT_HOME to a new folder"),
    (
        "database files are incompatible",
        "the data were made by another major version of PostgreSQL",
    ),
    ("could not locate a valid checkpoint", "the data are damaged: restore a backup"),
    ("invalid value for parameter", "a setting is not known to this version of PostgreSQL"),
]


def trouble(doing: str, output: str, log: Path | None = None) -> DatabaseTrouble:
    """The error for a command that failed, with the cure if its words are known."""
    said = [
        line
        for line in output.splitlines()
        if re.search("FATAL|PANIC|error|denied|invalid|left", line)
    ]
    reason = "\n".join(said[-3:]) or output.strip()[-500:] or "it gave no reason"
    cure = next((cure for words, cure in CURES if words in output), "see the log for more")
    where = f"\nLog: {log}" if log else ""
    return DatabaseTrouble(f"PostgreSQL: {doing} failed.\nReason: {reason}\nCure: {cure}.{where}")
