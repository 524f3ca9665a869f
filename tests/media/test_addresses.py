"""Which addresses count as public: every special range, first, last and inside."""

from __future__ import annotations

import ipaddress

import pytest

from workflows.media.addresses import is_private, is_public

V4 = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "168.63.129.16/32",
    "100.100.100.200/32",
    "169.254.169.254/32",
    "169.254.170.2/32",
    "192.0.0.192/32",
)
V6 = (
    "::/128",
    "::1/128",
    "::ffff:0:0/96",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001::/32",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fd00:ec2::254/128",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
)
PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "168.63.129.17",
    "2606:4700:4700::1111",
    "2a00:1450:4001::200e",
    "2001:4860:4860::8888",
    "2003::1",
    "2600::",
)


@pytest.mark.parametrize("network", V4 + V6)
def test_no_address_of_a_special_range_is_public(network: str) -> None:
    block = ipaddress.ip_network(network)
    middle = block.network_address + block.num_addresses // 2
    for address in (block.network_address, middle, block.broadcast_address):
        assert not is_public(str(address)), address


@pytest.mark.parametrize("network", V4)
def test_nor_is_it_when_it_is_wrapped_in_ipv6(network: str) -> None:
    inner = int(ipaddress.IPv4Network(network).network_address)
    wrapped = {
        "mapped": (0xFFFF << 32) | inner,
        "compatible": inner,
        "6to4": (0x2002 << 112) | (inner << 80),
        "NAT64": (0x64FF9B << 96) | inner,
        "Teredo": (0x20010000 << 96) | (~inner & 0xFFFFFFFF),
        "ISATAP": (0x2A001450 << 96) | (0x00005EFE << 32) | inner,
        "ISATAP, unique": (0x2A001450 << 96) | (0x02005EFE << 32) | inner,
    }
    for kind, number in wrapped.items():
        assert not is_public(str(ipaddress.IPv6Address(number))), kind


@pytest.mark.parametrize("address", PUBLIC)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost",
        "example.com",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "1.1.1.1 ",
        "1.1.1.1:80",
        "2606:4700::1111%eth0",
        "[2606:4700::1111]",
        "01.1.1.1",
        "1.1.1",
        "½",
    ],
)
def test_what_is_no_plain_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.1.100", "100.64.0.7", "::1", "fd12::8"],
)
def test_a_private_network_is_told_from_all_else(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:127.0.0.1",
        "224.0.0.1",
        "1.1.1.1",
        "255.255.255.255",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "runner",
        "",
    ],
)
def test_credentials_of_clouds_and_neighbours_are_in_no_private_network(address: str) -> None:
    assert not is_private(address)
