"""Classification: find personal data in samples, label columns, keep the catalogue.

Names load on first use, so that a program that only handles errors pays for no lexicon and no Arrow.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classification.catalogue import (
        Catalogued,
        catalogued,
        dataset_label,
        known_fingerprint,
        label_of,
        labels,
        record_scan,
        set_label,
    )
    from classification.columns import classify
    from classification.model import ColumnSample, DatasetLabel, EntityShare, Finding, Label, Span
    from classification.operators import (
        Choice,
        OperatorKeys,
        Operators,
        Restored,
        operator_keys,
        parse_choice,
        put_in_place,
        restore,
        token_labels,
        usual_masks,
    )
    from classification.ownfile import load_own_rules
    from classification.ownrules import OwnRules
    from classification.recognisers import Recognisers, load_recognisers
    from classification.report import scan_report
    from classification.scanning import scan_batches, scan_table
    from classification.text import analyse_text, anonymise
    from classification.tiers import TierPolicy, load_tier_policy

_HOMES = {
    "ColumnSample": "model",
    "DatasetLabel": "model",
    "EntityShare": "model",
    "Catalogued": "catalogue",
    "Finding": "model",
    "Label": "model",
    "Recognisers": "recognisers",
    "Span": "model",
    "TierPolicy": "tiers",
    "analyse_text": "text",
    "anonymise": "text",
    "classify": "columns",
    "catalogued": "catalogue",
    "dataset_label": "catalogue",
    "known_fingerprint": "catalogue",
    "label_of": "catalogue",
    "labels": "catalogue",
    "load_recognisers": "recognisers",
    "load_tier_policy": "tiers",
    "record_scan": "catalogue",
    "scan_batches": "scanning",
    "scan_report": "report",
    "scan_table": "scanning",
    "set_label": "catalogue",
    "Choice": "operators",
    "OwnRules": "ownrules",
    "load_own_rules": "ownfile",
    "OperatorKeys": "operators",
    "Operators": "operators",
    "Restored": "operators",
    "operator_keys": "operators",
    "parse_choice": "operators",
    "put_in_place": "operators",
    "restore": "operators",
    "token_labels": "operators",
    "usual_masks": "operators",
}

__all__ = [
    "Catalogued",
    "Choice",
    "ColumnSample",
    "DatasetLabel",
    "EntityShare",
    "Finding",
    "Label",
    "OperatorKeys",
    "Operators",
    "OwnRules",
    "Recognisers",
    "Restored",
    "Span",
    "TierPolicy",
    "analyse_text",
    "anonymise",
    "catalogued",
    "classify",
    "dataset_label",
    "known_fingerprint",
    "label_of",
    "labels",
    "load_own_rules",
    "load_recognisers",
    "load_tier_policy",
    "operator_keys",
    "parse_choice",
    "put_in_place",
    "record_scan",
    "restore",
    "scan_batches",
    "scan_report",
    "scan_table",
    "set_label",
    "token_labels",
    "usual_masks",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        message = f"module 'classification' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 -- the point of this function

    return getattr(import_module(f"classification.{_HOMES[name]}"), name)
