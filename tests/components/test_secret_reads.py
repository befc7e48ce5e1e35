"""The query of a vault's audit logs, run over log entries."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import duckdb_kql
import pulumi
import pytest
from aks_workload_identity import InvalidArgumentError, secret_reads
from aks_workload_identity.key_vault.secret_reads import secret_reads_text
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.azure_mocks import guid
from tests.components.builders import VAULT_ID, workload
from tests.recorder import attempt, run

ORDERS, STRANGER = guid("orders"), guid("stranger")
OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
# Source: Azure Monitor Logs reference, AZKVAuditLogs: the columns that the query uses, with their types.
AZKV_AUDIT_LOGS = """CREATE TABLE AZKVAuditLogs (
    TimeGenerated TIMESTAMP, _ResourceId VARCHAR, OperationName VARCHAR, Identity JSON, Id VARCHAR, RequestUri VARCHAR,
    HttpStatusCode INTEGER, CallerIpAddress VARCHAR)"""
SECRET = "https://kv-shop.vault.azure.net/secrets/db-password"


def entry(**changes: Any) -> dict[str, Any]:
    """One line of the log: a read of `db-password` by `orders`, as in "Azure Key Vault logging"."""
    return {
        "TimeGenerated": datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1),
        "_ResourceId": VAULT_ID.upper(),
        "OperationName": "SecretGet",
        "Identity": json.dumps({"claim": {OBJECT_ID: ORDERS, "appid": guid("client")}}),
        "Id": f"{SECRET}/0123456789abcdef0123456789abcdef",
        "RequestUri": f"{SECRET}/?api-version=7.4",
        "HttpStatusCode": 200,
        "CallerIpAddress": "10.0.0.4",
        **changes,
    }


def answer(
    *entries: dict[str, Any],
    workloads: Mapping[str, str] | None = None,
    vaults: tuple[str, ...] = (VAULT_ID,),
    days: int = 30,
) -> list[dict[str, Any]]:
    query = secret_reads_text({"orders": ORDERS} if workloads is None else workloads, vaults, days)
    connection: duckdb.DuckDBPyConnection = duckdb_kql.connect()
    connection.execute(AZKV_AUDIT_LOGS)
    for each in entries:
        connection.execute(f"INSERT INTO AZKVAuditLogs VALUES ({', '.join('?' * len(each))})", [*each.values()])
    result = duckdb_kql.kql(connection, query)
    names = [str(column[0]) for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.mark.capability("A14")
def test_the_log_tells_which_workload_read_which_secret():
    early = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=3)

    (row,) = answer(entry(TimeGenerated=early), entry())

    assert (row["workload"], row["objectId"], row["secret"]) == ("orders", ORDERS, "db-password")
    assert (row["reads"], row["refusals"], row["vault"]) == (2, 0, VAULT_ID.upper())
    assert row["earliest"] == early < row["latest"]
    assert json.loads(row["addresses"]) == ["10.0.0.4"]


def test_a_reader_that_is_no_workload_of_the_stack_is_listed_by_its_object_id():
    (row,) = answer(entry(Identity=json.dumps({"claim": {OBJECT_ID: STRANGER}})))

    assert (row["workload"], row["objectId"]) == ("(none of this stack)", STRANGER)


@pytest.mark.parametrize("claim", [{OBJECT_ID: ORDERS.upper()}, {"oid": ORDERS}], ids=["long name", "short name"])
def test_the_object_id_is_found_in_either_claim_and_any_case(claim: dict[str, str]):
    (row,) = answer(entry(Identity=json.dumps({"claim": claim})))

    assert row["workload"] == "orders"


def test_a_refused_read_is_counted_apart_and_named_by_its_address():
    (row,) = answer(entry(HttpStatusCode=403, Id=""))

    assert (row["secret"], row["reads"], row["refusals"]) == ("db-password", 0, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"OperationName": "SecretList"},
        {"OperationName": "CertificateGet"},
        {"_ResourceId": VAULT_ID.replace("kv-shop", "kv-other")},
        {"TimeGenerated": datetime(2020, 1, 1)},
    ],
    ids=["another operation", "a certificate's public part", "another vault", "too long ago"],
)
def test_nothing_else_is_counted(other: dict[str, Any]):
    assert answer(entry(**other)) == []


def test_without_workloads_or_vaults_the_query_still_runs():
    assert answer(entry(), workloads={})[0]["workload"] == "(none of this stack)"
    assert answer(entry(), vaults=()) == []


@settings(max_examples=5)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=9, unique=True))
def test_any_name_of_a_workload_comes_back_as_it_is(names: list[str]):
    workloads = {name: guid(name) for name in names}
    entries = [entry(Identity=json.dumps({"claim": {"oid": id_}})) for id_ in workloads.values()]

    assert {row["workload"]: row["objectId"] for row in answer(*entries, workloads=workloads)} == workloads


@pytest.mark.parametrize(
    ("workloads", "vaults", "message"),
    [
        ({"orders": 'x"]; drop'}, [VAULT_ID], "principal_ids.orders must be an object id, a GUID"),
        ({"orders": f"{ORDERS}\n"}, [VAULT_ID], "principal_ids.orders must be an object id, a GUID"),
        ({"orders": ORDERS}, [f"{VAULT_ID}\n"], "vault_ids.0 must be the resource id of a vault"),
        ({"orders": ORDERS}, ["kv-shop"], "vault_ids.0 must be the resource id of a vault; got 'kv-shop'"),
    ],
)
def test_what_cannot_be_an_id_never_reaches_a_query(workloads: dict[str, str], vaults: list[str], message: str):
    with pytest.raises(InvalidArgumentError) as refused:
        secret_reads_text(workloads, vaults, 30)

    assert message in str(refused.value)


@pytest.mark.parametrize("days", [0, 4384, "30", True])
def test_the_days_to_look_back_are_a_number(days: Any):
    assert "days must be a number of days from 1 to 4383" in str(attempt(lambda: secret_reads({}, [], days=days)).error)


@pytest.mark.capability("A14")
def test_a_stack_exports_the_query_of_its_own_workloads():
    def program() -> None:
        orders = workload()
        pulumi.export("query", secret_reads({"orders": orders.principal_id}, [VAULT_ID], days=7))

    query = run(program).outputs["query"]

    assert '"orders"' in query
    assert f'let vaults = dynamic(["{VAULT_ID}"]);' in query
    assert "let period = 7d;" in query


@pytest.mark.parametrize(
    ("principals", "vaults", "message"),
    [
        ({"orders": ORDERS}, [], "vault_ids must be a list of one vault's resource id or more; got []"),
        ({"orders": ORDERS}, None, "vault_ids must be a list of one vault's resource id or more; got None"),
        ({"orders": ORDERS}, VAULT_ID, "vault_ids must be a list of one vault's resource id or more; got '/subscr"),
        (None, [VAULT_ID], "principal_ids must be a map of names to object ids; got None"),
    ],
)
def test_a_query_that_would_find_nothing_is_refused(principals: Any, vaults: Any, message: str):
    recording = attempt(lambda: secret_reads(principals, vaults))

    assert isinstance(recording.error, InvalidArgumentError)
    assert message in str(recording.error)
