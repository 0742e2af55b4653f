"""What most tests of flows begin with: a life of orders, and a shop that gets its money."""

import pytest

from tests import filling
from tests.conftest import Installation
from tests.living import Life


@pytest.fixture
def life(installation: Installation) -> Life:
    return Life(installation.work)


@pytest.fixture
def shop(life: Life) -> filling.Shop:
    """One SKU at 100.00, ten of it there, and an account for the merchant's payouts."""
    made = filling.shop(life.work, price_minor=10_000, stock=10)
    life.paid_to(made.merchant_id)
    return made
