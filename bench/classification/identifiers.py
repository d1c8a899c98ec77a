"""Invented identifiers with right check digits: GB 11643, GB 32100, GB 16735, Luhn.

No mainland identity number or firm code can exist: its county is one that no county has. Other numbers are random;
addresses on the net are those reserved for documentation. Every maker takes its own randomness.
"""

from random import Random

PROVINCES = tuple(
    f"{first}{second}"
    for first, seconds in {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345"}.items()
    for second in seconds
)
PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VIN_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True)
)
_MOBILE_TAILS = {
    "13": "0123456789", "14": "1456789", "15": "012356789", "16": "2567", "17": "01235678", "18": "0123456789",
    "19": "01356789",
}  # fmt: skip
MOBILE_PREFIXES = tuple(head + tail for head, tails in _MOBILE_TAILS.items() for tail in tails)
AREA_CODES = (
    *("010", "021", "022", "023", "024", "025", "027", "028", "029"),
    *("0311", "0351", "0371", "0411", "0431", "0451", "0512", "0531", "0551", "0571", "0574", "0591", "0592", "0731"),
    *("0755", "0769", "0771", "0791", "0851", "0871", "0898", "0931", "0951", "0971", "0991"),
)
CARD_HEADS = (
    *("622202", "622848", "621700", "622588", "621661", "622609", "621483", "623058", "622155", "625965", "621226"),
    *("439225", "518710", "356833"),
)


def digits(rng: Random, count: int) -> str:
    """Give so many random digits."""
    return "".join(rng.choices("0123456789", k=count))


def mod_11_2(body: str) -> str:
    """Give the check character of ISO 7064 MOD 11-2 over 17 digits (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def luhn(body: str) -> str:
    """Give the Luhn digit that belongs behind `body`."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def day(rng: Random, first_year: int = 1948, last_year: int = 2004) -> str:
    """Give a date as YYYYMMDD."""
    return f"{rng.randint(first_year, last_year)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"


def id_card(rng: Random, province: str = "") -> str:
    """Give an 18-character identity number of a county that does not exist."""
    head = (province or rng.choice(PROVINCES)) + f"{rng.randint(1, 13):02}{rng.randint(91, 99)}"
    body = head + day(rng) + digits(rng, 3)
    return body + mod_11_2(body)


def id_card_15(rng: Random) -> str:
    """Give the old form of fifteen digits."""
    return (
        rng.choice(PROVINCES)
        + f"{rng.randint(1, 13):02}{rng.randint(91, 99)}"
        + day(rng, 1948, 1985)[2:]
        + digits(rng, 3)
    )


def residence_permit(rng: Random) -> str:
    """Give a residence permit of someone from Hong Kong, Macau or Taiwan."""
    body = rng.choice(["810000", "820000", "830000"]) + day(rng) + digits(rng, 3)
    return body + mod_11_2(body)


def home_return(rng: Random) -> str:
    """Give a home-return permit: H or M and eight digits."""
    return rng.choice("HM") + digits(rng, 8)


def travel_permit(rng: Random) -> str:
    """Give a mainland permit to travel to Hong Kong and Macau, or to Taiwan."""
    return rng.choice(["C" + digits(rng, 8), "C" + rng.choice("ABCDEFGHJK") + digits(rng, 7), "L" + digits(rng, 8)])


def foreigner_pr(rng: Random) -> str:
    """Give a foreigner's permanent residence number of the 2023 form."""
    body = "9" + rng.choice(PROVINCES) + digits(rng, 3) + day(rng) + digits(rng, 3)
    return body + mod_11_2(body)


def foreigner_pr_2017(rng: Random) -> str:
    """Give the form of 2017: three letters and twelve digits."""
    return rng.choice(["USA", "GBR", "JPN", "KOR", "DEU", "CAN", "FRA"]) + rng.choice(PROVINCES) + "0" + digits(rng, 9)


def passport(rng: Random) -> str:
    """Give a Chinese passport number."""
    return rng.choice(["E" + digits(rng, 8), "E" + rng.choice("ABCDEFGHJK") + digits(rng, 7), "G" + digits(rng, 8)])


def uscc(rng: Random) -> str:
    """Give a unified social credit code of a county that does not exist."""
    body = "".join(rng.choices(ORGANISATION_ALPHABET[:10], k=7)) + rng.choice("0123456789AMQ")
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(ORGANISATION_ALPHABET.index(c) * w for c, w in zip(body, weights, strict=True)) % 11
    code = (
        "91"
        + rng.choice(PROVINCES)
        + f"{rng.randint(1, 13):02}{rng.randint(91, 99)}"
        + body
        + {10: "X", 11: "0"}.get(check, str(check))
    )
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return code + USCC_ALPHABET[(31 - total % 31) % 31]


def bank_card(rng: Random) -> str:
    """Give a card number that passes Luhn."""
    body = rng.choice(CARD_HEADS)
    body += digits(rng, (15 if body[0] in "435" else rng.choice([15, 18, 18])) - len(body))
    return body + luhn(body)


def mobile(rng: Random) -> str:
    """Give a mobile number."""
    return rng.choice(MOBILE_PREFIXES) + digits(rng, 8)


def landline(rng: Random, separator: str = "-") -> str:
    """Give a fixed line with its area code."""
    area = rng.choice(AREA_CODES)
    return f"{area}{separator}{rng.randint(2, 8)}{digits(rng, 7 if len(area) == 3 else 6)}"


def plate(rng: Random, separator: str = "") -> str:
    """Give an ordinary plate."""
    tail = rng.choice(
        [
            digits(rng, 5),
            rng.choice("ABCDEFGHJK") + digits(rng, 4),
            digits(rng, 3) + rng.choice("LMNPQR") + digits(rng, 1),
        ]
    )
    return rng.choice(PLATE_PROVINCES) + rng.choice(PLATE_LETTERS) + separator + tail


def plate_energy(rng: Random, separator: str = "") -> str:
    """Give a plate of a new-energy car, small or large."""
    small = rng.choice("DF") + rng.choice("ABCDEFGHJK0123456789") + digits(rng, 4)
    return (
        rng.choice(PLATE_PROVINCES)
        + rng.choice(PLATE_LETTERS)
        + separator
        + rng.choice([small, small, digits(rng, 5) + rng.choice("DF")])
    )


def vin(rng: Random) -> str:
    """Give a vehicle number whose ninth place is right."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    body = (
        rng.choice(["LSV", "LFV", "LBV", "LGB", "LVS", "LGX"])
        + "".join(rng.choices(letters, k=5))
        + "0"
        + "".join(rng.choices(letters, k=3))
        + digits(rng, 5)
    )
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    check = sum(VIN_VALUES[c] * w for c, w in zip(body, weights, strict=True)) % 11
    return body[:8] + ("X" if check == 10 else str(check)) + body[9:]


def imei(rng: Random) -> str:
    """Give a device number that passes Luhn."""
    body = rng.choice(["35", "86"]) + digits(rng, 12)
    return body + luhn(body)


def mac(rng: Random, separator: str = ":") -> str:
    """Give a hardware address."""
    return separator.join(f"{rng.randrange(256):02X}" for _ in range(6))


def ipv4(rng: Random) -> str:
    """Give a network address of the documentation blocks (RFC 5737) or of a private net."""
    return (
        rng.choice(["192.0.2", "198.51.100", "203.0.113", f"10.{rng.randrange(256)}.{rng.randrange(256)}"])
        + f".{rng.randint(1, 254)}"
    )


def ipv6(rng: Random) -> str:
    """Give an address of the documentation prefix (RFC 3849)."""
    return "2001:db8:" + ":".join(f"{rng.randrange(1, 65536):x}" for _ in range(6))


def hexadecimal(rng: Random, count: int) -> str:
    """Give so many hexadecimal digits."""
    return "".join(rng.choices("0123456789abcdef", k=count))
