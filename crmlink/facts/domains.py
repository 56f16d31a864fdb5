"""Which domains belong to the same owner, by the Public Suffix List that comes with the library; nothing is looked up.

In: domain names. Out: the part somebody registered ("mail.acme.co.uk" is acme.co.uk), or nothing where there is none.
"""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList


def registrable(domain: str) -> str | None:
    """The registrable domain in lower case, None for a public suffix itself or what is no domain."""
    return _suffixes().privatesuffix(domain.strip().rstrip(".").lower()) if domain.strip(". ") else None


def same_house(one: str, other: str) -> bool:
    """Whether two domains are equal or belong to the same registered one."""
    first, second = one.lower().rstrip("."), other.lower().rstrip(".")
    return first == second or (registrable(first) is not None and registrable(first) == registrable(second))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
