"""Read-only questions across rooms, for screens and figures."""
