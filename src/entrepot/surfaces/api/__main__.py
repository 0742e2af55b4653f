"""Prints the API's description: `python -m entrepot.surfaces.api > docs/reference/openapi.json`."""

import json
import sys

from .application import bare
from .openapi import document


def page() -> str:
    """The description as it stands in the docs."""
    return json.dumps(document(bare()), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
