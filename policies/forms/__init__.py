"""Field forms: what a person sees of a value. One grammar, one order of strictness, and two equal implementations.

`apply` works on Python values, `sql` gives a DuckDB expression; a property test holds them equal.
"""

from policies.forms.context import FormContext
from policies.forms.expressions import result_type, sql
from policies.forms.grammar import Form, FormKind, RegionLevel, parse_form
from policies.forms.strictness import meet, stricter
from policies.forms.values import apply

__all__ = [
    "Form",
    "FormContext",
    "FormKind",
    "RegionLevel",
    "apply",
    "meet",
    "parse_form",
    "result_type",
    "sql",
    "stricter",
]
