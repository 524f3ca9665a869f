"""The IP address a request comes from, as limits count them."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def client_address(request: HttpRequest | Request) -> str:
    """Return who is counted: an IPv4 address, or the /64 an IPv6 customer has to themselves.

    `X-Forwarded-For` counts only when TRUSTED_PROXIES says so of the peer: the last in it that
    is no such proxy is what one of ours has seen.
    """
    found: str = request.META.get("REMOTE_ADDR", "")
    given = request.headers.get("X-Forwarded-For", "")
    hops = [part.strip() for part in given.split(",") if part.strip()]
    while found in settings.TRUSTED_PROXIES and hops:
        found = hops.pop()
    try:
        ip = ip_address(found)
    except ValueError:
        return found[:64]
    if isinstance(ip, IPv6Address):
        mapped = ip.ipv4_mapped
        return str(mapped) if mapped else ip.exploded[:19]
    return str(ip)
