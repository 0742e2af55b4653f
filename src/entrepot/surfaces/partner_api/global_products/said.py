"""What tools say of global products, and what it means to the catalog."""

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from entrepot.contexts.catalog import GlobalPrice
from entrepot.kernel.money import Currency
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.money import minor
from entrepot.surfaces.partner_api.products.reading import (
    AmountSaid,
    ProductSaid,
    SkuSaid,
    StockSaid,
)
from entrepot.surfaces.partner_api.shapes import Body, Number, Quantity, Seconds, Text

FIRST_LOCALE = "en-GB"


def _placed(value: Any) -> Any:
    """Global warehouses are warehouses."""
    if isinstance(value, dict) and "global_warehouse_id" in value:
        return {**value, "warehouse_id": value["global_warehouse_id"]}
    return value


class RegionalPrice(Body):
    region: Annotated[str, Field(min_length=2, max_length=2)]
    amount: Text


class GlobalSku(SkuSaid):
    inventory: list[Annotated[StockSaid, BeforeValidator(_placed)]] = Field(
        default_factory=list, max_length=50
    )
    external_sku_id: str | None = Field(
        None, max_length=999, validation_alias="external_global_sku_id"
    )
    global_quantity: Quantity | None = None
    sale_prices: list[RegionalPrice] = Field(default_factory=list, max_length=50)

    def stock(self) -> list[StockSaid]:
        """By warehouse, or all of it in the only one there is."""
        if self.inventory or self.global_quantity is None:
            return self.inventory
        return [StockSaid(quantity=self.global_quantity)]

    def global_price(self) -> GlobalPrice | None:
        """In the currency that was said; there is no market yet that would tell."""
        if self.price is None:
            return None
        try:
            currency = Currency(self.price.currency)
        except ValueError as error:
            raise invalid("skus.price.currency", "the code of a currency") from error
        wanted = minor(self.price.amount or "", currency, "skus.price.amount")
        return GlobalPrice(price_minor=wanted, currency=currency)


class GlobalSaid(ProductSaid):
    """What may be said of a global product; what is not said stays as it is."""

    global_skus: list[GlobalSku] | None = Field(
        None, max_length=300, validation_alias=AliasChoices("skus")
    )
    external_product_id: str | None = Field(
        None, max_length=999, validation_alias="external_global_product_id"
    )
    source_locale: str = Field(FIRST_LOCALE, max_length=10)


class Search(Body):
    status: str | None = None
    seller_skus: list[str] = Field(default_factory=list, max_length=1)
    create_time_ge: Seconds | None = None
    create_time_le: Seconds | None = None
    update_time_ge: Seconds | None = None
    update_time_le: Seconds | None = None


class Deletion(Body):
    global_product_ids: list[Number] = Field(min_length=1, max_length=20)


class SkuStock(Body):
    id: Number
    inventory: list[Annotated[StockSaid, BeforeValidator(_placed)]] = Field(
        min_length=1, max_length=50
    )


class Stocks(Body):
    global_skus: list[SkuStock] = Field(min_length=1, max_length=300)


class TargetSku(Body):
    related_global_sku_id: Number
    price: AmountSaid | None = None
    inventory: StockSaid | None = None


class Target(Body):
    region: Annotated[str, Field(min_length=2, max_length=2)]
    skus: list[TargetSku] = Field(min_length=1, max_length=300)
    responsible_person_ids: list[str] | None = Field(None, max_length=20)
    manufacturer_ids: list[str] | None = Field(None, max_length=20)


class Publishing(Body):
    publish_target: list[Target] = Field(min_length=1, max_length=30)
