"""Our rules as Presidio knows rules: recognisers, an engine of words without downloads, operators.

This package is the only place that imports Presidio; importing the package itself does not, so that a program which
never asks for an engine does not pay for one. Guarantee: `analyzer_engine(...).analyze(text, "zh" or "en")` gives, for
our entity types, exactly the spans of `classification.analyse_text`, under the names of `names.PRESIDIO_NAMES`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classification.presidio.engine import analyzer_engine, recognizer_registry
    from classification.presidio.operators import anonymizer_engine, deanonymizer_engine, operator_configs
    from classification.presidio.rest import Rest

_HOMES = {
    "analyzer_engine": "engine",
    "recognizer_registry": "engine",
    "anonymizer_engine": "operators",
    "deanonymizer_engine": "operators",
    "operator_configs": "operators",
    "Rest": "rest",
}

__all__ = [
    "Rest",
    "analyzer_engine",
    "anonymizer_engine",
    "deanonymizer_engine",
    "operator_configs",
    "recognizer_registry",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        message = f"module 'classification.presidio' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 -- the point of this function

    return getattr(import_module(f"classification.presidio.{_HOMES[name]}"), name)
