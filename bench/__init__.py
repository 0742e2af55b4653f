"""Entrepot measured against the physical limit of the same work, in one run. See README.md."""
