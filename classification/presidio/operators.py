"""Our operators as Presidio knows operators, so that its anonymizer gives the very text that ours gives.

Stock operators keep their names and parameters. Ours stand beside them: `usual_mask`, `keyed_hash`, `keep_shape`,
`token`; each gets Presidio's entity name and takes it back to our type.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from presidio_anonymizer import AnonymizerEngine, DeanonymizeEngine
from presidio_anonymizer.entities import InvalidParamError, OperatorConfig
from presidio_anonymizer.operators import Custom, Operator, OperatorType

from classification.errors import OperatorError
from classification.operators import HASH, KEEP_SHAPE, MASK, REPLACE, TOKEN, Choice, Operators
from classification.presidio.names import our_name, presidio_name

THEIR_NAMES: Mapping[str, str] = {MASK: "usual_mask", HASH: "keyed_hash", KEEP_SHAPE: "keep_shape", TOKEN: "token"}


def anonymizer_engine(operators: Operators) -> AnonymizerEngine:
    """Give Presidio's anonymizer with our operators beside its own, and without the one that runs a client's code.

    Args:
        operators: with keys; `token` works where they are of a purpose.
    """
    engine = AnonymizerEngine()  # type: ignore[no-untyped-call]  # Presidio's own gap
    engine.remove_anonymizer(Custom)
    for ours, theirs in THEIR_NAMES.items():
        engine.add_anonymizer(_bound(ours, theirs, operators))
    return engine


def deanonymizer_engine() -> DeanonymizeEngine:
    """Give Presidio's engine that takes its own `encrypt` back. Tokens are opened by `restore`, under a purpose."""
    return DeanonymizeEngine()  # type: ignore[no-untyped-call]  # Presidio's own gap


def operator_configs(choice: Choice, labels: Iterable[str]) -> dict[str, OperatorConfig]:
    """Give a choice as Presidio's configuration.

    Presidio joins neighbours of one type with nothing but blanks between them unless it is called with
    `merge_entities_with_spaces=False`; so called, its text is ours.
    """
    configs = {presidio_name(label): _config(choice.of(label), label) for label in labels}
    return configs | {"DEFAULT": _config(choice.default, "")}


def _config(operator: str, label: str) -> OperatorConfig:
    if operator == REPLACE:
        return OperatorConfig("replace", {"new_value": f"<{label}>"} if label else {})
    return OperatorConfig(THEIR_NAMES[operator])


def _bound(ours: str, theirs: str, operators: Operators) -> type[Operator]:
    """Give an operator class that knows our operators; Presidio makes its objects without arguments."""

    class Bound(Operator):
        def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
            try:
                return operators.put(ours, our_name(str((params or {}).get("entity_type", ""))), text)
            except OperatorError as error:
                raise InvalidParamError(error.detail("en")) from error

        def validate(self, params: dict[str, Any] | None = None) -> None:
            """Accept: there is nothing to configure."""

        def operator_name(self) -> str:
            return theirs

        def operator_type(self) -> OperatorType:
            return OperatorType.Anonymize

    return Bound
