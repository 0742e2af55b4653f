"""What every basket asks is planned once for each connection, however many ask together."""

from entrepot.contexts import catalog, inventory, merchants, orders
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import Destination, Placing, QuoteId, Recipient
from entrepot.kernel.db import statement
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx

TIMES = 24  # The driver prepares after five times; the server plans five more before it decides.
HOME = Destination(country="US", region="CA", postal_code="94016")
SOMEBODY = Recipient(name="A buyer", email="buyer@example.org", phone="", address={})
PLANS = statement("select statement, custom_plans, generic_plans from pg_prepared_statements")


def test_one_plan_serves_baskets_of_every_size(tx: Tx) -> None:
    quotes = new_ids(tx.sql, QuoteId, TIMES)
    placings = [Placing(quote_id=id, destination=HOME, recipient=SOMEBODY) for id in quotes]
    before = _plans(tx)
    for size in range(TIMES, 0, -1):
        catalog.offers(tx, "us", {SkuId(n) for n in range(size)})
        merchants.shops(tx, [ShopId(n) for n in range(size)])
        orders.open_quotes(tx, placings[:size])
        inventory.hold_goods(tx, {SkuId(n) for n in range(size)})
        new_ids(tx.sql, QuoteId, size)
    after = _plans(tx)
    planned = {
        said: (custom - before.get(said, (0, 0))[0], generic - before.get(said, (0, 0))[1])
        for said, (custom, generic) in after.items()
    }
    asked = {said: plans for said, plans in planned.items() if sum(plans) > TIMES / 2}

    assert len(asked) == 6  # Offers, shops, quotes, what they became, stock, and ids.
    assert {said: custom for said, (custom, _) in asked.items() if custom > 5} == {}


def _plans(tx: Tx) -> dict[str, tuple[int, int]]:
    return {row.statement: (row.custom_plans, row.generic_plans) for row in tx.sql.execute(PLANS)}
