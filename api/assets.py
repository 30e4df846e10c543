"""Scripts and styles as they are served: read once, compressed once, named by their content."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import rcssmin
import rjsmin
from fastapi import Request
from fastapi.responses import Response

_HERE = Path(__file__).parent
WIDGET_PARTS = ("dom.js", "talk.js", "turn.js", "element.js", "mount.js")  # in the order they need each other
_AGE = 3600  # seconds that a browser uses a file without asking again


@dataclass(frozen=True, slots=True)
class Asset:
    """A file to serve: its bytes, plain and gzipped, and the tag that a browser may already hold."""

    media_type: str
    plain: bytes
    zipped: bytes
    tag: str

    @classmethod
    def of(cls, text: str, media_type: str) -> Asset:
        data = text.encode()
        tag = f'"{hashlib.blake2b(data, digest_size=8).hexdigest()}"'
        return cls(media_type, data, _gzip(data), tag)

    def response(self, request: Request, headers: dict[str, str]) -> Response:
        """Answer a GET: gzipped where the client can, nothing where it holds this version already."""
        told = {"ETag": self.tag, "Cache-Control": f"public, max-age={_AGE}", "Vary": "Accept-Encoding", **headers}
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers=told)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.zipped, media_type=self.media_type, headers={**told, "Content-Encoding": "gzip"})
        return Response(self.plain, media_type=self.media_type, headers=told)


def widget() -> Asset:
    """Join the widget's source, its style and its texts into its one classic script."""
    folder = _HERE / "widget"
    texts = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("texts/*.json"))}
    keys = list(texts["en"])
    constants = {
        # lists, not objects: the keys once are a twentieth of the script less than seven times
        "SAID": {language: [said[key] for key in keys] for language, said in texts.items()},
        "STYLE": rcssmin.cssmin((folder / "style.css").read_text(encoding="utf-8")),
        "KEYS": keys,
    }
    lines = [f"const {name}={_compact(value)};" for name, value in constants.items()]
    lines += [(folder / name).read_text(encoding="utf-8") for name in WIDGET_PARTS]
    return Asset.of(rjsmin.jsmin('"use strict";(() => {\n' + "\n".join(lines) + "\n})();\n"), "text/javascript")


def static(name: str, media_type: str) -> Asset:
    return Asset.of((_HERE / "static" / name).read_text(encoding="utf-8"), media_type)


def _gzip(data: bytes) -> bytes:
    """Compress, with a new code every 2,048 symbols (memLevel 5), as texts, style and script are unlike each other."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS, 5)
    return squeeze.compress(data) + squeeze.flush()


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
