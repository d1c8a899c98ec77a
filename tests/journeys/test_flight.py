"""Flight SQL as ADBC clients use it: reads, parameters, metadata, refusals, tokens, TLS; and what others might send."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import flight

from audit import events
from governance.flight.messages import MessageUnknownError, pack, unpack
from governance.flight.server import FlightServer
from governance.house import House, open_house
from governance.journeys import consent
from governance.journeys.apply import apply_world
from governance.journeys.callers import OWNER
from governance.journeys.identity import issue_token_for
from governance.register import decision_by_id
from governance.settings import Settings
from storage import read_only
from tests.desk_world import customer, lay_out_desk
from tests.journeys.conftest import NOON

adbc = pytest.importorskip("adbc_driver_flightsql.dbapi")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    with open_house(Settings(data_dir=folder / "var", language="en"), clock=lambda: NOON) as house:
        apply_world(house, "owner", lay_out_desk(folder))
        yield house


@pytest.fixture(scope="module")
def server(desk: House) -> Iterator[FlightServer]:
    with FlightServer(desk, "127.0.0.1", 0) as opened:
        yield opened


@pytest.fixture(scope="module")
def token(desk: House) -> str:
    return issue_token_for(desk, "owner", "zhou", 1).token


def options(token: str, purpose: str | None = "care") -> dict[str, str]:
    found = {"adbc.flight.sql.authorization_header": f"Bearer {token}"}
    return found | ({"adbc.flight.sql.rpc.call_header.x-mingjing-purpose": purpose} if purpose else {})


def connected(server: FlightServer, given: dict[str, str], scheme: str = "grpc") -> Any:
    return adbc.connect(f"{scheme}://127.0.0.1:{server.port}", db_kwargs=given, autocommit=True)


@pytest.fixture(scope="module")
def connection(server: FlightServer, token: str) -> Iterator[Any]:
    with connected(server, options(token)) as opened:
        yield opened


def rows(connection: Any, sql: str, parameters: tuple[Any, ...] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def refused(connection: Any, sql: str) -> str:
    with pytest.raises(adbc.Error) as caught:
        rows(connection, sql)
    return str(caught.value)


def entries(house: House) -> list[Any]:
    with read_only(house.engine) as session:
        return [entry.event for entry in events(session, kind="data.read")]


def test_a_read_comes_as_arrow_in_its_granted_form_with_receipt(connection: Any, desk: House) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM customers WHERE customer_no = 'K00007'")
        table = cursor.fetch_arrow_table()

    assert table.to_pylist() == [{"name": "某7", "phone": "139****0007"}]
    assert table.schema.metadata[b"mingjing.purpose"] == b"care"
    assert entries(desk)[-1].outcome == "allow"
    assert entries(desk)[-1].facts["rows"] == 1


def test_rows_that_leave_as_arrow_are_an_export(connection: Any, desk: House) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM customers LIMIT 1")
        receipt = json.loads(cursor.fetch_arrow_table().schema.metadata[b"mingjing.receipt"])
    with read_only(desk.engine) as session:
        kept = decision_by_id(session, receipt["decision"])

    assert kept is not None
    assert kept.body["action"] == "export"


def test_preparing_reads_no_row_and_is_recorded(connection: Any, desk: House) -> None:
    with connection.cursor() as cursor:
        schema = cursor.adbc_execute_schema("SELECT name, premium FROM customers JOIN policies USING (customer_no)")

    assert [(field.name, field.type) for field in schema] == [("name", pa.string()), ("premium", pa.float64())]
    assert entries(desk)[-1].facts["rows"] == 0


@pytest.mark.parametrize(
    ("sql", "parameters", "expected"),
    [
        ("SELECT name FROM customers WHERE customer_no = ?", ("K00007",), [("某7",)]),
        ("SELECT count(*) FROM policies WHERE premium BETWEEN ? AND ?", (100.0, 300), [(4,)]),
        ("SELECT count(*) FROM customers WHERE name = ?", ("' OR 1=1 --",), [(0,)]),
        ("SELECT ? AS d", (dt.date(2026, 1, 2),), [(dt.date(2026, 1, 2),)]),
    ],
)
def test_parameters_are_bound_as_literals(
    connection: Any, sql: str, parameters: tuple[Any, ...], expected: list[tuple[Any, ...]]
) -> None:
    assert rows(connection, sql, parameters) == expected


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT city FROM customers", "field-not-granted"),
        ("SELECT * FROM desk.nothing", "no-grant"),
        ("SELECT income FROM customers", "aggregate-only"),
        ("SELECT FROM WHERE", "statement-unreadable"),
        ("DELETE FROM customers", "not-one-select"),
        ("SELECT 1; SELECT 2", "not-one-select"),
        ("SELECT CAST(name AS INTEGER) FROM customers", "query-failed"),
        ("SELECT * FROM read_csv('/etc/passwd')", "refused"),
        ("SELECT ?, ?", "construct-refused"),
    ],
)
def test_what_is_refused_says_so_in_our_words_alone(connection: Any, sql: str, kind: str) -> None:
    said = refused(connection, sql)

    assert kind in said
    assert not any(word in said for word in ("Traceback", "Conversion", "duckdb", ".py", "某"))


def test_withdrawal_is_seen_by_the_next_read(server: FlightServer, token: str, desk: House) -> None:
    with connected(server, options(token, "outreach")) as opened:
        before = rows(opened, "SELECT count(*) FROM customers")
        consent.withdraw(desk, OWNER, consent.Said(customer(1), "outreach"))
        after = rows(opened, "SELECT count(*) FROM customers")

    assert (before, after) == ([(4,)], [(3,)])


def test_a_tool_finds_what_this_caller_may_see_and_nothing_else(connection: Any) -> None:
    (catalog,) = connection.adbc_get_objects(depth="all").read_all().to_pylist()
    (schema,) = catalog["catalog_db_schemas"]
    tables = {
        one["table_name"]: [column["column_name"] for column in one["table_columns"]]
        for one in schema["db_schema_tables"]
    }

    assert (catalog["catalog_name"], schema["db_schema_name"]) == ("mingjing", "desk")
    assert tables == {
        "customers": ["customer_no", "name", "phone", "id_no", "income"],
        "policies": ["policy_no", "customer_no", "product", "premium"],
    }
    assert connection.adbc_get_table_types() == ["TABLE"]
    assert connection.adbc_get_info()["vendor_name"] == "Mingjing"


def test_another_purpose_shows_other_tables(server: FlightServer, token: str) -> None:
    with connected(server, options(token, "outreach")) as opened:
        (catalog,) = opened.adbc_get_objects(depth="tables").read_all().to_pylist()

    assert [one["table_name"] for one in catalog["catalog_db_schemas"][0]["db_schema_tables"]] == ["customers"]


@pytest.mark.parametrize(("pattern", "found"), [("c%", 1), ("_olicies", 1), ("%", 2), ("x%", 0), ("", 0), (".*", 0)])
def test_tables_are_filtered_by_pattern(connection: Any, pattern: str, found: int) -> None:
    (catalog,) = connection.adbc_get_objects(depth="tables", table_name_filter=pattern or "\0").read_all().to_pylist()

    assert sum(len(one["db_schema_tables"] or []) for one in catalog["catalog_db_schemas"]) == found


def test_a_name_qualified_by_a_tool_is_understood(connection: Any) -> None:
    assert rows(connection, 'SELECT count(*) FROM "mingjing"."desk"."customers"') == [(40,)]


def test_a_tables_schema_tells_each_fields_form(connection: Any) -> None:
    schema = connection.adbc_get_table_schema("customers", db_schema_filter="desk")

    assert schema.field("phone").metadata[b"ARROW:FLIGHT:SQL:REMARKS"] == b"mask:keep_ends(3,4)"
    assert schema.field("income").type == pa.int64()


def test_a_handshake_takes_the_token_as_password(server: FlightServer, token: str) -> None:
    given = {"username": "zhou", "password": token, "adbc.flight.sql.rpc.call_header.x-mingjing-purpose": "care"}
    with connected(server, given) as opened:
        assert rows(opened, "SELECT count(*) FROM customers") == [(40,)]


@pytest.mark.parametrize("given", [{}, options("mj_wrong"), {"username": "zhou", "password": "wrong"}])
def test_without_a_valid_token_nothing_is_answered(server: FlightServer, given: dict[str, str]) -> None:
    with pytest.raises(adbc.Error) as caught, connected(server, given) as opened:
        opened.adbc_get_objects().read_all()

    assert "sign-in" in str(caught.value)


@pytest.mark.parametrize(("purpose", "code"), [(None, "purpose-missing"), ("study", "purpose-not-held")])
def test_a_purpose_of_ones_own_is_needed(server: FlightServer, token: str, purpose: str | None, code: str) -> None:
    with connected(server, options(token, purpose)) as opened:
        assert code in refused(opened, "SELECT name FROM customers")


def test_problems_speak_the_callers_language(server: FlightServer, token: str) -> None:
    given = options(token) | {"adbc.flight.sql.rpc.call_header.accept-language": "zh-CN"}
    with connected(server, given) as opened:
        assert "没有授权" in refused(opened, "SELECT city FROM customers")


def test_tls_carries_the_same(desk: House, token: str, tmp_path: Path) -> None:
    certificate, key = self_signed()
    with FlightServer(desk, "127.0.0.1", 0, (certificate, key)) as secure:
        given = options(token) | {"adbc.flight.sql.client_option.tls_root_certs": certificate.decode()}
        with connected(secure, given, "grpc+tls") as opened:
            assert rows(opened, "SELECT count(*) FROM customers") == [(40,)]


def plain(server: FlightServer) -> flight.FlightClient:
    return flight.FlightClient(f"grpc://127.0.0.1:{server.port}")


def headers(token: str) -> flight.FlightCallOptions:
    given = [(b"authorization", f"Bearer {token}".encode()), (b"x-mingjing-purpose", b"care")]
    return flight.FlightCallOptions(headers=given)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xff", b"SELECT 1", pack("ActionClosePreparedStatementRequest"), b"\n\x05hello"]
)
def test_bytes_that_are_no_command_are_refused_without_a_traceback(
    server: FlightServer, token: str, content: bytes
) -> None:
    with plain(server) as client:
        for act in (
            lambda: client.get_flight_info(flight.FlightDescriptor.for_command(content), headers(token)),
            lambda: client.get_schema(flight.FlightDescriptor.for_command(content), headers(token)),
            lambda: client.do_get(flight.Ticket(content), headers(token)).read_all(),
            lambda: list(client.do_action(("CreatePreparedStatement", content), headers(token))),
            lambda: list(client.do_action(("Whatever", content), headers(token))),
        ):
            with pytest.raises((flight.FlightError, OSError)) as caught:
                act()
            assert "Traceback" not in str(caught.value)


def test_an_error_carries_the_problem_document(server: FlightServer, token: str) -> None:
    ticket = flight.Ticket(pack("TicketStatementQuery", statement_handle=b'{"sql": "SELECT city FROM customers"}'))
    with plain(server) as client, pytest.raises(flight.FlightUnauthorizedError) as caught:
        client.do_get(ticket, headers(token)).read_all()

    document = json.loads(caught.value.extra_info)
    assert (document["type"], document["outcome"]) == ("field-not-granted", "deny")
    assert document["receipt"]


def test_the_endpoint_lists_what_it_does(server: FlightServer, token: str) -> None:
    with plain(server) as client:
        assert {one.type for one in client.list_actions(headers(token))} >= {"CreatePreparedStatement"}


@pytest.mark.parametrize("command", ["CommandGetXdbcTypeInfo", "CommandGetPrimaryKeys", "CommandGetImportedKeys"])
def test_what_there_is_nothing_of_answers_in_its_shape(server: FlightServer, token: str, command: str) -> None:
    descriptor = flight.FlightDescriptor.for_command(pack(command))
    with plain(server) as client:
        info = client.get_flight_info(descriptor, headers(token))
        table = client.do_get(info.endpoints[0].ticket, headers(token)).read_all()

    assert table.num_rows == 0
    assert table.schema == info.schema


def test_a_message_survives_its_envelope_and_absent_is_not_empty() -> None:
    name, found = unpack(pack("CommandGetTables", db_schema_filter_pattern="", table_types=["TABLE", "VIEW"]))

    assert name == "CommandGetTables"
    assert found.HasField("db_schema_filter_pattern")
    assert not found.HasField("catalog")
    assert list(found.table_types) == ["TABLE", "VIEW"]
    with pytest.raises(MessageUnknownError):
        unpack(b"\x0a\x03abc")


def self_signed() -> tuple[bytes, bytes]:
    """Make a certificate for this machine and its key."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private
