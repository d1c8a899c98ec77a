"""Identifiers with a written form: an anchored pattern for Arrow's RE2 and, where a standard has one, a check.

The pattern is matched over all distinct values at once; the check is a statistical test on a part of them: what
matters is the share that passes against the share that would pass by chance.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from classification.model import Finding
from classification.profile import Profile
from classification.validators import gb11643, gb16735, gb32100, luhn, network

PROVINCE_CHARACTERS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
_MOBILE = r"1(?:3\d|4[0145-9]|5[0-35-9]|6[2567]|7\d|8\d|9[0-35-9])[- ]?\d{4}[- ]?\d{4}"
_LAND = r"\(?0(?:10|2\d|[3-9]\d{2})\)?[- ]?[2-9]\d{6,7}(?:[-转]\d{1,6})?"
PHONE = rf"(?:(?:\+|00)?86[- ]?)?(?:{_MOBILE}|{_LAND})"
_CHECK_LIMIT = 1500
_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Form:
    """One written form of one entity type.

    Args:
        type: entity type.
        pattern: anchored by the caller; RE2 syntax, so without look-around.
        least, most: lengths it can have, a gate before any matching.
        strong: log-odds when the whole column has the form and passes the check.
        check: what a standard asks beyond the form.
        chance: share of shapely numbers that pass the check by luck.
        unchecked: log-odds when the form fits and the check fails throughout.
    """

    type: str
    pattern: str
    least: int
    most: int
    strong: float
    check: Callable[[str], bool] | None = None
    chance: float = 0.0
    unchecked: float = 0.0


def written_forms(today: date) -> tuple[Form, ...]:
    """Give all forms; `today` bounds birth dates."""
    citizen = partial(gb11643.is_identity_number, today=today)
    return (
        Form("ID_CARD", r"[1-8]\d{16}[\dXx]", 18, 18, 7.5, citizen, 1 / 11, 0.0),
        Form("ID_CARD", r"[1-6]\d{14}", 15, 15, 4.0, partial(gb11643.is_old_identity_number, today=today), 0.01),
        Form(
            "FOREIGNER_PR", r"9\d{16}[\dXx]", 18, 18, 7.0, partial(gb11643.is_foreigner_permanent, today=today), 1 / 11
        ),
        Form(
            "FOREIGNER_PR", r"[A-Z]{3}\d{12}", 15, 15, 5.0, partial(gb11643.is_foreigner_permanent, today=today), 0.01
        ),
        Form(
            "USCC",
            r"[0-9A-HJ-NPQRTUWXYa-y]{2}\d{6}[0-9A-HJ-NPQRTUWXYa-y]{10}",
            18,
            18,
            7.0,
            gb32100.is_credit_code,
            1 / 31,
        ),
        Form("USCC", r"[159ANY][1239]\d{6}[0-9A-HJ-NPQRTUWXY]{10}", 18, 18, 4.2),
        Form("VIN", r"[A-HJ-NPR-Za-hj-npr-z0-9]{17}", 17, 17, 6.5, gb16735.is_vehicle_number, 1 / 11, 3.4),
        Form("PHONE", PHONE, 7, 26, 6.0),
        Form(
            "PHONE_MASKED",
            r"(?:\+?86[- ]?)?1[0-9][0-9][- ]?[*xX#•●＊]{3,8}[- ]?\d{2,4}|"
            r"0\d{2,3}-?\d{0,4}\*{3,6}\d{0,4}|\*{5,8}\d{3,4}|1\d{6}\*{4}",
            8,
            20,
            6.5,
        ),
        Form("EMAIL", r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}", 6, 254, 7.0),
        Form(
            "BANK_CARD",
            r"\d{4}(?:[ -]?\d{4}){2,3}[ -]?\d{0,4}\d{0,3}|\d{15,19}",
            13,
            24,
            6.2,
            lambda t: luhn.is_card(_bare(t)),
            0.1,
        ),
        Form("IMEI", r"\d{15}|\d{2}-\d{6}-\d{6}-\d", 15, 18, 6.6, lambda t: luhn.is_device(_bare(t)), 0.1),
        Form("PASSPORT", r"(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7}|(?:D|S|P|DE|SE|PE)\d{7,8}|1[45]\d{7})", 8, 10, 3.4),
        Form("TRAVEL_PERMIT", r"[HMhm](?:\d{8}|\d{10})", 9, 11, 3.4),
        Form("TRAVEL_PERMIT", r"C\d{8}|C[A-HJ-NP-Z]\d{7}|[LT]\d{8}", 9, 9, 2.4),
        Form(
            "PLATE",
            rf"[{PROVINCE_CHARACTERS}][A-HJ-NP-Za-hj-np-z][·•\- ]?(?:[A-HJ-NP-Za-hj-np-z0-9]{{5,6}}|"
            rf"[A-HJ-NP-Za-hj-np-z0-9]{{4}}[挂学警港澳领])",
            7,
            9,
            7.0,
        ),
        Form(
            "IP",
            r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?|"
            r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}",
            3,
            45,
            6.5,
            network.is_address,
            0.2,
        ),
        Form("MAC", r"[0-9A-Fa-f]{2}(?:[:\-][0-9A-Fa-f]{2}){5}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}", 12, 17, 7.0),
        Form("URL", r"(?:https?|ftp|wss?)://\S+|www\.[A-Za-z0-9\-]+\.\S+", 8, 4000, 7.0),
        Form(
            "HASH",
            r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}|"
            r"[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64}|(?:md5|sha\d+)[:$][0-9A-Za-z+/=]+)",
            32,
            140,
            6.0,
        ),
        Form(
            "GEO",
            r"[\[(]?-?\d{1,3}\.\d{2,10}[,;| ] ?-?\d{1,3}\.\d{2,10}[\])]?|POINT ?\(-?\d+\.\d+ "
            r"-?\d+\.\d+\)",
            9,
            50,
            5.5,
        ),
        Form(
            "AUTH_SECRET",
            r"\$2[aby]?\$\d\d\$[./A-Za-z0-9]{53}|\$argon2\S+|\$[156y]\$\S+|pbkdf2\S+\$\S+|"
            r"eyJ[\w\-]+\.[\w\-]+\.[\w\-]*|(?:sk|pk|ak|ghp|xox[bp]|tok|token|secret)"
            r"[-_][A-Za-z0-9_\-]{12,}|\{(?:SSHA|bcrypt)\}\S+|scrypt\S+\$\S+",
            16,
            4000,
            6.5,
        ),
        Form("WECHAT", r"wxid_[A-Za-z0-9]{6,20}", 11, 25, 7.0),
        Form("BIOMETRIC", r"\[? ?-?\d+\.\d+(?:e-?\d+)?(?:[,; ]+-?\d+\.\d+(?:e-?\d+)?){7,} ?\]?", 40, 100000, 5.0),
        Form(
            "BIOMETRIC",
            r"(?i)\S*(?:face|finger|voice|iris|palm|bio|fp|rlt?z?)\S*(?:\.(?:jpe?g|png|bmp|wav|"
            r"tpl|dat|bin|feat|npy)|[:_\-][A-Za-z0-9+/=]{16,})",
            12,
            100000,
            5.0,
        ),
        Form("BIOMETRIC", r"[A-Za-z0-9+/\-_]{64,}={0,2}", 88, 1000000, 3.2, lambda t: not _is_hex(t), 0.0),
        Form("LICENSE_NO", r"\d{20}|\d{26}", 20, 26, 3.8),
    )


def find_forms(profile: Profile, forms: tuple[Form, ...]) -> list[tuple[Finding, npt.NDArray[np.bool_]]]:
    """Give a finding for each form that occurs, with the mask of distinct values that have it."""
    found = []
    for form in forms:
        if profile.most < form.least or profile.least > form.most:
            continue
        mask = np.asarray(
            pc.match_substring_regex(profile.values, f"^(?:{form.pattern})$").to_numpy(zero_copy_only=False)
        )
        share = profile.share(mask)
        if share < _LEAST_SHARE:
            continue
        finding = _weighed(profile, form, mask, share)
        if finding is not None:
            found.append((finding, mask))
    return found


def _weighed(profile: Profile, form: Form, mask: npt.NDArray[np.bool_], share: float) -> Finding | None:
    if form.check is None:
        return Finding(form.type, share, form.strong, (f"form: {share:.0%} of distinct values",))
    places = np.flatnonzero(mask)
    step = max(1, len(places) // _CHECK_LIMIT)
    tried = profile.values.take(places[::step]).to_pylist()
    passed = sum(map(form.check, tried)) / len(tried)
    # A form that only a few checked values share says little: with n values, chance alone gives up to this much.
    luck = form.chance + 2 * (form.chance * (1 - form.chance) / len(tried)) ** 0.5
    if passed > max(luck, 0.5) or (passed >= 1 and form.chance < 0.5):  # noqa: PLR2004 -- more pass than fail
        weight = form.strong if len(tried) > 1 or form.chance < 0.05 else form.strong * 0.75  # noqa: PLR2004 -- one value may be luck
        return Finding(form.type, share * passed, weight, (f"form: {share:.0%}, check digit: {passed:.0%}",))
    if form.unchecked and _is_varied(tried):
        return Finding(form.type, share, form.unchecked, (f"form: {share:.0%}, check digit fails",))
    return None


def _is_varied(values: list[str]) -> bool:
    """Tell codes with letters and digits in changing places from one house's numbering, which has one mask."""
    masks = Counter("".join("9" if c.isdigit() else "A" for c in value) for value in values)
    letters = sum(mask.count("A") for mask in masks.elements()) / len(values)
    return masks.most_common(1)[0][1] <= max(2, 0.5 * len(values)) and letters >= 2  # noqa: PLR2004 -- a maker's code has some


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)
