"""Adapters: the outside world, each part behind a port or a small door of its own."""
