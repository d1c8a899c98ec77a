"""Presidio's REST contract, driven with requests in the form its documentation gives; the log learns no text."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from audit import entry, head
from governance.app import create_app
from governance.house import House, open_house
from governance.identity import put_person
from governance.journeys.identity import issue_token_for
from governance.settings import Settings
from storage import read_only, unit_of_work
from tests.journeys.conftest import NOON

SAID = "我是王芳，请回电13800008000。"
Post = Callable[[str, Any], Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, House]]:
    """One service for the module: what is asked here changes nothing but the log."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("presidio") / "var", language="en")
    with open_house(settings, clock=lambda: NOON) as house:
        with unit_of_work(house.engine) as session:
            put_person(session, "lin", name="Lin", roles=[], now=NOON)
        with TestClient(create_app(settings, clock=lambda: NOON)) as opened:
            token = issue_token_for(house, "owner", "lin", 1).token
            opened.headers.update({"Authorization": f"Bearer {token}", "Accept-Language": "en"})
            yield opened, house


@pytest.fixture
def client(served: tuple[TestClient, House]) -> TestClient:
    return served[0]


@pytest.fixture
def post(client: TestClient) -> Post:
    return lambda path, body: client.post(f"/api/v1/presidio/{path}", json=body)


def analyze(post: Post, text: object, language: str = "en", **more: object) -> Any:
    answer = post("analyze", {"text": text, "language": language, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def entities(found: list[dict[str, Any]]) -> list[str]:
    return sorted(one["entity_type"] for one in found)


def test_a_text_gives_a_list_of_results(post: Post) -> None:
    assert analyze(post, "mail ann@mail.example now") == [
        {"analysis_explanation": None, "end": 21, "entity_type": "EMAIL_ADDRESS", "score": 0.98, "start": 5}
    ]


def test_a_list_of_texts_gives_a_list_of_lists(post: Post) -> None:
    found = analyze(post, [SAID, "", "mail ann@mail.example"], "zh")

    assert [entities(one) for one in found] == [["PERSON", "PHONE_NUMBER"], [], ["EMAIL_ADDRESS"]]


def test_stock_recognisers_answer_beside_ours(post: Post) -> None:
    found = analyze(post, "Customer Mary Johnson, drivers license AC432223")

    assert {"PERSON", "US_DRIVER_LICENSE"} <= set(entities(found))


def test_threshold_entities_and_allow_list_choose(post: Post) -> None:
    text = "mail ann@mail.example or 212-555-0123"

    assert entities(analyze(post, text, entities=["PHONE_NUMBER"])) == ["PHONE_NUMBER"]
    assert entities(analyze(post, text, score_threshold=0.9)) == ["EMAIL_ADDRESS"]
    assert entities(analyze(post, text, score_threshold=0.5, allow_list=["212-555-0123"])) == ["EMAIL_ADDRESS"]
    one = {"allow_list": ["ANN@.*"], "allow_list_match": "regex", "entities": ["EMAIL_ADDRESS"]}
    assert entities(analyze(post, text, **one)) == []
    assert entities(analyze(post, text, **one, regex_flags=0)) == ["EMAIL_ADDRESS"]


def test_unknown_members_and_a_correlation_id_do_no_harm(post: Post) -> None:
    assert analyze(post, "ann@mail.example", correlation_id="123", trace="1", return_decision_process=0)


def test_the_decision_process_is_given_when_asked_for(post: Post) -> None:
    found = analyze(post, "card 4242424242424242", entities=["CREDIT_CARD"], return_decision_process=True)
    explanation = found[0]["analysis_explanation"]

    assert explanation["recognizer"] == "MingjingRecognizer"
    assert explanation["validation_result"] is True
    assert {"original_score", "score", "pattern", "pattern_name", "supportive_context_word"} <= explanation.keys()


ZIP = {
    "name": "Zip code Recognizer",
    "supported_language": "en",
    "patterns": [{"name": "zip code (weak)", "regex": "(\\b\\d{5}(?:\\-\\d{4})?\\b)", "score": 0.01}],
    "supported_entity": "ZIP",
}


def test_a_recogniser_of_the_request_runs_and_heeds_context(post: Post) -> None:
    text = "Zip code: 10023"
    plain = analyze(post, text, ad_hoc_recognizers=[ZIP], entities=["ZIP"])
    raised = analyze(post, text, ad_hoc_recognizers=[ZIP | {"context": ["zip", "code"]}], entities=["ZIP"])

    assert (plain[0]["start"], plain[0]["end"], plain[0]["score"]) == (10, 15, 0.01)
    assert raised[0]["score"] == 0.4


def test_a_deny_list_of_the_request_runs(post: Post) -> None:
    titles = {"name": "Titles", "supported_language": "en", "deny_list": ["Mr", "Mrs"], "supported_entity": "TITLE"}
    found = analyze(post, "Mr Brown and Mrs Brown", ad_hoc_recognizers=[titles], entities=["TITLE"])

    assert [(one["start"], one["end"]) for one in sorted(found, key=lambda one: one["start"])] == [(0, 2), (13, 16)]


def test_a_catastrophic_pattern_is_refused_in_seconds(post: Post) -> None:
    slow = ZIP | {"patterns": [{"name": "slow", "regex": "(a|aa)+$", "score": 0.5}]}
    started = time.monotonic()
    answer = post("analyze", {"text": ["a" * 60 + "!"] * 9, "language": "en", "ad_hoc_recognizers": [slow]})

    assert answer.status_code == 400
    assert "too slow" in answer.json()["error"] or "too long" in answer.json()["error"]
    assert time.monotonic() - started < 60


def test_a_catastrophic_allow_list_is_refused_in_seconds(post: Post) -> None:
    text = ("a" * 40 + "@mail.example ") * 20
    more = {"allow_list": ["(a|aa)+$"], "allow_list_match": "regex"}
    started = time.monotonic()
    answer = post("analyze", {"text": text, "language": "en", **more})

    assert answer.status_code == 400
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "No text provided"),
        ({"language": "en"}, "No text provided"),
        ({"text": "", "language": "en"}, "No text provided"),
        ({"text": "x"}, "No language provided"),
        ({"text": "x", "language": "zz"}, "No matching recognizers were found to serve the request."),
        ({"text": 7, "language": "en"}, "text must be a string or a list of strings"),
        ({"text": "x", "language": "en", "score_threshold": "high"}, "score_threshold must be of type float"),
        ({"text": "x", "language": "en", "entities": "PERSON"}, "entities must be of type list"),
        ({"text": "x", "language": "en", "allow_list": ["("], "allow_list_match": "regex", "context": [1]}, "context"),
        ({"text": "x" * 2_000_001, "language": "en"}, "at most"),
        ([], "No text provided"),
    ],
)
def test_what_analyze_can_not_answer_is_an_error_in_its_form(post: Post, body: object, message: str) -> None:
    answer = post("analyze", body)

    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert message in answer.json()["error"]


def test_a_malformed_recogniser_is_told_as_presidio_tells_it(post: Post) -> None:
    wrong = ZIP | {"patterns": [{"type": "zip", "bebex": "x", "confidence": 0.01}]}
    answer = post("analyze", {"text": "x", "language": "en", "ad_hoc_recognizers": [wrong]})

    assert answer.status_code == 400
    assert answer.json()["error"] == (
        "Failed to parse /analyze request for AnalyzerEngine.analyze(). "
        "Pattern.__init__() got an unexpected keyword argument 'type'"
    )


def test_a_body_that_is_no_json_is_an_error_in_its_form(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    answers = [
        client.post(f"/api/v1/presidio/{path}", content=b"{not json", headers=headers)
        for path in ("analyze", "anonymize", "deanonymize")
    ]

    assert [(one.status_code, one.json()) for one in answers] == [(400, {"error": "Invalid request json"})] * 3


HELLO = "hello world, my name is Jane Doe. My number is: 034453334"
RESULTS = [
    {"start": 24, "end": 32, "score": 0.8, "entity_type": "NAME"},
    {"start": 24, "end": 28, "score": 0.8, "entity_type": "FIRST_NAME"},
    {"start": 29, "end": 32, "score": 0.6, "entity_type": "LAST_NAME"},
    {"start": 48, "end": 57, "score": 0.95, "entity_type": "PHONE_NUMBER"},
]


def test_anonymize_takes_an_operator_for_each_entity(post: Post) -> None:
    operators = {
        "DEFAULT": {"type": "replace", "new_value": "ANONYMIZED"},
        "PHONE_NUMBER": {"type": "mask", "masking_char": "*", "chars_to_mask": 4, "from_end": True},
    }
    answer = post("anonymize", {"text": HELLO, "anonymizers": operators, "analyzer_results": RESULTS}).json()

    assert answer["text"] == "hello world, my name is ANONYMIZED. My number is: 03445****"
    told = [{key: value for key, value in item.items() if key != "score"} for item in answer["items"]]
    assert told == [
        {"operator": "mask", "entity_type": "PHONE_NUMBER", "start": 50, "end": 59, "text": "03445****"},
        {"operator": "replace", "entity_type": "NAME", "start": 24, "end": 34, "text": "ANONYMIZED"},
    ]


@pytest.mark.parametrize(
    ("operator", "shown"),
    [
        ({"type": "replace"}, "<PHONE_NUMBER>"),
        ({"type": "redact"}, ""),
        ({"type": "keep"}, "034453334"),
        ({"type": "hash", "hash_type": "sha256", "salt": "s" * 16}, 64),
        ({"type": "hash", "hash_type": "sha512"}, 128),
        ({"type": "encrypt", "key": "k" * 16}, 44),
        ({"type": "keep_shape"}, 9),
        ({"type": "keyed_hash"}, 32),
        ({"type": "usual_mask"}, "034****3334"),
    ],
)
def test_every_operator_works(post: Post, operator: dict[str, object], shown: str | int) -> None:
    body = {"text": HELLO, "anonymizers": {"PHONE_NUMBER": operator}, "analyzer_results": RESULTS[3:]}
    text = post("anonymize", body).json()["items"][0]["text"]

    assert len(text) == shown if isinstance(shown, int) else text == shown


def test_encryption_is_taken_back_with_the_key(post: Post) -> None:
    given = {
        "text": HELLO,
        "analyzer_results": RESULTS[3:],
        "anonymizers": {"DEFAULT": {"type": "encrypt", "key": "k" * 16}},
    }
    sealed = post("anonymize", given).json()
    found = [{key: item[key] for key in ("start", "end", "entity_type")} for item in sealed["items"]]
    asked = {"text": sealed["text"], "deanonymizers": {"DEFAULT": {"type": "decrypt", "key": "k" * 16}}}
    answer = post("deanonymize", asked | {"anonymizer_results": found}).json()

    assert answer["text"] == HELLO
    assert answer["items"][0]["operator"] == "decrypt"


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("anonymize", {}, 400, "Invalid request json"),
        ("anonymize", [], 400, "Invalid request json"),
        (
            "anonymize",
            {"text": "x", "anonymizers": {"DEFAULT": {"type": "custom"}}, "analyzer_results": []},
            400,
            "Custom type anonymizer is not supported",
        ),
        ("anonymize", {"text": "x"}, 422, "Invalid input, request must contain analyzer results"),
        ("anonymize", {"text": 7, "analyzer_results": []}, 422, "text"),
        ("anonymize", {"text": "x", "analyzer_results": [7]}, 400, "Invalid request"),
        ("anonymize", {"text": "x", "analyzer_results": {}}, 422, "analyzer_results"),
        ("anonymize", {"text": "x", "anonymizers": {"DEFAULT": 7}, "analyzer_results": []}, 422, "operator"),
        ("anonymize", {"text": HELLO, "analyzer_results": [RESULTS[3] | {"end": 99}]}, 422, "text length is only 57"),
        (
            "anonymize",
            {"text": HELLO, "anonymizers": {"DEFAULT": {"type": "frobnicate"}}, "analyzer_results": RESULTS},
            422,
            "Invalid operator class 'frobnicate'",
        ),
        (
            "anonymize",
            {"text": HELLO, "anonymizers": {"DEFAULT": {"type": "mask"}}, "analyzer_results": RESULTS},
            422,
            "Expected parameter masking_char",
        ),
        (
            "anonymize",
            {
                "text": HELLO,
                "anonymizers": {"DEFAULT": {"type": "encrypt", "key": "short"}},
                "analyzer_results": RESULTS,
            },
            422,
            "Invalid input, key must be of length 128, 192 or 256 bits",
        ),
        (
            "anonymize",
            {"text": HELLO, "anonymizers": {"DEFAULT": {"type": "token"}}, "analyzer_results": RESULTS},
            422,
            "operator `token` needs a purpose",
        ),
        (
            "anonymize",
            {"text": "x" * 2_000_000, "analyzer_results": [RESULTS[0]] * 6000},
            400,
            "too many results",
        ),
        ("deanonymize", {}, 400, "Invalid request json"),
        (
            "deanonymize",
            {"text": "x", "anonymizer_results": [{"start": 0, "end": 1, "entity_type": "NUMBER"}]},
            422,
            "needs a deanonymizer",
        ),
        (
            "deanonymize",
            {
                "text": "x",
                "deanonymizers": {"NUMBER": {"type": "decrypt", "key": "short"}},
                "anonymizer_results": [{"start": 0, "end": 1, "entity_type": "NUMBER"}],
            },
            422,
            "key must be of length",
        ),
    ],
)
def test_what_operators_can_not_do_is_an_error_in_their_form(
    post: Post, path: str, body: object, status: int, message: str
) -> None:
    answer = post(path, body)

    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert message in answer.json()["error"]


@pytest.mark.parametrize("text", ["\ud83d", "👨\u200d👩\u200d👧 a@mail.example", "\x00" * 5])
def test_odd_characters_come_back_as_they_were(client: TestClient, text: str) -> None:
    body = json.dumps({"text": text, "language": "zh", "analyzer_results": []})
    headers = {"content-type": "application/json"}
    found = client.post("/api/v1/presidio/analyze", content=body, headers=headers)
    kept = client.post("/api/v1/presidio/anonymize", content=body, headers=headers)

    assert (found.status_code, kept.status_code) == (200, 200)
    assert json.loads(kept.text)["text"] == text


def test_lists_name_recognisers_entities_and_operators(client: TestClient) -> None:
    def get(path: str) -> Any:
        return client.get(f"/api/v1/presidio/{path}").json()

    assert "MingjingRecognizer" in get("recognizers?language=en")
    assert {"PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "ID_CARD"} <= set(get("supportedentities?language=en"))
    assert get("supportedentities?language=he") == {"error": "No matching recognizers were found to serve the request."}
    assert set(get("supportedentities?unknown=input")) >= set(get("supportedentities?language=zh"))
    assert {"replace", "redact", "mask", "hash", "encrypt", "keep"} <= set(get("anonymizers"))
    assert "custom" not in get("anonymizers")
    assert "decrypt" in get("deanonymizers")


def test_without_a_token_nothing_is_answered(client: TestClient) -> None:
    nobody = {"Authorization": ""}
    answer = client.post("/api/v1/presidio/analyze", json={"text": SAID, "language": "zh"}, headers=nobody)

    assert answer.status_code == 401
    assert answer.json()["error"] == answer.json()["detail"]
    assert client.get("/api/v1/presidio/anonymizers", headers=nobody).status_code == 401


def test_the_log_holds_counts_and_no_text(post: Post, served: tuple[TestClient, House]) -> None:
    engine = served[1].engine
    with read_only(engine) as session:
        before = head(session).size
    analyze(post, SAID, "zh")
    results = [{"start": 2, "end": 4, "score": 1, "entity_type": "PERSON"}]
    post("anonymize", {"text": SAID, "analyzer_results": results})
    with read_only(engine) as session:
        events = [entry(session, index).event for index in range(before, head(session).size)]
    told = [event for event in events if event.kind.startswith("text.")]

    assert [(event.kind, event.facts["mentions"]) for event in told] == [
        ("text.analysed", {"PERSON": 1, "PHONE_NUMBER": 1}),
        ("text.anonymised", {"PERSON": 1}),
    ]
    assert "王芳" not in str(told)
    assert "13800008000" not in str(told)
