"""The page at `/docs`: every route with what it takes, written from the OpenAPI schema. No script, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a route takes; `place` is path, query or body."""

    name: str
    place: str
    kind: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    told: str
    needs_key: bool
    fields: tuple[Field, ...]
    statuses: tuple[str, ...]


def reference_router(app: FastAPI) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @cache
    def page() -> tuple[str, str]:
        environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
        style = (_TEMPLATES / "reference.css").read_text(encoding="utf-8")
        routes = list(described(app.openapi()))
        text = environment.get_template("reference.html").render(routes=routes, style=style)
        return text, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        text, digest = page()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'self'"
        return HTMLResponse(text, headers={"Content-Security-Policy": policy})

    return router


def described(schema: dict[str, Any]) -> Iterator[Route]:
    """Yield the routes of an OpenAPI schema in the order of their paths."""
    for path, methods in sorted(schema["paths"].items()):
        for method, operation in methods.items():
            fields = [_parameter(each, schema) for each in operation.get("parameters", [])]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            fields += _body(_followed(body, schema), schema) if body else []
            yield Route(
                method.upper(),
                path,
                operation.get("description") or operation.get("summary", ""),
                bool(operation.get("security")),
                tuple(fields),
                tuple(sorted(operation["responses"])),
            )


def _parameter(told: dict[str, Any], schema: dict[str, Any]) -> Field:
    return Field(told["name"], told["in"], _kind(told["schema"], schema), told.get("required", False))


def _body(body: dict[str, Any], schema: dict[str, Any]) -> list[Field]:
    needed = body.get("required", [])
    return [Field(name, "body", _kind(each, schema), name in needed) for name, each in body["properties"].items()]


def _kind(told: dict[str, Any], schema: dict[str, Any]) -> str:
    """A type in words: "string (date)", "list of string", "object (title, text, ...)"."""
    told = _followed(told, schema)
    if "anyOf" in told:
        kinds = [_kind(each, schema) for each in told["anyOf"] if each.get("type") != "null"]
        return " or ".join(kinds)
    if "enum" in told:
        return " or ".join(f'"{value}"' for value in told["enum"])
    if told.get("type") == "array":
        return f"list of {_kind(told.get('items', {}), schema)}"
    if told.get("type") == "object" and "properties" in told:
        return f"object ({', '.join(told['properties'])})"
    bounds = [told["format"]] if "format" in told else []
    bounds += [f"at most {told[name]} characters" for name in ("maxLength",) if name in told]
    bounds += [f"at most {told[name]}" for name in ("maximum",) if name in told]
    kind = str(told.get("type", "anything"))
    return f"{kind} ({', '.join(bounds)})" if bounds else kind


def _followed(told: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["components"]["schemas"][told["$ref"].rpartition("/")[2]] if "$ref" in told else told
    return found
