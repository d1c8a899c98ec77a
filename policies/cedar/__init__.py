"""Access policies written in Cedar: read, validate, test, and judge by them.

Cedar itself loads with the first set that is read, never with this face.
"""

from policies.cedar.errors import Fault, RulesInvalidError
from policies.cedar.model import Effect, Mode, Rule
from policies.cedar.reading import digest_of, is_part, read_rules, schema_text, shipped_files, shipped_rules
from policies.cedar.release import Release, Scope
from policies.cedar.rules import RuleSet
from policies.cedar.trials import Tried, require_tried, try_rules

__all__ = [
    "Effect",
    "Fault",
    "Mode",
    "Release",
    "Rule",
    "RuleSet",
    "RulesInvalidError",
    "Scope",
    "Tried",
    "digest_of",
    "is_part",
    "read_rules",
    "require_tried",
    "schema_text",
    "shipped_files",
    "shipped_rules",
    "try_rules",
]
