"""Fulfillment: packages, which are our parcels, from their making to their delivery."""
