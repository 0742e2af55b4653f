"""Prints the operations that the SDK knows: `python -m tests.surfaces.partner_api.known`.

    > src/entrepot/surfaces/partner_api/data/known.csv

Paths, methods and tags are facts of the public documentation; the program itself never sees the
SDK.
"""

import csv
import sys
from io import StringIO

from tiktok_shop_api.generated._meta import OPERATIONS


def page() -> str:
    """The table as it stands beside the program."""
    written = StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(["tag", "method", "path", "operation"])
    for one in sorted(OPERATIONS, key=lambda one: (one["path"], one["method"])):
        rows.writerow([one["tag"], one["method"].upper(), one["path"], one["operationId"]])
    return written.getvalue()


if __name__ == "__main__":
    sys.stdout.write(page())
