"""Fetching a URL without being led where the public cannot go: what is connected to is the address that was checked."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urljoin, urlsplit

import certifi
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from archive.errors import SourceError
from archive.ids import host_of
from archive.text import line

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}
_PIECE = 1 << 16
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_HEADERS = {"User-Agent": "askive", "Accept-Encoding": "identity", "Accept": "*/*"}


@dataclass(frozen=True, slots=True)
class Fetching:
    """Bounds of a fetch: bytes of the body, seconds for everything, and networks allowed besides the public ones."""

    max_bytes: int = 64 << 20
    seconds: float = 60.0
    allowed: Sequence[Network] = field(default_factory=tuple)


def is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def address(base: str, link: str | None) -> str | None:
    """Return the whole address of a link; None where it leads nowhere on the web, or its base is not known."""
    link = line(link or "")
    try:
        whole = urljoin(base, link) if link else ""
    except ValueError:  # what is no address, such as http://[
        return None
    return whole if is_url(whole) and host_of(whole) else None


def fetch(url: str, bounds: Fetching = Fetching()) -> tuple[str, bytes]:
    """Return (the URL where redirects ended, the body). SourceError says what was refused, failed or too large.

    Each host on the way is resolved once, all its addresses are checked, and the connection is made to a checked
    address: a name that resolves to another one a moment later (DNS rebinding) gains nothing.
    """
    deadline = time.monotonic() + bounds.seconds
    here = url
    for _ in range(_MAX_REDIRECTS + 1):
        status, location, body = _get(here, deadline, bounds)
        if status not in _REDIRECTS or location is None:
            if status != 200:
                raise SourceError(f"{here}: the server answered {status}")
            return here, body
        here = urljoin(here, location)
    raise SourceError(f"{url}: more than {_MAX_REDIRECTS} redirects")


def _get(url: str, deadline: float, bounds: Fetching) -> tuple[int, str | None, bytes]:
    scheme, host, port, target = _parts(url)
    address = _resolve(url, host, port, bounds.allowed)
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise SourceError(f"{url}: not fetched within {bounds.seconds:g} s")
    connection = _connection(scheme, host, port, address, remaining)
    late = threading.Event()  # each read has a timeout of its own, which a server that drips would never meet
    watch = threading.Timer(remaining, _cut, (connection, late))
    watch.start()
    try:
        connection.connect()
        if late.is_set():
            raise TimeoutError
        named = f"[{host}]" if ":" in host else host
        named += "" if port == _PORTS[scheme] else f":{port}"
        connection.request("GET", target, headers={**_HEADERS, "Host": named}, preload_content=False)
        response = connection.getresponse()
        if response.status in _REDIRECTS:
            return response.status, response.headers.get("location"), b""
        body = _body(url, response, bounds.max_bytes)
        if late.is_set():  # a body without a length that is cut looks like one that has ended
            raise TimeoutError
        return response.status, None, body
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        if late.is_set():
            raise SourceError(f"{url}: not fetched within {bounds.seconds:g} s") from error
        raise SourceError(f"{url}: cannot be fetched: {error}") from error
    finally:
        watch.cancel()
        connection.close()


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and request target; SourceError for what is no plain web address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SourceError(f"{url!r}: not a web address: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise SourceError(f"{url!r}: only http:// and https:// addresses are fetched")
    if parts.username is not None or parts.password is not None:
        raise SourceError(f"{parts.scheme}://{host}: an address with a name or password in it is not fetched")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or _PORTS[parts.scheme], target


def _resolve(url: str, host: str, port: int, allowed: Sequence[Network]) -> str:
    """Return one address of the host; SourceError when any of its addresses may not be fetched."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(f"{url}: the name {host} cannot be resolved: {error}") from error
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for address in addresses:
        if not may_fetch(address, allowed):
            raise SourceError(
                f"{url}: refused, {host} is {address}, which is not a public address "
                "(fetch.allowed_networks names networks that may be fetched from)"
            )
    return str(addresses[0])


def may_fetch(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Say whether an address is public, or in an allowed network; one that carries an IPv4 address is judged by it."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return may_fetch(inner, allowed)
    if any(address.version == network.version and address in network for network in allowed):
        return True
    return address.is_global and not address.is_multicast


def _connection(scheme: str, host: str, port: int, address: str, seconds: float) -> HTTPConnection:
    """A connection to the address that was checked; TLS is still held to the host's name."""
    wait = min(10.0, seconds)  # for the connection, and for each read
    if scheme == "http":
        return HTTPConnection(address, port, timeout=wait)
    return HTTPSConnection(
        address, port, timeout=wait, server_hostname=host, assert_hostname=host, ca_certs=certifi.where()
    )


def _body(url: str, response: BaseHTTPResponse, most: int) -> bytes:
    body = bytearray()
    while piece := response.read1(_PIECE, decode_content=True):
        body += piece
        if len(body) > most:
            raise SourceError(f"{url}: has more than {most:,} bytes")
    return bytes(body)


def _cut(connection: HTTPConnection, late: threading.Event) -> None:
    """End a connection's waiting at once, in whatever thread it waits."""
    late.set()
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
