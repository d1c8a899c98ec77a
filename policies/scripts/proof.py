"""Prove a library by the examples that stand beside its rules."""

from policies.scripts.check import check_script
from policies.scripts.errors import PhraseTestFailedError
from policies.scripts.library import PhraseLibrary
from policies.scripts.model import Utterance
from policies.scripts.rules import Example


def prove(library: PhraseLibrary) -> None:
    """Check every example.

    Raises:
        PhraseTestFailedError: names the first example that fails.
    """
    failed = failures(library)
    if failed:
        raise PhraseTestFailedError(count=len(failed), category=failed[0].category, example=failed[0].text)


def failures(library: PhraseLibrary) -> list[Example]:
    """Give the examples that the library contradicts."""
    examples = (example for category in library.categories.values() for example in category.examples)
    return [example for example in examples if _found(library, example) != example.matches]


def _found(library: PhraseLibrary, example: Example) -> bool:
    verdict = check_script(library, Utterance(example.text, product_type=example.product_type))
    return any(violation.category == example.category for violation in verdict.violations)
