"""The contract of our own, shown to break."""

from grimp import ImportGraph

from tests.architecture.doors import DoorsContract


def check(importer: str, imported: str) -> bool:
    graph = ImportGraph()
    for module in (
        "shop",
        "shop.rooms",
        "shop.rooms.orders",
        "shop.rooms.stock",
        importer,
        imported,
    ):
        graph.add_module(module)
    graph.add_import(importer=importer, imported=imported)
    options = {"rooms": "shop.rooms"}
    contract = DoorsContract("doors", {"root_packages": ["shop"]}, options)
    return contract.check(graph, verbose=False).kept


def test_a_door_is_for_everybody() -> None:
    assert check("shop.rooms.orders.actions", "shop.rooms.stock")
    assert check("shop.flows", "shop.rooms.stock")
    assert check("shop.rooms.stock.actions", "shop.rooms.stock.store")


def test_windows_are_for_nobody() -> None:
    assert not check("shop.rooms.orders.actions", "shop.rooms.stock.store")
    assert not check("shop.flows", "shop.rooms.stock.model")
