"""Surfaces: where requests, commands and jobs come in. Only they hold a unit of work."""
