"""The page of routes tells what the schema holds, and loads nothing."""

from __future__ import annotations

import base64
import hashlib
import re

import httpx

from api.reference import Field, described


def test_a_route_is_described_from_the_schema() -> None:
    schema = {
        "paths": {
            "/v1/things/{name}": {
                "post": {
                    "description": "Change a thing.",
                    "security": [{"HTTPBearer": []}],
                    "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                    },
                    "responses": {"422": {}, "200": {}},
                }
            }
        },
        "components": {
            "schemas": {
                "Thing": {
                    "required": ["size"],
                    "properties": {
                        "size": {"type": "integer", "maximum": 9},
                        "day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                        "tags": {"type": "array", "items": {"type": "string", "maxLength": 5}},
                    },
                }
            }
        },
    }
    (route,) = described(schema)
    assert (route.method, route.path, route.needs_key) == ("POST", "/v1/things/{name}", True)
    assert route.statuses == ("200", "422")
    assert route.fields == (
        Field("name", "path", "string", True),
        Field("size", "body", "integer (at most 9)", True),
        Field("day", "body", "string (date)", False),
        Field("tags", "body", "list of string (at most 5 characters)", False),
    )


def test_the_page_names_every_route_and_allows_only_its_own_style(http: httpx.Client) -> None:
    page = http.get("/docs")
    for path, methods in http.get("/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page.text
    (style,) = re.findall(r"<style>(.*)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert not re.search(r"<script|src=|@import|https?://", page.text)
