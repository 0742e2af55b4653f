"""The API's description (OpenAPI 3.1), as it is served and as it stands in the docs."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from .problems import MEDIA
from .visitors import COOKIE

ABOUT = """\
Everything that the apps use. Ids and amounts of money are strings of integers; an amount counts the
smallest unit of its currency. Times are RFC 3339 in UTC. Refusals are `application/problem+json`
(RFC 9457). Lists take `after` and `limit`. Every `POST` takes an `Idempotency-Key`: the same key
and body again are the same call. Sign in with `POST /api/v1/sessions`; send the token as
`Authorization: Bearer …`, or let the browser send its cookie."""

TAGS = {
    "shop": "For shoppers: look, quote, check out, follow and cancel one's own orders.",
    "sessions": "Signing in, and tokens for programs.",
    "people": "Organisations, members, invitations, grants from one organisation to another.",
    "orders": "For merchants: orders, shipments and refunds.",
    "products": "For merchants: products, listings, prices and stock.",
    "settlement": "For payees: statements, payouts, tiers.",
    "finance": "For operators: exchange rates, the bank's statement, what waits, holds by hand.",
    "supply": "Supply agreements and their prices.",
    "promotions": "Coupons and discounts.",
    "affiliates": "Commission plans for creators.",
    "onboarding": "Applications for shops, companies and documents, and what operators decide.",
    "operations": "For operators: receipts, the clock, carriers, runs.",
    "books": "The ledger, explanations, parked facts, the audit trail.",
    "webhooks": "What payment providers tell.",
}
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal that its caller can understand and act on (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/sold-out"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string", "description": "The field that is not as it must be."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "cure": {"type": "string"}},
            },
        },
    },
}
REFUSED = {
    "description": "A refusal",
    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
OURS = {"HTTPValidationError", "ValidationError"}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole description, the same for every installation."""
    found = get_openapi(
        title=app.title,
        version=app.version,
        summary="Cross-border content commerce, settled to the cent under dated rules",
        description=ABOUT,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    schemas: dict[str, Any] = found["components"]["schemas"]
    for operations in found["paths"].values():
        for operation in operations.values():
            _tidy(operation, schemas)
    for name in OURS:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    found["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    }
    found["security"] = [{}, {"token": []}, {"session": []}]
    found["components"]["schemas"] = dict(sorted(schemas.items()))
    return found


def _tidy(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    body = operation.get("requestBody", {})
    for part in (body, *operation["responses"].values()):
        for content in part.get("content", {}).values():
            _hoist(content, schemas)
    operation["responses"].pop("422", None)
    operation["responses"]["4XX"] = REFUSED
    operation["responses"]["503"] = {**REFUSED, "description": "Busy: ask again"}


def _hoist(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Move a schema that was written in place to where all the others are."""
    schema = content.get("schema", {})
    if "title" not in schema or schema.get("type") != "object":
        return
    for name, inner in schema.pop("$defs", {}).items():
        schemas.setdefault(name, _pointed(inner))
    schemas[schema["title"]] = _pointed(schema)
    content["schema"] = {"$ref": f"#/components/schemas/{schema['title']}"}


def _pointed(schema: Any) -> Any:
    """The same schema with its references to where the definitions are now."""
    if isinstance(schema, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref"
            else _pointed(value)
            for key, value in schema.items()
        }
    return [_pointed(item) for item in schema] if isinstance(schema, list) else schema
