"""Kernel: what every room stands on, and knows nothing of commerce.

Exact money, typed ids, two clocks, the unit of work with its locks, the event log, lifecycles,
refusals, access and idempotency. It imports nothing of Entrepot.
"""
