"""Journeys through the API, by area. Each module lists its own in `JOURNEYS`.

A journey is a function of the world. It asks through `world.client`, the library's client, and
lets the buyer, the owner, the operator and the carrier do the rest. It says what it expects; that
the answers have the right shape is for the judge.
"""
