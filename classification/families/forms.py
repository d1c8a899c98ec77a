"""Identifiers with a written form: an anchored pattern for Arrow's RE2 and, where a standard has one, a check.

The pattern is matched over whole batches (`marking`); the check is a statistical test on a part of the distinct
values: what matters is the share that passes against the share that would pass by chance.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from classification.model import Finding
from classification.profile import Profile
from classification.validators import gb11643, gb16735, gb32100, luhn, network

PROVINCE_CHARACTERS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
_MOBILE = r"1(?:3\d|4[0145-9]|5[0-35-9]|6[2567]|7\d|8\d|9[0-35-9])[- ]?\d{4}[- ]?\d{4}"
_NEAR_MOBILE = r"(?:(?:\+|00)?86[- ]?)?1\d{2}[- ]?\d{4}[- ]?\d{4}"
_LAND = r"\(?0(?:10|2\d|[3-9]\d{2})\)?[- ]?[2-9]\d{6,7}(?:[-转]\d{1,6})?"
PHONE = rf"(?:(?:\+|00)?86[- ]?)?(?:{_MOBILE}|{_LAND})"
_CREDIT_CODE = r"[0-9A-HJ-NPQRTUWXYa-y]{2}\d{6}[0-9A-HJ-NPQRTUWXYa-y]{10}"
_MASKED_PHONE = (
    r"(?:\+?86[- ]?)?1[0-9][0-9][- ]?[*xX#•●＊]{3,8}[- ]?\d{2,4}|"
    r"0\d{2,3}-?\d{0,4}\*{3,6}\d{0,4}|\*{5,8}\d{3,4}|1\d{6}\*{4}"
)
_EMAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}"
_CARD = r"\d{4}(?:[ -]?\d{4}){2,3}[ -]?\d{0,4}\d{0,3}|\d{15,19}"
_DEVICE = r"\d{15}|\d{2}-\d{6}-\d{6}-\d"
_PASSPORT = r"(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7}|(?:D|S|P|DE|SE|PE)\d{7,8}|1[45]\d{7})"
_PLATE = (
    rf"[{PROVINCE_CHARACTERS}][A-HJ-NP-Za-hj-np-z][·•\- ]?(?:[A-HJ-NP-Za-hj-np-z0-9]{{5,6}}|"
    rf"[A-HJ-NP-Za-hj-np-z0-9]{{4}}[挂学警港澳领])"
)
_ADDRESS = r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}"
_MAC = r"[0-9A-Fa-f]{2}(?:[:\-][0-9A-Fa-f]{2}){5}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"
_HASH = (
    r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}|"
    r"[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64}|(?:md5|sha\d+)[:$][0-9A-Za-z+/=]+)"
)
_POSITION = r"[\[(]?-?\d{1,3}\.\d{2,10}[,;| ] ?-?\d{1,3}\.\d{2,10}[\])]?|POINT ?\(-?\d+\.\d+ -?\d+\.\d+\)"
_CREDENTIAL = (
    r"\$2[aby]?\$\d\d\$[./A-Za-z0-9]{53}|\$argon2\S+|\$[156y]\$\S+|pbkdf2\S+\$\S+|"
    r"eyJ[\w\-]+\.[\w\-]+\.[\w\-]*|(?:sk|pk|ak|ghp|xox[bp]|tok|token|secret)"
    r"[-_][A-Za-z0-9_\-]{12,}|\{(?:SSHA|bcrypt)\}\S+|scrypt\S+\$\S+"
)
_VECTOR = r"\[? ?-?\d+\.\d+(?:e-?\d+)?(?:[,; ]+-?\d+\.\d+(?:e-?\d+)?){7,} ?\]?"
_TEMPLATE = (
    r"(?i)[!-~]*(?:face|finger|voice|iris|palm|bio|fp|rlt?z?)[!-~]*(?:\.(?:jpe?g|png|bmp|wav|"
    r"tpl|dat|bin|feat|npy)|[:_\-][A-Za-z0-9+/=]{16,})"
)
_BASE64 = r"[A-Za-z0-9+/\-_]{64,}={0,2}"
_ENOUGH, _NEARLY_ALL = 8, 0.85
_CHECK_LIMIT = 600  # of chance shares of a tenth, a tested share strays by 2.5 points at most
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
        needs, within: kinds of characters that every such value has, and the only ones it has, in the letters of
            `marking.KINDS`; a gate before any matching, empty for any.
        near: a wider form that numbers of another kind have too; the form is a finding when nearly all that have the
            wider one have it, and else what chance gives.
    """

    type: str
    pattern: str
    least: int
    most: int
    strong: float
    check: Callable[[str], bool] | None = None
    chance: float = 0.0
    unchecked: float = 0.0
    needs: str = ""
    within: str = ""
    near: str = ""


def written_forms(today: date) -> tuple[Form, ...]:
    """Give all forms; `today` bounds birth dates."""
    citizen = partial(gb11643.is_identity_number, today=today)
    older = partial(gb11643.is_old_identity_number, today=today)
    foreigner = partial(gb11643.is_foreigner_permanent, today=today)
    return (
        Form("ID_CARD", r"[1-8]\d{16}[\dXx]", 18, 18, 7.5, citizen, 1 / 11, needs="9", within="9Aa"),
        Form("ID_CARD", r"[1-6]\d{14}", 15, 15, 4.0, older, 0.01, within="9"),
        Form("FOREIGNER_PR", r"9\d{16}[\dXx]", 18, 18, 7.0, foreigner, 1 / 11, needs="9", within="9Aa"),
        Form("FOREIGNER_PR", r"[A-Z]{3}\d{12}", 15, 15, 5.0, foreigner, 0.01, needs="9A", within="9A"),
        Form("USCC", _CREDIT_CODE, 18, 18, 7.0, gb32100.is_credit_code, 1 / 31, needs="9", within="9Aa"),
        Form("USCC", r"[159ANY][1239]\d{6}[0-9A-HJ-NPQRTUWXY]{10}", 18, 18, 4.2, needs="9", within="9A"),
        Form("VIN", r"[A-HJ-NPR-Za-hj-npr-z0-9]{17}", 17, 17, 6.5, gb16735.is_vehicle_number, 1 / 11, 3.4, "", "9Aa"),
        Form("PHONE", PHONE, 7, 26, 6.0, None, 0, 1.6, "9", "9+- ?w", rf"{_NEAR_MOBILE}|{_LAND}"),
        Form("PHONE_MASKED", _MASKED_PHONE, 8, 20, 6.5, needs="9", within="9Aa*?w+- "),
        Form("EMAIL", _EMAIL, 6, 254, 7.0, needs="@.", within="9Aa@._-+?"),
        Form("BANK_CARD", _CARD, 13, 24, 6.2, lambda t: luhn.is_card(_bare(t)), 0.1, needs="9", within="9 -"),
        Form("IMEI", _DEVICE, 15, 18, 6.6, lambda t: luhn.is_device(_bare(t)), 0.1, needs="9", within="9-"),
        Form("PASSPORT", _PASSPORT, 8, 10, 3.4, needs="9", within="9A"),
        Form("TRAVEL_PERMIT", r"[HMhm](?:\d{8}|\d{10})", 9, 11, 3.4, needs="9", within="9Aa"),
        Form("TRAVEL_PERMIT", r"C\d{8}|C[A-HJ-NP-Z]\d{7}|[LT]\d{8}", 9, 9, 2.4, needs="9A", within="9A"),
        Form("PLATE", _PLATE, 7, 9, 7.0, needs="w", within="9Aaw- "),
        Form("IP", _ADDRESS, 3, 45, 6.5, network.is_address, 0.2, within="9Aa.:/"),
        Form("MAC", _MAC, 12, 17, 7.0, within="9Aa:-."),
        Form("URL", r"(?:https?|ftp|wss?)://\S+", 8, 4000, 7.0, needs="a:/"),
        Form("URL", r"www\.[A-Za-z0-9\-]+\.\S+", 8, 4000, 7.0, needs="a."),
        Form("HASH", _HASH, 32, 140, 6.0, within="9Aa:?+/"),
        Form("GEO", _POSITION, 9, 50, 5.5, needs="9.", within="9A.- ?"),
        Form("AUTH_SECRET", _CREDENTIAL, 16, 4000, 6.5),
        Form("WECHAT", r"wxid_[A-Za-z0-9]{6,20}", 11, 25, 7.0, needs="a_", within="9Aa_"),
        Form("BIOMETRIC", _VECTOR, 40, 100000, 5.0, needs="9.", within="9a.-+? "),
        Form("BIOMETRIC", _TEMPLATE, 12, 100000, 5.0, within="9Aa@.:-*/_+?"),
        Form("BIOMETRIC", _BASE64, 88, 1000000, 3.2, lambda t: not _is_hex(t), within="9Aa+/-_?"),
        Form("LICENSE_NO", r"\d{20}|\d{26}", 20, 26, 3.8, within="9"),
    )


def find_forms(profile: Profile, forms: tuple[Form, ...]) -> list[Finding]:
    """Give a finding for each form that occurs."""
    found = []
    for place, form in enumerate(forms):
        mask = profile.marked(place)
        share = profile.share(mask)
        if share < _LEAST_SHARE:
            continue
        finding = _weighed(profile, form, mask, share)
        if finding is not None:
            found.append(finding)
    return found


def _weighed(profile: Profile, form: Form, mask: npt.NDArray[np.bool_], share: float) -> Finding | None:
    if form.near and _is_chance(profile, form, mask):
        return Finding(form.type, share, form.unchecked, (f"form: {share:.0%}, as many as chance gives",))
    if form.check is None:
        return Finding(form.type, share, form.strong, (f"form: {share:.0%} of distinct values",))
    places = np.flatnonzero(mask)
    step = max(1, -(-len(places) // _CHECK_LIMIT))
    tried = profile.values.take(pa.array(places[::step])).to_pylist()
    passed = sum(map(form.check, tried)) / len(tried)
    # A form that only a few checked values share says little: with n values, chance alone gives up to this much.
    luck = form.chance + 2 * (form.chance * (1 - form.chance) / len(tried)) ** 0.5
    if passed > max(luck, 0.5) or (passed >= 1 and form.chance < 0.5):  # noqa: PLR2004 -- more pass than fail
        weight = form.strong if len(tried) > 1 or form.chance < 0.05 else form.strong * 0.75  # noqa: PLR2004 -- one value may be luck
        return Finding(form.type, share * passed, weight, (f"form: {share:.0%}, check digit: {passed:.0%}",))
    if form.unchecked and _is_varied(tried):
        return Finding(form.type, share, form.unchecked, (f"form: {share:.0%}, check digit fails",))
    return None


def _is_chance(profile: Profile, form: Form, mask: npt.NDArray[np.bool_]) -> bool:
    """Tell whether clearly fewer values have the form than have the wider one."""
    wider = np.asarray(pc.match_substring_regex(profile.values, f"^(?:{form.near})$"))
    near = int(wider.sum())
    return near >= _ENOUGH and int((mask & wider).sum()) < _NEARLY_ALL * near


def _is_varied(values: list[str]) -> bool:
    """Tell codes with letters and digits in changing places from one house's numbering, which has one mask."""
    masks = Counter("".join("9" if c.isdigit() else "A" for c in value) for value in values)
    letters = sum(mask.count("A") for mask in masks.elements()) / len(values)
    return masks.most_common(1)[0][1] <= max(2, 0.5 * len(values)) and letters >= 2  # noqa: PLR2004 -- a maker's code has some


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)
