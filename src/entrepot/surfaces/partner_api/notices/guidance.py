"""What helps to sell a product: its size charts, appeals about them, and its copies elsewhere."""

from collections.abc import Iterator, Sequence

from entrepot.contexts import catalog
from entrepot.kernel.tx import Tx

from . import kinds
from .authorisations import shops_of
from .tellers import Notice, Tellers, seconds

sizes = catalog.sizes
tellers = Tellers()
CHANGES = {"created": "CREATE", "edited": "EDIT"}
VERDICTS = {sizes.AppealState.UPHELD: "APPROVED", sizes.AppealState.REJECTED: "REJECTED"}


@tellers.tell(kinds.SIZE_CHART, sizes.SizeChartChanged)
def size_chart(tx: Tx, facts: Sequence[catalog.sizes.SizeChartChanged]) -> Iterator[Notice]:
    """A template is new, or another one. It belongs to a seller: each of its shops is told."""
    for fact in facts:
        asked = sizes.ChartSearch(merchant_id=fact.merchant_id, ids=(fact.chart_id,))
        names = [chart.name for chart in sizes.find_charts(tx, asked)[0]]
        data = {
            "size_chart_template_id": str(fact.chart_id),
            "size_chart_template_name": "".join(names),
            "event_type": CHANGES[fact.change],
            "update_time": seconds(fact),
        }
        for shop_id in shops_of(tx, fact.merchant_id):
            yield Notice(fact=fact, shop_id=shop_id, data=data)


@tellers.tell(kinds.APPEAL, sizes.AppealDecided)
def appeal_completed(tx: Tx, facts: Sequence[catalog.sizes.AppealDecided]) -> Iterator[Notice]:
    """A person has looked at what was found against a product's chart."""
    for fact in facts:
        results = [
            {"indicator_type": indicator.name, "status": VERDICTS[fact.state]}
            for indicator in fact.indicators
        ]
        data = {
            "product_id": int(fact.product_id),
            "appeal_task": {"appeal_audit_result": results},
        }
        yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.REPLICATION, catalog.ListingReplicated)
def replication(tx: Tx, facts: Sequence[catalog.ListingReplicated]) -> Iterator[Notice]:
    """A product is handed in for another market; of what was refused the answer told."""
    for fact in facts:
        replica = {
            "product_id": str(fact.product_id),
            "region": fact.market.upper(),
            "result": "SUCCESS",
        }
        data = {"source_product_id": str(fact.product_id), "replicated_product": replica}
        yield Notice(fact=fact, shop_id=fact.source_shop_id, data=data)
