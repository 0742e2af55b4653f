"""The native JSON API under /api/v1, one file per noun."""

from fastapi import FastAPI

from entrepot.surfaces.parts import Parts


def create(parts: Parts) -> FastAPI:
    """The application that a server runs."""
    return FastAPI(title="Entrepot", openapi_url=None)
