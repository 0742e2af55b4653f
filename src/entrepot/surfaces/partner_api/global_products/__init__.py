"""Global products in the dialect: our product itself, whose listings are its local products.

A product is one thing in all markets, so that the local product of every region has its id, and a
local SKU that of the global one. What lies in a warehouse is shared by the markets it ships to.
"""
