"""An app begins: it asks which shops it may work in."""

from tests.conformance.world import World


def see_the_shops(world: World) -> None:
    """Each seller's token shows that seller's shop alone."""
    for one in world.sellers:
        answer = one.client.authorization.get_authorized_shops()
        assert answer is not None
        assert answer.data
        assert [shop.cipher for shop in answer.data.shops or []] == [one.access.cipher]
        assert one.client.authorization.get_authorized_category_assets() is not None


JOURNEYS = [see_the_shops]
