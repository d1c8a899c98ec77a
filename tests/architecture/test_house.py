"""The house as machines can check it: contracts, sizes, errors, tables and migrations."""

import ast
import importlib
import inspect
import pkgutil
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from storage import metadata
from storage.errors import ProductError

ROOT = Path(__file__).parents[2]
PACKAGES = ("audit", "classification", "consent", "federated", "governance", "policies", "storage")
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations/versions" not in str(path)
)


def import_everything() -> None:
    for package in PACKAGES:
        root = importlib.import_module(package)
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if ".migrations" not in found.name and not found.name.endswith(("__main__", ".child")):
                importlib.import_module(found.name)


def all_errors() -> list[type[ProductError]]:
    import_everything()
    found, stack = [], [ProductError]
    while stack:
        kind = stack.pop()
        found.append(kind)
        stack.extend(kind.__subclasses__())
    return sorted(found, key=lambda kind: kind.__qualname__)


def test_imports_point_down_only() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_every_module_can_be_read_in_one_sitting() -> None:
    long = {str(path.relative_to(ROOT)): n for path in MODULES if (n := path.read_text().count("\n")) > 300}

    assert long == {}


def test_no_module_bears_an_empty_name() -> None:
    empty = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}

    assert [str(path) for path in MODULES if path.stem in empty] == []


def test_every_error_speaks_both_languages_about_the_same_things() -> None:
    def names(text: str) -> set[str]:
        # A placeholder may itself be said in two languages, as `{reason_zh}` beside `{reason}` or `{zh}` beside `{en}`.
        found = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        return {re.sub(r"_?(zh|en)$", "", name) for name in found}

    wrong = [
        kind.__qualname__
        for kind in all_errors()
        if not kind.zh or not kind.en or names(kind.zh) != names(kind.en) or bool(kind.zh_next) != bool(kind.en_next)
    ]

    assert wrong == []


def told_in_one_language(source: str, errors: set[str]) -> list[str]:
    """Find prose that is handed to one of our errors as plain text instead of a pair."""
    prose = re.compile(r"[a-z]{2,} [a-z]{2,}|[\u4e00-\u9fff]")
    found = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or ast.unparse(call.func).rpartition(".")[2] not in errors:
            continue
        for given in call.keywords:
            if given.arg is None or re.search(r"(^|_)(zh|en)(_|$)", given.arg) or given.arg == "kind":
                continue
            pairs = [
                one
                for one in ast.walk(given.value)
                if isinstance(one, ast.Call) and ast.unparse(one.func) in {"Said", "Told"}
            ]
            inside = {id(part) for pair in pairs for part in ast.walk(pair)}
            texts = [
                part.value
                for part in ast.walk(given.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and id(part) not in inside
            ]
            if any(prose.search(text) for text in texts):
                found.append(f"{call.lineno} {given.arg}")
    return found


def test_no_part_of_an_errors_sentence_is_said_in_one_language() -> None:
    # Presidio's own clients compare its sentences, which are English by its contract.
    errors = {kind.__name__ for kind in all_errors() if not kind.__name__.startswith("Presidio")} | {"PatternError"}

    found = {str(path.relative_to(ROOT)): told_in_one_language(path.read_text("utf-8"), errors) for path in MODULES}
    assert {path: places for path, places in found.items() if places} == {}


def test_prose_in_one_language_is_found() -> None:
    source = (
        'NotFoundError(kind="access request", id="x")\n'
        'InputInvalidError(name="days", reason=Said("太长", "far too long"))\n'
        'InputInvalidError(name="days", reason="far too long")\n'
        'InputInvalidError(name=f"{count} days in all")\n'
    )

    assert told_in_one_language(source, {"InputInvalidError", "NotFoundError"}) == ["3 reason", "4 name"]


def test_whatever_can_be_missing_has_a_chinese_name() -> None:
    from governance.errors import KINDS_ZH

    kinds = {
        given.value.value
        for path in MODULES
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "NotFoundError"
        for given in call.keywords
        if given.arg == "kind" and isinstance(given.value, ast.Constant)
    }

    assert kinds - set(KINDS_ZH) == set()


def test_every_error_class_is_drawn_in_its_packages_tree() -> None:
    missing = []
    for kind in all_errors():
        module = inspect.getmodule(kind)
        public = not kind.__name__.startswith("_")
        if public and module and module.__name__.endswith("errors") and kind.__name__ not in (module.__doc__ or ""):
            missing.append(f"{module.__name__}.{kind.__name__}")

    assert missing == []


def test_problem_types_are_unique() -> None:
    from governance.api.problems import slug

    slugs = [slug(kind) for kind in all_errors()]

    assert sorted({name for name in slugs if slugs.count(name) > 1}) == []


def test_migrations_and_tables_agree(engine: Engine) -> None:
    import_everything()
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata())

    assert [change for change in differences if "alembic" not in str(change)] == []


def test_a_product_file_names_no_package_index() -> None:
    pattern = re.compile(r"(index-url\s*[=\s]\s*https?:)|(registry\s*=\s*.http)|files\.pythonhosted", re.IGNORECASE)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()  # noqa: S607 -- git of the machine
    texts = [ROOT / name for name in listed if name.endswith((".txt", ".toml", ".md", ".yaml", ".json", ".py", ".cfg"))]

    found = [
        str(path) for path in texts if path.exists() and path != Path(__file__) and pattern.search(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_package_exports_exists(package: str) -> None:
    module = importlib.import_module(package)

    for name in getattr(module, "__all__", []):
        assert getattr(module, name) is not None
