"""Makes the committed extract: `python -m entrepot.adapters.rates.extract FILE`.

FILE is the ECB's history (eurofxref-hist.csv, or .csv.gz). The same file gives the same bytes.
"""

import csv
import gzip
import io
import sys
from pathlib import Path

from entrepot.kernel.money import Currency

FIRST_DAY = "2009-01-01"
TARGET = Path(__file__).parent / "data" / "eurofxref.csv.gz"


def extract(text: str) -> bytes:
    """The days since 2009 of the currencies that the platform knows, packed."""
    rows = csv.DictReader(io.StringIO(text))
    kept = sorted(set(Currency) & set(rows.fieldnames or []))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Date", *kept])
    for row in sorted(rows, key=lambda row: row["Date"]):
        if row["Date"] >= FIRST_DAY:
            writer.writerow([row["Date"], *(row[currency] for currency in kept)])
    return gzip.compress(out.getvalue().encode(), mtime=0)


if __name__ == "__main__":
    source = Path(sys.argv[1])
    raw = source.read_bytes()
    TARGET.write_bytes(extract((gzip.decompress(raw) if source.suffix == ".gz" else raw).decode()))
