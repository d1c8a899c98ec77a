from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from governance.world import ReferenceUnsetError, World, WorldFault, WorldInvalidError, read_world, resolve_url
from tests.world_example import EXAMPLE, lay_out

KNOWN: Mapping[str, Any] = {
    "known_purposes": ["actuarial_statistics", "marketing"],
    "known_roles": ["steward"],
    "known_categories": ["vehicle_driving", "name"],
}


def read(folder: Path, text: str | bytes = EXAMPLE, environment: Mapping[str, str] | None = None, **more: Any) -> World:
    options = dict(KNOWN) | {"allow_fixed_clock": True} | more
    return read_world(lay_out(folder, text), environment or {}, **options)


def faults(folder: Path, text: str | bytes, environment: Mapping[str, str] | None = None) -> list[WorldFault]:
    with pytest.raises(WorldInvalidError) as caught:
        read(folder, text, environment)
    return list(caught.value.faults)


def broken(folder: Path, old: str, new: str, environment: Mapping[str, str] | None = None) -> WorldFault:
    assert old in EXAMPLE
    (only,) = faults(folder, EXAMPLE.replace(old, new), environment)
    return only


def line_of(words: str) -> int:
    return next(number for number, line in enumerate(EXAMPLE.splitlines(), 1) if words in line)


def test_the_interfaces_example_is_read(tmp_path: Path) -> None:
    world = read(tmp_path)

    assert world.id == "example"
    assert world.clock == datetime.fromisoformat("2026-03-01T09:00:00+08:00")
    (source,) = world.sources
    assert (source.id, source.title["en"], source.url, source.owner) == (
        "cars",
        "Motor core",
        "sqlite:///cars.db",
        "motor",
    )
    assert source.path == tmp_path / "cars.db"
    (dataset,) = world.datasets
    assert (dataset.id, dataset.source, dataset.subject) == ("cars.owners", "cars", "owner_no")
    assert dataset.meta == {"subject": "minor_under_14"}
    assert (dataset.fields["plate"].category, dataset.fields["plate"].tier) == ("vehicle_driving", 3)
    assert [(person.id, person.name, person.roles) for person in world.people] == [("lin", "林工", ("actuary",))]
    assert world.roles[0].purposes == ("actuarial_statistics", "pricing_study")


def test_the_examples_purposes_notices_grants_and_the_rest_are_read(tmp_path: Path) -> None:
    world = read(tmp_path)

    assert world.purposes[0].entry == {
        "id": "pricing_study",
        "title": {"zh": "费率研究", "en": "Pricing study"},
        "basis": ["consent"],
        "consent": "general",
        "min_cell": 20,
    }
    (notice,) = world.notices
    assert (notice.version, notice.current) == ("2026-1", True)
    assert notice.text_digest == sha256(notice.text_file.read_bytes()).hexdigest()
    (grant,) = world.grants
    assert (grant.holder_kind, grant.holder, grant.purpose, grant.dataset) == (
        "role",
        "actuary",
        "pricing_study",
        "cars.owners",
    )
    assert grant.forms == {
        "owner_no": "token",
        "plate": "generalise:prefix(2)",
        "city": "raw",
        "mileage": "generalise:floor(1000)",
    }
    assert grant.expires_at == datetime.fromisoformat("2026-12-31T00:00:00+08:00")
    assert world.consents is not None
    assert world.consents.file == tmp_path / "consents.csv"
    assert [(partner.id, partner.name, partner.kind) for partner in world.partners] == [
        ("hospital-a", "市一院", "medical")
    ]
    assert world.contacts is not None
    assert world.contacts.monthly_cap == 3


def test_the_example_holds_against_the_shipped_policies(tmp_path: Path) -> None:
    world = read_world(lay_out(tmp_path), {}, allow_fixed_clock=True)

    from policies import load_policies

    assert load_policies().with_purposes([purpose.entry for purpose in world.purposes]).purposes["pricing_study"]


def test_the_digest_is_the_files(tmp_path: Path) -> None:
    assert read(tmp_path).digest == sha256(EXAMPLE.encode()).hexdigest()


def test_values_know_their_lines(tmp_path: Path) -> None:
    world = read(tmp_path)

    assert world.grants[0].line == line_of("role: actuary")
    assert world.datasets[0].fields["plate"].line == line_of("fields: {plate:")


def test_a_world_may_be_nothing_but_a_name(tmp_path: Path) -> None:
    world = read(tmp_path, "world: bare\n")

    assert (world.id, world.sources, world.consents, world.contacts) == ("bare", (), None, None)


def test_a_plain_title_stands_for_both_languages(tmp_path: Path) -> None:
    world = read(tmp_path, EXAMPLE.replace("{zh: 车险核心, en: Motor core}", "Motor"))

    assert world.sources[0].title == {"zh": "Motor", "en": "Motor"}


def test_a_title_in_one_language_serves_the_other(tmp_path: Path) -> None:
    world = read(tmp_path, EXAMPLE.replace("{zh: 车险核心, en: Motor core}", "{zh: 车险}"))

    assert world.sources[0].title == {"zh": "车险", "en": "车险"}


def test_a_grant_may_name_a_person_and_no_end(tmp_path: Path) -> None:
    text = EXAMPLE.replace("role: actuary                    # or person: lin", "person: lin")
    (grant,) = read(tmp_path, text.replace("    expires_at: 2026-12-31T00:00:00+08:00\n", "")).grants

    assert (grant.holder_kind, grant.holder, grant.expires_at) == ("person", "lin", None)


def test_yaml_words_as_field_names_stay_words(tmp_path: Path) -> None:
    (grant,) = read(tmp_path, EXAMPLE.replace("city: raw", "no: raw, on: token, 1: deny")).grants

    assert {"no", "on", "1"} < set(grant.forms)


def test_aliases_in_measure_are_followed(tmp_path: Path) -> None:
    world = read(
        tmp_path,
        EXAMPLE.replace("title: {zh: 车险核心", "title: &t {zh: 车险核心").replace(
            "title: {zh: 费率研究, en: Pricing study}", "title: *t"
        ),
    )

    assert world.purposes[0].title["en"] == "Motor core"


@pytest.mark.parametrize(
    ("old", "new", "path", "words", "remedy"),
    [
        ("world: example", "world: [a]", "world", "text is needed", "quotes"),
        ("world: example", 'world: "1 2"', "world", "can't be an id", "letters"),
        ("world: example", "worlds: example", "worlds", "unknown key `worlds`", "did you mean `world`?"),
        ("contacts: {", "kontrakt: {", "kontrakt", "unknown key", "contacts"),
        ("contacts: {monthly_cap: 3}", "contacts: {cap: 3}", "contacts.cap", "unknown key", "monthly_cap"),
        ("monthly_cap: 3", "monthly_cap: three", "contacts.monthly_cap", "whole number from 0", "whole number"),
        ("monthly_cap: 3", "monthly_cap: -1", "contacts.monthly_cap", "whole number", ""),
        ("contacts: {monthly_cap: 3}", "contacts: 3", "contacts", "a mapping is needed", ""),
        ("tier: 3", "tier: 6", "datasets[0].fields.plate.tier", "from 1 to 5", ""),
        ("tier: 3", "tier: true", "datasets[0].fields.plate.tier", "from 1 to 5", ""),
        (
            "category: vehicle_driving",
            "category: vehicle",
            "datasets[0].fields.plate.category",
            "no data category `vehicle`",
            "did you mean `vehicle_driving`?",
        ),
        ("{category: vehicle_driving, tier: 3}", "{}", "datasets[0].fields.plate", "neither", "state"),
        ("minor_under_14", "child", "datasets[0].meta.subject", "not a known value", "minor_under_14"),
        ("id: cars.owners", "id: owners", "datasets[0].id", "no dataset id", "source.table"),
        ("id: cars.owners", "id: bikes.owners", "datasets[0].id", "no source `bikes`", "declare"),
        ("dataset: cars.owners", "dataset: car.owners", "grants[0].dataset", "no source `car`", "did you mean `cars`?"),
        ("roles: [actuary]", "roles: [acturay]", "people[0].roles[0]", "no role", "did you mean `actuary`?"),
        ("roles: [actuary]", "roles: actuary", "people[0].roles", "a list is needed", ""),
        ("purposes: [actuarial_statistics,", "purposes: [actuary,", "roles.actuary.purposes[0]", "no purpose", ""),
        ("basis: consent", "basis: interest", "purposes[0].basis", "not a known value", "legal_duty"),
        ("basis: consent, ", "", "purposes[0].basis", "`basis` is missing", "add `basis`"),
        ("basis: consent", "basis: []", "purposes[0].basis", "missing", ""),
        ("consent: general", "consent: verbal", "purposes[0].consent", "not a known value", "separate"),
        ("consent: general", "consent: none", "purposes[0].consent", "needs a kind", "general"),
        ("min_cell: 20", "min_cell: 0", "purposes[0].min_cell", "from 1", ""),
        (
            "notices: [{purpose: pricing_study",
            "notices: [{purpose: pricing",
            "notices[0].purpose",
            "no purpose",
            "pricing_study",
        ),
        (
            "text_file: notices/pricing.md",
            "text_file: notices/none.md",
            "notices[0].text_file",
            "there is no",
            "relative",
        ),
        ("current: true", "current: maybe", "notices[0].current", "true or false", ""),
        ("  - role: actuary  ", "  - person: wu  ", "grants[0].person", "no person `wu`", ""),
        ("  - role: actuary  ", "  - person: lin\n    role: actuary  ", "grants[0]", "exactly one", "keep one"),
        (
            "purpose: pricing_study\n",
            "purpose: market\n",
            "grants[0].purpose",
            "no purpose",
            "did you mean `marketing`?",
        ),
        ("city: raw", "city: clear", "grants[0].fields.city", "field form `clear`", "raw, mask"),
        ("city: raw", "city: [raw]", "grants[0].fields.city", "text is needed", ""),
        ("prefix(2)", "prefix(0)", "grants[0].fields.plate", "field form", ""),
        ("2026-12-31T00:00:00+08:00", "2026-12-31T00:00:00", "grants[0].expires_at", "no zone", "+08:00"),
        ("2026-12-31T00:00:00+08:00", "2026-12-31", "grants[0].expires_at", "no zone", ""),
        ("2026-12-31T00:00:00+08:00", "New Year", "grants[0].expires_at", "ISO 8601", ""),
        ("file: consents.csv", "file: consent.csv", "consents.file", "there is no", ""),
        ("sqlite:///cars.db", "sqlite:///bikes.db", "sources[0].url", "there is no", "relative"),
        ("sqlite:///cars.db", "ftp://files.example/cars", "sources[0].url", "no supported kind", "sqlite:///"),
        ("sqlite:///cars.db", "sqlite://", "sources[0].url", "no supported kind", ""),
        (
            "sqlite:///cars.db",
            "postgresql://u:geheim@db.example/c",
            "sources[0].url",
            "password in clear",
            "${ENV_NAME}",
        ),
        ("sqlite:///cars.db", "mysql://db.example/c?password=geheim", "sources[0].url", "password in clear", ""),
        (
            "sqlite:///cars.db",
            "postgresql://u:${CARS_PW}@db.example/c",
            "sources[0].url",
            "`CARS_PW` has no value",
            "set",
        ),
        ("sqlite:///cars.db", "postgresql://u:${file:pw}@db.example/c", "sources[0].url", "`file:pw` has no value", ""),
        ("sqlite:///cars.db", "postgresql://${CARS PW}@db.example/c", "sources[0].url", "ill-formed", "${NAME}"),
        ("{id: hospital-a, name", "{name", "partners[0].id", "`id` is missing", ""),
        ("name: 林工", "name: !!python/name:os.system x", "people[0].name", "tag", "remove the tag"),
    ],
)
def test_a_broken_rule_is_told_with_its_place_and_remedy(
    tmp_path: Path, old: str, new: str, path: str, words: str, remedy: str
) -> None:
    found = [fault for fault in faults(tmp_path, EXAMPLE.replace(old, new, 1)) if fault.path == path]

    assert len(found) == 1
    assert words in found[0].en
    assert remedy in found[0].en_next
    assert found[0].zh
    assert found[0].zh_next
    assert found[0].line == EXAMPLE[: EXAMPLE.index(old)].count("\n") + 1


def test_no_fault_shows_a_secret(tmp_path: Path) -> None:
    fault = broken(tmp_path, "sqlite:///cars.db", "postgresql://u:geheim@db.example/c")

    assert "geheim" not in repr(fault)


def test_a_password_by_reference_is_accepted_and_stays_a_reference(tmp_path: Path) -> None:
    url = "postgresql://reader:${CARS_PW}@db.example/cars"
    world = read(tmp_path, EXAMPLE.replace("sqlite:///cars.db", url), {"CARS_PW": "p@ss/word"})

    assert (world.sources[0].url, world.sources[0].path) == (url, None)
    assert "p@ss" not in repr(world)
    assert resolve_url(url, {"CARS_PW": "p@ss/word"}, tmp_path) == "postgresql://reader:p%40ss%2Fword@db.example/cars"


def test_a_password_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("s3cret\n")

    assert resolve_url("mysql://u:${file:pw}@db.example/c", {}, tmp_path) == "mysql://u:s3cret@db.example/c"


def test_a_whole_address_by_reference_is_checked_as_what_it_stands_for(tmp_path: Path) -> None:
    text = EXAMPLE.replace("sqlite:///cars.db", "${CARS}")

    assert read(tmp_path, text, {"CARS": "cars.db"}).sources[0].path == tmp_path / "cars.db"
    (fault,) = faults(tmp_path, text, {"CARS": "ftp://files.example"})
    assert "files.example" not in repr(fault)


def test_an_unset_reference_is_an_error_when_opened(tmp_path: Path) -> None:
    with pytest.raises(ReferenceUnsetError):
        resolve_url("${CARS}", {"CARS": ""}, tmp_path)


def test_a_fixed_clock_needs_leave(tmp_path: Path) -> None:
    with pytest.raises(WorldInvalidError) as caught:
        read(tmp_path, allow_fixed_clock=False)

    (fault,) = caught.value.faults
    assert (fault.line, fault.path) == (2, "clock")
    assert "--allow-fixed-clock" in fault.en_next


def test_a_clock_without_a_zone_is_refused(tmp_path: Path) -> None:
    assert "no zone" in broken(tmp_path, "clock: 2026-03-01T09:00:00+08:00", "clock: 2026-03-01 09:00:00").en


def test_keys_and_ids_stand_once(tmp_path: Path) -> None:
    again = EXAMPLE.replace("people:\n", "people:\n  - {id: lin, name: Other, roles: []}\n", 1) + "world: other\n"

    twice = {fault.path: fault for fault in faults(tmp_path, again)}
    assert set(twice) == {"people[1].id", "world"}
    assert "first on line 1" in twice["world"].en
    assert f"first on line {line_of('id: lin')}" in twice["people[1].id"].en


@pytest.mark.parametrize(
    ("section", "copy"),
    [
        ("sources:", '{id: cars, url: "cars.db"}'),
        ("purposes: ", "{id: pricing_study, basis: contract}"),
        ("datasets:", "{id: cars.owners}"),
    ],
)
def test_ids_of_a_list_stand_once(tmp_path: Path, section: str, copy: str) -> None:
    head = next(line for line in EXAMPLE.splitlines() if line.startswith(section)) + "\n"

    assert "stands twice" in broken(tmp_path, head, f"{head}  - {copy}\n").en


def test_a_notice_version_stands_once(tmp_path: Path) -> None:
    one = '{purpose: pricing_study, version: "2026-1", text_file: notices/pricing.md, current: true}'

    assert "stands twice" in broken(tmp_path, f"notices: [{one}]", f"notices: [{one}, {one}]").en


def test_every_fault_is_told_in_both_languages_in_the_order_of_lines(tmp_path: Path) -> None:
    text = (
        EXAMPLE.replace("tier: 3", "tier: 9").replace("basis: consent", "basis: whim").replace("city: raw", "city: x")
    )

    with pytest.raises(WorldInvalidError) as caught:
        read(tmp_path, text)
    assert [fault.line for fault in caught.value.faults] == sorted(
        [line_of("tier: 3"), line_of("basis: consent"), line_of("city: raw")]
    )
    assert "`grants[0].fields.city`" in caught.value.detail("zh")
    assert f"line {line_of('city: raw')}, `grants[0].fields.city`: " in caught.value.detail("en")
    assert "有 3 处错误" in caught.value.detail("zh")


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 0, "empty"),
        (b"# nothing\n", 0, "empty"),
        (b"- a\n", 1, "must be a mapping"),
        (b"world: a\npeople: [{id: lin,\n", 3, "YAML syntax"),
        (b"world: a\n\tpeople: []\n", 2, "YAML syntax"),
        (b"world: a\n---\nworld: b\n", 2, "YAML syntax"),
        (b"world: *a\n", 1, "YAML syntax"),
        (b"world: a\nname: \xff\xfe\n", 2, "not UTF-8"),
        (b"world: a\x00b\n", 1, "forbids"),
        (b"world: " + b"[" * 60 + b"]" * 60, 1, "deeper than 50"),
        (b"world: &a [*a]\n", 1, "contains itself"),
        (b"a: &a 1\nworld: [" + b"*a," * 101 + b"]\n", 2, "more than 100 aliases"),
    ],
)
def test_what_is_no_world_file_is_refused(tmp_path: Path, content: bytes, line: int, words: str) -> None:
    (fault,) = faults(tmp_path, content)

    assert fault.line == line
    assert words in fault.en


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    layers = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    layers += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    (fault,) = faults(tmp_path, "\n".join(layers))
    assert "expands to more than" in fault.en


def test_a_file_over_five_mebibytes_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, b"world: a\n#" + b"x" * (5 * 1024 * 1024))

    assert "larger than 5 MiB" in fault.en


@pytest.mark.parametrize("name", ["none.yaml", "."])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WorldInvalidError):
        read_world(tmp_path / name, {}, **KNOWN)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfworld: a\n").id == "a"


def test_the_shops_example_holds() -> None:
    path = Path(__file__).parents[2] / "examples" / "shop" / "world.yaml"

    assert read_world(path, {}).id == "shop"
