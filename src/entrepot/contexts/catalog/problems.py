"""What the catalog refuses."""

from entrepot.kernel.problems import Problem

from .model import CategoryId, ListingId, ProductId, SkuId


class CategoryClosed(Problem):
    """A category that is not open takes a permission."""

    slug, title = "category-not-open", "This category takes a permission"

    def __init__(self, category_id: CategoryId, access: str, rule: str) -> None:
        super().__init__(
            f"by {rule}, category {category_id} is {access.replace('_', ' ')}",
            category_id=category_id,
            access=access,
            rule=rule,
        )


class TooManyListings(Problem):
    """A new shop may list so many products and no more."""

    slug, title = "listing-cap", "This shop may not list more products yet"

    def __init__(self, cap: int) -> None:
        super().__init__(f"at this stage a shop has at most {cap} listings", cap=cap)


class AlreadyListed(Problem):
    """A product has one listing in a market."""

    slug, title = "already-listed", "This product has a listing in this market"

    def __init__(self, product_id: ProductId, market: str) -> None:
        super().__init__(
            f"product {product_id} has a listing in {market}",
            product_id=str(product_id),
            market=market,
        )


class NotListed(Problem):
    """A price needs a listing that it belongs to."""

    status, slug, title = 404, "not-listed", "This is not listed in this market"

    def __init__(self, sku_id: SkuId, market: str) -> None:
        super().__init__(
            f"there is no listing of SKU {sku_id} in {market}", sku_id=str(sku_id), market=market
        )


class NotPriced(Problem):
    """What has no price cannot be sold."""

    slug, title = "not-priced", "No SKU of this listing has a price"

    def __init__(self, listing_id: ListingId) -> None:
        super().__init__(f"listing {listing_id} has no price", listing_id=str(listing_id))


class Gone(Problem):
    """What was deleted long ago stays deleted."""

    slug, title = "gone", "This was deleted too long ago"


class BrandTaken(Problem):
    """A brand has its name alone."""

    slug, title = "brand-taken", "There is a brand of this name"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the name of another brand", name=name)


class ChangedMeanwhile(Problem):
    """Somebody else was faster."""

    slug, title = "changed-meanwhile", "This was changed meanwhile; look again"
