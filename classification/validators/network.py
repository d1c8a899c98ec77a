"""Addresses of machines: IPv4, IPv6 (RFC 4291), MAC (IEEE 802)."""

from ipaddress import AddressValueError, IPv4Address, IPv6Address


def is_ipv4(text: str) -> bool:
    """Tell whether it is a dotted quad with octets in range."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def is_ipv6(text: str) -> bool:
    """Tell whether it is an IPv6 address."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


_RELEASE_FIRST, _RELEASE_MOST = 10, 20  # 2.4.11.0 numbers a release; hardly any host has only such octets


def is_address(text: str) -> bool:
    """Tell whether it is an address of either version, with or without prefix length or port, and no release number."""
    bare = text.partition("/")[0]
    if bare.count(":") > 1:
        return is_ipv6(bare)
    host = bare.partition(":")[0]
    if not is_ipv4(host):
        return False
    octets = [int(octet) for octet in host.split(".")]
    return octets[0] >= _RELEASE_FIRST or max(octets) >= _RELEASE_MOST


def is_one_device(text: str) -> bool:
    """Tell whether a MAC address can be one device's: neither all noughts nor everybody's (IEEE 802)."""
    return len({character.upper() for character in text if character.isalnum()} | {"0", "F"}) > 2  # noqa: PLR2004 -- those two
