"""`python -m bench` runs all benchmarks, `python -m bench checkout flash` some of them."""

import argparse
import sys
from importlib import import_module

BENCHES = ("checkout", "flash", "settlement", "partner_api", "webhooks", "replay", "start")


def main() -> int:
    """Each benchmark ends with one JSON object; 1 if a run did not end clean."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHES))
    parser.add_argument("--seconds", type=int, default=15, help="of each stretch under load")
    parser.add_argument("--shops", type=int, default=1_000)
    parser.add_argument("--skus", type=int, default=10_000, help="in all shops together")
    parser.add_argument("--attempts", type=int, default=20_000, help="at a flash sale")
    parser.add_argument("--lines", type=int, default=1_000_000, help="delivered, to be settled")
    parser.add_argument("--orders", type=int, default=1_000_000, help="of the shop that is read")
    options = parser.parse_args()
    unknown = sorted({*options.names} - {*BENCHES})
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}: {', '.join(BENCHES)}")
    clean = True
    for name in options.names or BENCHES:
        print(f"\n{name}", file=sys.stderr)
        result = import_module(f"bench.{name}").run(options)
        print(result.line(), flush=True)
        clean = clean and result.figure is not None
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
