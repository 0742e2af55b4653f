"""Size charts: tables of measures for many products or for one, and appeals about them."""

from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import catalog
from entrepot.contexts.catalog import ProductId
from entrepot.kernel.problems import only

from .codes import invalid
from .envelope import Data
from .operations import Ask, Operations
from .paging import Paged, after, page, shown
from .products.words import category_number, category_of, listing_of
from .scopes import Scope
from .shapes import Body, Nothing, Number, Numbers

sizes = catalog.sizes

operations = Operations()

TEMPLATE, SINGLE = "REUSABLE_TEMPLATE", "PRODUCT_SCOPED"
MEASUREMENTS = {f"{one.name}_MEASUREMENTS": one for one in sizes.Measured}
FIRST_LOCALE = "en-US"
Mode = Annotated[str, Field(pattern=f"^({TEMPLATE}|{SINGLE})$")]


class Header(Body):
    name: str
    id: str = Field("", max_length=100)


class Cell(Body):
    value: str


class Row(Body):
    cells: list[Cell] = Field(max_length=20)


class Table(Body):
    headers: list[Header] = Field(max_length=20)
    rows: list[Row] = Field(max_length=45)


class ChartSaid(Body):
    measurement_type: str
    unit_system: str
    table: Table
    description: str = ""
    is_one_size: bool = False
    size_types: list[str] = Field(default_factory=list, max_length=20)

    def chart(self) -> sizes.Chart:
        """As the catalog keeps it."""
        if self.measurement_type not in MEASUREMENTS:
            raise invalid("measurement_type", f"one of {', '.join(MEASUREMENTS)}")
        if self.unit_system not in sizes.Units.__members__:
            raise invalid("unit_system", f"one of {', '.join(sizes.Units.__members__)}")
        return sizes.Chart(
            measured=MEASUREMENTS[self.measurement_type],
            units=sizes.Units[self.unit_system],
            columns=tuple((one.name, one.id) for one in self.table.headers),
            rows=tuple(tuple(cell.value for cell in row.cells) for row in self.table.rows),
            description=self.description,
            is_one_size=self.is_one_size,
            size_types=tuple(self.size_types),
        )


class NewChartSaid(Body):
    category_id: str
    size_chart_mode: Mode
    size_chart_data: ChartSaid
    template_name: str = ""


class ChartEditSaid(Body):
    size_chart_id: Number
    size_chart_data: ChartSaid
    template_name: str | None = None


class Search(Body):
    ids: Annotated[Numbers, Field(max_length=50)] = Field(default_factory=list)
    keyword: str = Field("", max_length=200)
    size_chart_mode: Mode | None = None


class IndicatorSaid(Body):
    indicator_type: str


class AppealMessage(Body):
    field_name: Annotated[str, Field(pattern="^APPEAL_MESSAGE_FIELD_SIZE_CHART$")]
    indicator_details: list[IndicatorSaid] = Field(min_length=1, max_length=10)


class AppealSaid(Body):
    product_id: Number
    appeal_message: AppealMessage


@operations.post("/product/202610/size_charts", scope=Scope.PRODUCT_WRITE, body=NewChartSaid)
def create_size_chart(ask: Ask[Nothing, NewChartSaid]) -> Data:
    """Keep a chart; one for a single product has no name."""
    said = ask.body
    is_template = said.size_chart_mode == TEMPLATE
    if is_template and not said.template_name.strip():
        raise invalid("template_name", "a name")
    wish = sizes.NewChart(
        merchant_id=ask.seller,
        category_id=category_of(said.category_id),
        name=said.template_name.strip() if is_template else "",
        locale=FIRST_LOCALE,
        chart=said.size_chart_data.chart(),
    )
    return {"size_chart_id": str(only(sizes.add_charts(ask.tx, [wish])).id)}


@operations.post("/product/202610/size_charts/edit", scope=Scope.PRODUCT_WRITE, body=ChartEditSaid)
def edit_size_chart(ask: Ask[Nothing, ChartEditSaid]) -> Data:
    """Put another table into a template; products that use it show it at once."""
    said = ask.body
    wish = sizes.ChartEdit(
        chart_id=sizes.ChartId(said.size_chart_id),
        chart=said.size_chart_data.chart(),
        name=said.template_name,
    )
    return {"size_chart_id": str(only(sizes.edit_charts(ask.tx, [wish])).id)}


@operations.post(
    "/product/202407/sizecharts/search",
    scope=Scope.PRODUCT_READ,
    query=Paged,
    body=Search,
    shop=False,
)
def search_size_charts(ask: Ask[Paged, Search]) -> Data:
    """The merchant's charts, the newest first."""
    body, start = ask.body, after(ask)
    asked = sizes.ChartSearch(
        merchant_id=ask.seller,
        ids=tuple(sizes.ChartId(id) for id in body.ids),
        word=body.keyword.strip(),
        are_templates=None if body.size_chart_mode is None else body.size_chart_mode == TEMPLATE,
    )
    behind = None if start is None else sizes.ChartId(int(start[0]))
    rows, total = sizes.find_charts(ask.tx, asked, behind, ask.query.page_size + 1)
    return {
        "size_chart": [_shown(one) for one in shown(rows, ask)],
        **page(rows, ask, key=lambda one: (int(one.id),), total=total),
    }


@operations.post("/product/202604/appeals/submit", scope=Scope.PRODUCT_WRITE, body=AppealSaid)
def submit_appeal(ask: Ask[Nothing, AppealSaid]) -> Data:
    """Say that nothing is wrong with a product's chart; a person of the operator answers."""
    listing = listing_of(ask, ProductId(ask.body.product_id))
    said = [one.indicator_type for one in ask.body.appeal_message.indicator_details]
    if any(one not in sizes.Indicator.__members__ for one in said):
        raise invalid("indicator_type", f"one of {', '.join(sizes.Indicator.__members__)}")
    indicators = tuple(dict.fromkeys(sizes.Indicator[one] for one in said))
    only(sizes.appeal(ask.tx, [sizes.NewAppeal(listing_id=listing.id, indicators=indicators)]))
    return {}


def _shown(one: sizes.SizeChart) -> Data:
    return {
        "template_id": str(one.id),
        "template_name": one.name,
        "size_chart_mode": TEMPLATE if one.is_template else SINGLE,
        "images": [],
        "related_category_ids": [category_number(one.category_id)],
        "size_chart_datas": [{"locale": one.locale, "size_chart_data": _data(one.chart)}],
    }


def _data(chart: sizes.Chart) -> dict[str, Any]:
    return {
        "table": {
            "headers": [{"name": name, "id": id} for name, id in chart.columns],
            "rows": [{"cells": [{"value": cell} for cell in row]} for row in chart.rows],
        },
        "description": chart.description,
        "is_one_size": chart.is_one_size,
        "measurement_type": f"{chart.measured.name}_MEASUREMENTS",
        "unit_system": chart.units.name,
        "size_types": [*chart.size_types],
    }
