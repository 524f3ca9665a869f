"""Which IP addresses Patchbay may call for a user: tables of ours and pure functions.

Python's `is_global` and `is_private` are not enough: multicast, NAT64, 6to4 and some clouds' host
agents count as global there, and shared address space does not count as private.
"""

from __future__ import annotations

import ipaddress

_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # "this network"; reaches the own host on Linux
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; also a cloud's metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's host agent, on a public-looking address
        "169.254.0.0/16",  # link-local; most clouds' metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",  # reserved, and the broadcast address
    )
)

#: The only IPv6 addresses given out to the public so far (RFC 4291); everything else is refused,
#: and with it loopback, mapped, compatible, NAT64, unique local, link-local and multicast.
_GLOBAL_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")

_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments; Teredo, which embeds IPv4
        "2001:db8::/32",
        "2002::/16",  # 6to4 embeds IPv4
        "3fff::/20",
    )
)

#: An ISATAP interface id is 0000:5efe or 0200:5efe followed by an IPv4 address (RFC 5214).
_ISATAP = (0x00005EFE, 0x02005EFE)


def is_public(address: str) -> bool:
    """Return whether a numeric address belongs to the public internet (a name does not)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _NOT_PUBLIC_V4)
    if parsed.scope_id is not None or parsed not in _GLOBAL_UNICAST_V6:
        return False
    if (int(parsed) >> 32) & 0xFFFFFFFF in _ISATAP:
        return False
    return not any(parsed in network for network in _NOT_PUBLIC_V6)


#: Networks of homes, offices and machine rooms, where a runner may be.
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared address space, as mesh networks use it
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)

#: Addresses in those networks where clouds hand out their machines' credentials.
_METADATA = tuple(ipaddress.ip_address(text) for text in ("100.100.100.200", "fd00:ec2::254"))


def is_private(address: str) -> bool:
    """Return whether a numeric address belongs to a private network that may be called if allowed.

    Link-local addresses, and those where clouds hand out credentials, never may.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.scope_id is not None:
        return False
    return parsed not in _METADATA and any(
        parsed.version == network.version and parsed in network for network in _PRIVATE
    )
