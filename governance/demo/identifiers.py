"""Identifiers that pass their checks and belong to nobody.

- Identity numbers: the check digit holds (GB 11643), the province is real, city and county are `0199`, a county code
  that was never given.
- Mobile numbers: `1xx0000xxxx`; the four zeros in the middle are the mark of a synthetic number.
- Bank cards: Luhn holds, under the invented issuer number `629999`.
- Plates: city letter `Z`, which no province here has given. VIN: maker code `L99`. IMEI: type code `86000000`.
- Network addresses: 198.18.0.0/15 (RFC 2544, benchmarks). E-mail: `.example` (RFC 2606).
"""

import numpy as np
import numpy.typing as npt

Texts = list[str]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

COUNTY = "0199"
PHONE_MARK = "0000"
CARD_ISSUER = "629999"
MOBILE_PREFIXES = (
    *range(130, 134), *range(135, 140), *range(150, 154), *range(155, 160), 166, 171, 173, *range(175, 179),
    *range(180, 184), *range(185, 190), 191, 193, 195, 198, 199,
)  # fmt: skip
_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS = "10X98765432"
_VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def identity_numbers(rng: np.random.Generator, provinces: Texts, births: Days, male: npt.NDArray[np.bool_]) -> Texts:
    """Give one 18-character identity number a person.

    Source: GB 11643-1999 §4 (structure and check character).
    """
    order = rng.integers(0, 500, len(provinces)) * 2 + male
    dates = [str(day).replace("-", "") for day in births]
    heads = [f"{place}{COUNTY}{day}{number:03d}" for place, day, number in zip(provinces, dates, order, strict=True)]
    digits = np.array([list(head.encode()) for head in heads], dtype=np.int64).reshape(len(heads), 17) - ord("0")
    checks = digits @ _ID_WEIGHTS % 11
    return [head + _ID_CHECKS[check] for head, check in zip(heads, checks, strict=True)]


def is_identity_number(text: str) -> bool:
    """Tell whether the check character fits the seventeen digits before it."""
    if len(text) != 18 or not text[:17].isdecimal():  # noqa: PLR2004 -- the length that GB 11643 fixes
        return False
    total = sum(int(digit) * int(weight) for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == text[17]


def mobile_numbers(rng: np.random.Generator, count: int) -> Texts:
    """Give marked mobile numbers, all different while there are enough of them."""
    space = len(MOBILE_PREFIXES) * 10_000
    numbers = rng.choice(space, count, replace=count > space)
    return [f"{MOBILE_PREFIXES[number // 10_000]}{PHONE_MARK}{number % 10_000:04d}" for number in numbers]


def bank_cards(rng: np.random.Generator, count: int) -> Texts:
    """Give 19-digit card numbers whose Luhn digit holds (ISO/IEC 7812-1 annex B)."""
    heads = [f"{CARD_ISSUER}{number:012d}" for number in rng.integers(0, 10**12, count)]
    return [head + _luhn(head) for head in heads]


def device_numbers(rng: np.random.Generator, count: int) -> Texts:
    """Give 15-digit IMEI numbers whose Luhn digit holds (3GPP TS 23.003 §6)."""
    heads = [f"86000000{number:06d}" for number in rng.integers(0, 10**6, count)]
    return [head + _luhn(head) for head in heads]


def plates(rng: np.random.Generator, count: int) -> Texts:
    """Give number plates in the form of a province, a letter never given there, and five characters."""
    places = "京津沪渝苏浙皖闽鲁豫鄂湘川陕辽"
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    where, letter, number = (
        rng.integers(0, len(places), count),
        rng.integers(0, 24, count),
        rng.integers(0, 10**4, count),
    )
    return [f"{places[a]}Z{letters[b]}{c:04d}" for a, b, c in zip(where, letter, number, strict=True)]


def frame_numbers(rng: np.random.Generator, count: int) -> Texts:
    """Give vehicle identification numbers whose check digit holds (GB 16735)."""
    draws = rng.integers(0, len(_VIN_LETTERS), (count, 13))
    return [
        _with_vin_check("L99" + "".join(_VIN_LETTERS[i] for i in row[:5]), "".join(_VIN_LETTERS[i] for i in row[5:]))
        for row in draws
    ]


def company_codes(rng: np.random.Generator, count: int) -> Texts:
    """Give unified social credit codes whose two check characters hold (GB 32100)."""
    return [_company_code(f"{number:08d}") for number in rng.integers(0, 10**8, count)]


def addresses_of_machines(rng: np.random.Generator, count: int) -> Texts:
    """Give IPv4 addresses out of the range set aside for benchmarks (RFC 2544)."""
    return [f"198.{18 + n // 65536}.{n // 256 % 256}.{n % 256}" for n in rng.integers(0, 131072, count)]


def hardware_addresses(rng: np.random.Generator, count: int) -> Texts:
    """Give locally administered MAC addresses (IEEE 802, second bit of the first octet)."""
    return [
        f"02:00:{n >> 24 & 255:02x}:{n >> 16 & 255:02x}:{n >> 8 & 255:02x}:{n & 255:02x}"
        for n in rng.integers(0, 2**32, count)
    ]


def hex_texts(rng: np.random.Generator, count: int, size_bytes: int) -> Texts:
    """Give random lower-case hexadecimal texts, as digests and tokens look."""
    drawn = rng.bytes(count * size_bytes).hex()
    width = size_bytes * 2
    return [drawn[i : i + width] for i in range(0, count * width, width)]


def _luhn(head: str) -> str:
    total = sum(
        sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(head))
    )
    return str(-total % 10)


def _with_vin_check(head: str, tail: str) -> str:
    draft = f"{head}0{tail}"
    total = sum(
        weight * (int(sign) if sign.isdecimal() else _VIN_VALUES[sign])
        for weight, sign in zip(_VIN_WEIGHTS, draft, strict=True)
    )
    return f"{head}{'X' if total % 11 == 10 else total % 11}{tail}"  # noqa: PLR2004 -- the remainder written as X


def _company_code(number: str) -> str:
    rest = 11 - sum(w * int(d) for w, d in zip((3, 7, 9, 10, 5, 8, 4, 2), number, strict=True)) % 11
    head = "91110199" + number + ("X" if rest == 10 else "0" if rest == 11 else str(rest))  # noqa: PLR2004 -- GB 11714's two odd remainders
    total = sum(_USCC_LETTERS.index(sign) * pow(3, place, 31) for place, sign in enumerate(head))
    return head + _USCC_LETTERS[-total % 31]
