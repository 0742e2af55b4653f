"""The description of the API is committed, whole and with examples."""

import json
from pathlib import Path
from typing import Any

import pytest

from entrepot.surfaces.api import application
from entrepot.surfaces.api.openapi import document

KEPT = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"
BODIES = {"post", "put"}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(application.bare())


def test_it_is_the_committed_one(described: dict[str, Any]) -> None:
    assert json.loads(KEPT.read_text("utf-8")) == described, "make docs"


def test_every_body_has_an_example(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    lacking = [
        (path, verb)
        for path, operations in described["paths"].items()
        for verb, operation in operations.items()
        if verb in BODIES and "requestBody" in operation
        for content in operation["requestBody"]["content"].values()
        for schema in [content["schema"]]
        if "$ref" in schema and "examples" not in schemas[schema["$ref"].split("/")[-1]]
    ]
    assert lacking == []


def test_no_reference_leads_nowhere(described: dict[str, Any]) -> None:
    text = json.dumps(described)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(described["components"]["schemas"])
    assert "#/$defs/" not in text
