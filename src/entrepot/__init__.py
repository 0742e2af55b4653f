"""Entrepot: cross-border content commerce in several operating modes, settled to the cent."""
