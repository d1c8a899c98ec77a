"""Looking one person up by a key: which fields are keys, in which forms, and when two spellings are the same key."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from policies.decision import Decision
from policies.reasons import Reason, because
from policies.vocabulary import FormClass, Outcome

KEY_TYPES: Final = frozenset(
    {
        "BANK_CARD",
        "CLAIM_NO",
        "CUSTOMER_NO",
        "EMAIL",
        "FOREIGNER_PR",
        "ID_CARD",
        "PASSPORT",
        "PHONE",
        "PLATE",
        "POLICY_NO",
        "QQ",
        "TRAVEL_PERMIT",
        "VIN",
        "WECHAT",
    }
)
"""Types of which a value names one person or one contract. An amount, a name or a birth date is no key."""
_KEY_CATEGORIES: Final = frozenset({"contact_phone", "contact_email", "gov_id", "payment_account"})
_NOISE: Final = "[ \\t\\r\\n()（）　-]"
_CODE: Final = "^(?:[+]86|0086|86)(1[0-9]{10})$"
_UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWERED: Final = str.maketrans(_UPPER, _UPPER.lower())


def is_key(entity_types: Sequence[str], category: str | None) -> bool:
    """Tell whether a field is one by which a person is looked up; a field nobody scanned goes by its category."""
    if entity_types:
        return entity_types[0] in KEY_TYPES
    return category in _KEY_CATEGORIES


def obstacle(decision: Decision, field: str, *, key: bool) -> Reason | None:
    """Give why a field may not be looked up by under a decision, or nothing.

    Guarantee: a field that is refused, given as a token or for group figures only is never looked up by: its value
        would undo the form.
    """
    found = next((one for one in decision.fields if one.name == field), None)
    if found is None:
        return because("field-not-granted", field=field)
    if found.outcome is not Outcome.ALLOW or found.form is None:
        return found.reasons[0]
    if not key:
        return because("key-field", field=field)
    if found.form.form_class not in {FormClass.RAW, FormClass.MASKED}:
        return because("key-form", field=field, form=str(found.form))
    return None


def normal_key(value: str) -> str:
    """Give the one spelling of a key that somebody wrote: no blanks, hyphens, brackets or +86; half width."""
    return _normal(unicodedata.normalize("NFKC", value))


def _normal(text: str) -> str:
    return re.sub(_CODE, r"\1", re.sub(_NOISE, "", text).translate(_LOWERED))


def normal_key_sql(column: str) -> str:
    """Give the DuckDB expression of a stored key's one spelling.

    Guarantee: equals `normal_key` on every text that holds no full-width letters or digits.
    """
    bare = f"regexp_replace(CAST({column} AS VARCHAR), '{_NOISE}', '', 'g')"
    return f"regexp_replace(translate({bare}, '{_UPPER}', '{_UPPER.lower()}'), '{_CODE}', '\\1')"


def text_sql(value: str) -> str:
    """Give a DuckDB expression of a text that no text can break out of: its bytes in hexadecimal."""
    return f"decode(unhex('{value.encode('utf-8', 'replace').hex()}'))"
