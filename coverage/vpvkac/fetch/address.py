"""Addresses: which ones may be asked, and where a redirect may lead."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from vpvkac.fetch.refusal import NAME_ADDRESS, TELL_PUBLISHER, RefusedError, refused, short
from vpvkac.texts.message import Message

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def check(address: str, shown: str) -> SplitResult:
    """Take an address apart.

    Only `https` is asked; `http` only on the same machine, where nobody listens in.

    Raises
    ------
    RefusedError
        If it is of another scheme, has no host, or holds a password (it would
        end in the lock file).
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _not_an_address(address, shown) from None
    if (
        not host
        or "\\" in parts.netloc
        or any(not char.isprintable() or char.isspace() for char in address)
    ):
        raise _not_an_address(address, shown)
    if parts.username is not None or parts.password is not None:
        raise refused(
            shown,
            Message("the address holds a user name or password"),
            NAME_ADDRESS,
            parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(),
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise refused(shown, Message("is not an https address"), NAME_ADDRESS, address)
    return parts


def redirected(address: str, location: str, shown: str) -> str:
    """Give the address a redirect leads to.

    Raises
    ------
    RefusedError
        If it is no address, or leads to another scheme, or without https to another host.
    """
    try:
        target = urljoin(address, location)
        old, new, given = urlsplit(address), urlsplit(target), urlsplit(location)
    except ValueError:
        raise _not_an_address(location, shown) from None
    if new.scheme != old.scheme:
        problem = Message("redirects to another scheme: {target}", target=short(target))
        raise refused(shown, problem, TELL_PUBLISHER, address)
    # What names a scheme or a host must name one: joined, `http:///x` would lead to the same host.
    names_host = bool(given.scheme) or location.startswith("//")
    if "\\" in location or not location or (names_host and not given.hostname):
        problem = Message(
            'redirects to "{location}", which is not an address', location=short(location)
        )
        raise refused(shown, problem, TELL_PUBLISHER, address)
    if new.netloc != old.netloc and new.scheme != "https":
        problem = Message("redirects to another host without https: {target}", target=short(target))
        raise refused(shown, problem, TELL_PUBLISHER, address)
    check(target, shown)
    return target


def file_name(address: str) -> str:
    """Give the last part of an address's path, empty where there is none.

    It is only read, to know vintage and form: no local file is called by it.
    """
    try:
        return PurePosixPath(unquote(urlsplit(address).path)).name
    except ValueError:
        return ""


def _not_an_address(address: str, shown: str) -> RefusedError:
    return refused(shown, Message("is not an address"), NAME_ADDRESS, address)
