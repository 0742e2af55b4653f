"""Size charts and appeals as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.contexts.catalog.model import CategoryId, ListingId, ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.problems import BadInput

MOST_COLUMNS, MOST_ROWS, LONGEST = 20, 45, 32
LONGEST_NAME, LONGEST_DESCRIPTION = 100, 1_000


class ChartId(Id):
    __slots__ = ()


class AppealId(Id):
    __slots__ = ()


class Measured(StrEnum):
    """What the numbers are about."""

    BODY = "body"
    GENERIC = "generic"
    PRODUCT = "product"


class Units(StrEnum):
    IMPERIAL = "imperial"
    METRIC = "metric"


class Indicator(StrEnum):
    """What can be found against a chart."""

    CONTAINS_ALL_SALE_PROPERTY = "contains_all_sale_property"
    REQUIRED_DIMENSION = "required_dimension"
    VALUE_RANGE_OUT_OF_RANGE = "value_range_out_of_range"


class AppealState(StrEnum):
    REJECTED = "rejected"
    UPHELD = "upheld"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A table; each row has a cell for each column."""

    measured: Measured
    units: Units
    columns: tuple[tuple[str, str], ...]  # Name, and the id of a standard measure if it is one.
    rows: tuple[tuple[str, ...], ...]
    description: str = ""
    is_one_size: bool = False
    size_types: tuple[str, ...] = ()

    @property
    def bad(self) -> BadInput | None:
        """What is wrong with it."""
        if not 1 <= len(self.columns) <= MOST_COLUMNS:
            return BadInput("table.headers", f"1 to {MOST_COLUMNS} columns")
        if not 1 <= len(self.rows) <= MOST_ROWS:
            return BadInput("table.rows", f"1 to {MOST_ROWS} rows")
        if any(len(row) != len(self.columns) for row in self.rows):
            return BadInput("table.rows.cells", "a cell for each header")
        return self._bad_words

    @property
    def _bad_words(self) -> BadInput | None:
        names = [name for name, _ in self.columns]
        if not all(1 <= len(name.strip()) <= LONGEST for name in names):
            return BadInput("table.headers.name", f"1 to {LONGEST} characters")
        if any(len(cell) > LONGEST for row in self.rows for cell in row):
            return BadInput("table.rows.cells.value", f"at most {LONGEST} characters")
        if len(self.description) > LONGEST_DESCRIPTION:
            return BadInput("description", f"at most {LONGEST_DESCRIPTION} characters")
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChart:
    """A wish for a chart; with a name it is a template for many products."""

    merchant_id: OrganisationId
    category_id: CategoryId
    name: str
    locale: str
    chart: Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeChart:
    id: ChartId
    merchant_id: OrganisationId
    category_id: CategoryId
    name: str
    locale: str
    chart: Chart
    updated_at: datetime

    @property
    def is_template(self) -> bool:
        """Whether many products may use it."""
        return bool(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartEdit:
    """A wish to put another table in the place of a template's."""

    chart_id: ChartId
    chart: Chart
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSearch:
    """Ids go before words; none of them is all."""

    merchant_id: OrganisationId
    ids: tuple[ChartId, ...] = ()
    word: str = ""
    are_templates: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppeal:
    """A merchant says that nothing is wrong with a listing's size chart."""

    listing_id: ListingId
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    id: AppealId
    listing_id: ListingId
    product_id: ProductId
    shop_id: ShopId
    merchant_id: OrganisationId
    indicators: tuple[Indicator, ...]
    state: AppealState
    made_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecision:
    appeal_id: AppealId
    is_upheld: bool
