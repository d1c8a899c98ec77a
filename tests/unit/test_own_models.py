"""Models for names: a small one of spaCy's is made and saved here; other libraries are simulated at their edge."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from classification import Recognisers, analyse_text, load_own_rules, load_recognisers, load_tier_policy
from classification.errors import ModelUnavailableError


def load(folder: Path, kind: str, **more: str) -> Recognisers:
    lines = "".join(f"    {name}: {value}\n" for name, value in more.items())
    text = f"models:\n  - kind: {kind}\n    path: model\n    labels: {{PER: PERSON}}\n    languages: [zh]\n{lines}"
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return load_recognisers(own=load_own_rules(folder / "own.yaml", load_tier_policy()))


def names(text: str, recognisers: Recognisers, language: str = "zh") -> list[str]:
    found = analyse_text(text, language, recognisers)
    return [text[span.start : span.end] for span in found if span.label == "PERSON"]


@pytest.fixture(scope="module")
def spacy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that knows one name no rule of ours finds, saved as any trained one is."""
    import spacy

    folder = tmp_path_factory.mktemp("models")
    pipeline = spacy.blank("zh")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(  # type: ignore[attr-defined]  # the component's own method
        [{"label": "PER", "pattern": "阿依古丽"}, {"label": "ORG", "pattern": "某某公司"}]
    )
    pipeline.to_disk(folder / "model")
    return folder


def test_a_model_finds_names_that_rules_do_not(spacy_folder: Path) -> None:
    text = "昨天阿依古丽去了某某公司"

    assert names(text, load_recognisers()) == []
    assert names(text, load(spacy_folder, "spacy")) == ["阿依古丽"]


def test_a_model_reads_its_languages_only(spacy_folder: Path) -> None:
    assert names("昨天阿依古丽去了", load(spacy_folder, "spacy"), "en") == []


def test_a_score_below_the_threshold_does_not_count(spacy_folder: Path) -> None:
    recognisers = load(spacy_folder, "spacy", threshold="0.9", score="0.6")

    assert names("昨天阿依古丽去了", recognisers) == []


def test_a_long_text_is_read_to_its_end(spacy_folder: Path) -> None:
    text = "无事发生。" * 9000 + "昨天阿依古丽来过"

    assert names(text, load(spacy_folder, "spacy")) == ["阿依古丽"]


def test_presidios_analyzer_finds_the_same(spacy_folder: Path) -> None:
    from classification.presidio import analyzer_engine

    text = "昨天阿依古丽去了某某公司"
    recognisers = load(spacy_folder, "spacy")
    results = analyzer_engine(recognisers).analyze(text, "zh")

    assert [(one.start, one.end, one.entity_type, one.score) for one in results] == [(2, 6, "PERSON", 0.8)]


def test_a_model_is_loaded_with_the_first_text(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    recognisers = load(tmp_path, "spacy")

    with pytest.raises(ModelUnavailableError) as caught:
        names("昨天阿依古丽去了", recognisers)
    assert "own.yaml:2" in caught.value.detail("en")
    assert "no model that spacy reads" in caught.value.detail("en")


@pytest.mark.parametrize("kind", ["transformers", "gliner"])
def test_a_library_that_is_not_installed_is_named(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.setitem(sys.modules, kind, None)  # as Python has it for what can't be imported

    with pytest.raises(ModelUnavailableError) as caught:
        names("昨天阿依古丽去了", load(tmp_path, kind))
    assert f"package `{kind}` is not installed" in caught.value.detail("en")
    assert kind in caught.value.next_step("zh")


class Simulator(ModuleType):
    """The edges of transformers and GLiNER that we use: what they are asked, and answers in their form."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.asked: list[dict[str, Any]] = []
        loader = SimpleNamespace(from_pretrained=self._from_pretrained)
        self.AutoModelForTokenClassification = self.AutoTokenizer = self.GLiNER = loader

    def _from_pretrained(self, path: str, **arguments: Any) -> SimpleNamespace:
        self.asked.append({"path": path, **arguments})
        return SimpleNamespace(predict_entities=lambda text, *_, **__: self._found(text, "label"))

    def pipeline(self, task: str, **arguments: Any) -> Any:
        del task, arguments
        return lambda text: self._found(text, "entity_group")

    @staticmethod
    def _found(text: str, name: str) -> list[dict[str, Any]]:
        at = text.find("阿依古丽")
        return [{"start": at, "end": at + 4, name: "PER", "score": 0.97}] if at >= 0 else []


@pytest.mark.parametrize("kind", ["transformers", "gliner"])
def test_other_libraries_are_asked_for_a_local_folder_and_their_answers_understood(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    library = Simulator(kind)
    monkeypatch.setitem(sys.modules, kind, library)
    text = "无事发生。" * 300 + "昨天阿依古丽来过"

    assert names(text, load(tmp_path, kind)) == ["阿依古丽"]
    assert all(asked["path"] == str(tmp_path / "model") and asked["local_files_only"] for asked in library.asked)
