"""The verdict on a list of permissions: what a workload that holds them could take beyond its own data."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache


class Verdict(Enum):
    """What a service principal may have."""

    NARROW = "ok"
    """The data of one service, by named operations."""
    WIDE = "needs a reason"
    """More than reading or single operations, or a look at the set-up: allowed with a written reason."""
    REFUSED = "refused"
    """Manages access, hands out keys, acts as somebody else, or changes resources."""


@dataclass(frozen=True)
class Judgement:
    """A verdict, and the operation that decided it."""

    verdict: Verdict
    why: str
    operation: str = ""

    def __str__(self) -> str:
        return f"{self.why} ({self.operation})" if self.operation else self.why


Permission = Mapping[str, Sequence[str]]
"""`actions`, `notActions`, `dataActions` and `notDataActions` of one entry of a role's permissions."""

# What is decided by the last word, or words, of an operation, wherever it is. A wildcard that could stand for one of
# them counts as one. Lower case: Azure compares without case.
# Sources: Microsoft Learn, role-based-access-control/permissions (operations of each provider); the comment at a line.
_ACCESS = (
    "microsoft.authorization/roleassignments/write",
    "microsoft.authorization/roleassignments/delete",
    "microsoft.authorization/roledefinitions/write",
    "microsoft.authorization/elevateaccess/action",
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials/write",
    "microsoft.keyvault/vaults/accesspolicies/write",
    "microsoft.purview/accounts/addrootcollectionadmin/action",
)
# Attaching an identity to a machine is becoming it. Managed Identity Operator spells the operation with one part more.
_BECOME = (
    "microsoft.managedidentity/userassignedidentities/assign/action",
    "microsoft.managedidentity/userassignedidentities/any/assign/action",
)
_KEYS = re.compile(
    r"/(?:list[^/]*(?:key|secret|credential|connectionstring|sas|token|kubeconfig|password)[^/]*"
    r"|list|[^/]*(?:readonlykeys|sharedkeys|masterkey|vaulttokens|getsecrets?values?|accesstoken|apikey|authkeys)[^/]*"
    r"|(?:re)?generate[^/]*(?:key|credential|token|password|certificate)[^/]*|rotate[^/]*|publishxml"
    r"|keys|_master|getcallbackconfig|getdefault[^/]*key|getactivationkey|showfullkey|fetch[^/]*credentials)(?:/(?:action|read))?$"
)
_KEY_SAMPLES = (
    "/listkeys/action",
    "/listcredentials/action",
    "/listadminkeys/action",
    "/listclusteradmincredential/action",
    "/listsecrets/action",
    "/regeneratekey/action",
)
# A user's kubeconfig holds no key once local accounts are off. Microsoft Learn: aks/control-kubeconfig-access.
# Delegation keys are the caller's own rights, for a while. Microsoft Learn: storageservices/get-user-delegation-key.
_NO_KEYS = re.compile(r"/(?:listclusterusercredentials?|listclustermonitoringusercredential)/action$")
_DELEGATION = "/generateuserdelegationkey/action"
_RUN = re.compile(
    r"/(?:runcommand|runcommands/write|extensions/write|execute|exec|runjob|loginasadmin|wacloginasadmin)(?:/action)?$"
)
_DATA_REFUSED = re.compile(
    r"/(?:loginasadmin|wacloginasadmin|login|exec|impersonate|bind|escalate|runas[^/]*|takeownership|manageownership"
    r"|modifypermissions|release|harddelete|purge|admin|actasgrafanaadmin|getcredentials|accesskey|clienttoken|refreshkeys"
    r"|setsecret|import|restore|scripteval(?:sha)?|debug|remotedebugging|issuecertificate|approve|regeneratekey|sas/[^/]+"
    r"|connect|execute|permanentdelete|delete[a-z]+)/action$"
    r"|/(?:writefilebackupsemantics|readfilebackupsemantics)(?:/action)?$"
)
# What is refused, as examples of it: a wildcard that covers one of them is refused as it is.
_DATA_SAMPLES = (
    "microsoft.keyvault/vaults/secrets/setsecret/action",
    "microsoft.keyvault/vaults/secrets/purge/action",
    "microsoft.keyvault/vaults/certificates/import/action",
    "microsoft.keyvault/vaults/certificates/purge/action",
    "microsoft.keyvault/vaults/keys/import/action",
    "microsoft.keyvault/vaults/keys/release/action",
    "microsoft.keyvault/vaults/storageaccounts/regeneratekey/action",
    "microsoft.keyvault/vaults/storageaccounts/sas/set/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/deleteblobversion/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/manageownership/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/modifypermissions/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/permanentdelete/action",
    "microsoft.storage/storageaccounts/fileservices/fileshares/files/modifypermissions/action",
    "microsoft.storage/storageaccounts/fileservices/readfilebackupsemantics/action",
    "microsoft.appplatform/spring/apps/deployments/connect/action",
    "microsoft.compute/virtualmachines/loginasadmin/action",
    "microsoft.hybridcompute/machines/loginasadmin/action",
)
# Actions that send, ask or read, as the data roles of workloads have them: reviewed one by one. Any other is wide.
_USES = re.compile(
    r"/(?:add|process|send|receive|listen|publish|p?(?:un)?subscribe|numpat|numsub|channels|ingest|query|search|readbyid"
    r"|readtest|readmetadata|getsecret|logstream|listinstances|notifications|checkdatapolicycompliance|logdataevents"
    r"|metricwrite|requestupdate|smart|convertdata|conversationsession|interact|usegrounding|semanticreranker|audio"
    r"|batch|completions|embeddings|generate|generations|realtime|getcontentmodelforreader"
    r"|actasgrafana(?:limited)?viewer|encrypt|decrypt|sign|verify|wrap|unwrap"
    r"|[^/]+:(?:analyze(?:binary)?|classify(?:binary)?|compare|detect|find|identify|verify))/action$"
)
# Reads of the set-up that nearly every built-in data role has beside its own.
_COMMON_READS = frozenset(
    (
        "microsoft.authorization/*/read",
        "microsoft.insights/alertrules/read",
        "microsoft.resources/deployments/read",
        "microsoft.resources/subscriptions/resourcegroups/read",
    )
)
_KUBERNETES = re.compile(r"^microsoft\.(?:containerservice|kubernetes|hybridcontainerservice)/")
_DATA_KEYS = re.compile(r"/(?:endpointkeys|accesskey[^/]*|[^/]*apikeys?)/read$")
_READ = "/read"
_CHANGES = "changes resources"
# Reads that are keys, for wildcards that cover them. `*/read` is left to the word on it: it is Reader's.
_KEY_READS = (
    "microsoft.documentdb/databaseaccounts/readonlykeys/read",
    "microsoft.operationalinsights/workspaces/sharedkeys/read",
    "microsoft.recoveryservices/vaults/vaulttokens/read",
    "microsoft.web/sites/functions/masterkey/read",
)


def judge(permissions: Iterable[Permission]) -> Judgement:
    """The verdict on a role's permissions, decided by the worst operation in them.

    What `notActions` take away is not given back: `*` without a few is still nearly everything.

    Source: Microsoft Learn, role-based-access-control/role-definitions (wildcards, notActions).
    """
    entries = list(permissions)
    data = frozenset(
        operation.strip().lower().partition("/")[0] for entry in entries for operation in entry.get("dataActions") or ()
    )
    found = [Judgement(Verdict.NARROW, "reads or uses data by named operations")]
    if not any(entry.get(name) for entry in entries for name in ("actions", "dataActions")):
        found = [Judgement(Verdict.WIDE, "names no operation that could be judged")]
    for entry in entries:
        found += _judged(entry.get("actions") or (), entry.get("notActions") or (), _control, data)
        found += _covered_key_reads(entry.get("actions") or (), entry.get("notActions") or ())
        found += _judged(entry.get("dataActions") or (), entry.get("notDataActions") or (), _data, data)
    return max(found, key=lambda one: _ORDER[one.verdict])


def takes(operation: str) -> str | None:
    """What an action hands to whoever asks for it, beside what it changes: keys, rights or a shell; None for none."""
    decided = _control(operation.strip().lower(), frozenset())
    return None if decided is None or decided[1] == _CHANGES or decided[0] is not Verdict.REFUSED else decided[1]


def grants(permissions: Iterable[Permission], operation: str) -> bool:
    """Whether the permissions allow an operation; what an entry takes away again, it does not allow."""
    return any(
        any(_meets(one.strip().lower(), operation) for one in entry.get("actions") or ())
        and not any(_meets(one.strip().lower(), operation) for one in entry.get("notActions") or ())
        for entry in permissions
    )


def lets_take_more(permissions: Iterable[Permission]) -> bool:
    """Whether the permissions let their holder give roles, to others or itself, or become another identity."""
    for entry in permissions:
        taken = {operation.strip().lower() for operation in entry.get("notActions") or ()}
        for operation in entry.get("actions") or ():
            pattern = operation.strip().lower()
            if pattern not in taken and any(_meets(pattern, one) for one in (*_ACCESS, *_BECOME)):
                return True
    return False


_Judge = Callable[[str, frozenset[str]], tuple[Verdict, str] | None]
"""Judges an operation beside the providers of whose data the role has any."""
_ORDER = {Verdict.NARROW: 0, Verdict.WIDE: 1, Verdict.REFUSED: 2}


def _judged(
    operations: Sequence[str], without: Sequence[str], judged: _Judge, data: frozenset[str]
) -> Iterator[Judgement]:
    taken = {operation.strip().lower() for operation in without}
    for operation in operations:
        pattern = operation.strip().lower()
        if pattern in taken:
            continue
        decided = judged(pattern, data)
        if decided:
            yield Judgement(decided[0], decided[1], operation)


def _covered_key_reads(operations: Sequence[str], without: Sequence[str]) -> Iterator[Judgement]:
    taken = [operation.strip().lower() for operation in without]
    given = [one for one in _KEY_READS if not any(_meets(other, one) for other in taken)]
    for operation in operations:
        pattern = operation.strip().lower()
        if pattern != "*/read" and any(_meets(pattern, one) for one in given):
            yield Judgement(Verdict.REFUSED, "hands out keys", operation)


def _control(operation: str, data: frozenset[str]) -> tuple[Verdict, str] | None:
    if operation == "*":
        return Verdict.REFUSED, "does everything"
    if operation.endswith("/*"):
        return Verdict.REFUSED, "changes everything there, and hands out what keys there are"
    if not re.fullmatch(r"[a-z0-9*][a-z0-9.*_-]*(?:/[a-z0-9.*_:$-]+)+", operation):
        return Verdict.REFUSED, "is no operation that can be judged"
    if any(_meets(operation, one) for one in _ACCESS):
        return Verdict.REFUSED, "manages who may do what"
    if operation.endswith("/assign/action") or any(_meets(operation, one) for one in _BECOME):
        return Verdict.REFUSED, "becomes any identity in its scope"
    if (
        not _NO_KEYS.search(operation)
        and not operation.endswith(_DELEGATION)
        and (_KEYS.search(operation) or any(_ends(operation, one) for one in _KEY_SAMPLES))
    ):
        return Verdict.REFUSED, "hands out keys"
    if _RUN.search(operation):
        return Verdict.REFUSED, "runs commands"
    if operation.endswith(_READ):
        if operation == "*/read":
            return Verdict.WIDE, "shows the whole set-up"
        return None if _is_beside(operation, data) else (Verdict.WIDE, "shows how a resource is set up, not its data")
    if _NO_KEYS.search(operation):
        return Verdict.WIDE, "fetches the cluster's kubeconfig"
    if operation.endswith(_DELEGATION):
        return None if "microsoft.storage" in data else (Verdict.WIDE, "signs links for others")
    return Verdict.REFUSED, _CHANGES


def _data(operation: str, data: frozenset[str]) -> tuple[Verdict, str] | None:
    if operation == "*":
        return Verdict.REFUSED, "does everything with data"
    if "*" in operation.partition("/")[0]:
        return Verdict.REFUSED, "reaches the data of several services"
    if not re.fullmatch(r"[a-z0-9*][a-z0-9.*_-]*(?:/[a-z0-9.*_:$-]+)+", operation):
        return Verdict.REFUSED, "is no operation that can be judged"
    if _KUBERNETES.match(operation):
        if operation.endswith(_READ) and "/secrets" not in operation and not operation.endswith("/*/read"):
            return Verdict.WIDE, "reads objects of the cluster"
        return Verdict.REFUSED, "runs pods as any service account, and so becomes their identities"
    if _DATA_REFUSED.search(operation) or ("*" in operation and any(_meets(operation, one) for one in _DATA_SAMPLES)):
        return Verdict.REFUSED, "administers the data, or acts as somebody else"
    if _DATA_KEYS.search(operation):
        return Verdict.REFUSED, "hands out keys"
    if re.search(r"/(?:user|admin)[a-z]*/action$", operation):
        return Verdict.WIDE, "acts for people"
    if operation.endswith("/read") or operation.endswith("/readmetadata/action"):
        return None
    if "*" in operation:
        # `a.b/*` and `a.b/c/*` are whole services; deeper, it is everything with one kind of data.
        head, _, tail = operation.partition("*")
        if tail in ("/send/action", "/receive/action", "/listen/action"):
            return None
        if head.count("/") <= 2 and re.fullmatch(r"[/*]*(?:write|delete|action)?", tail):
            return Verdict.REFUSED, "does everything with the data of the service"
        return Verdict.WIDE, "does everything with one kind of data"
    if operation.endswith("/delete"):
        return Verdict.WIDE, "deletes data"
    if operation.endswith("/write"):
        return Verdict.WIDE, "changes data"
    if re.search(
        r"/(?:backup|update|create|createlab|upload|move|bulkoperator|reindex|train|export[^/]*)/action$", operation
    ):
        return Verdict.WIDE, "changes data, or takes all of it away"
    return None if _USES.search(operation) else (Verdict.WIDE, "does what nobody has reviewed")


def _is_beside(operation: str, data: frozenset[str]) -> bool:
    """Whether reading the set-up is no more than what comes with the data: of its own service, by name."""
    if operation in _COMMON_READS:
        return bool(data)
    before, star, after = operation.rpartition("*")
    return operation.partition("/")[0] in data and (not star or ("/" in before and after.count("/") > 1))


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)


def _meets(operation: str, wanted: str) -> bool:
    """Whether an operation, with its wildcards, covers `wanted`."""
    return bool(_glob(operation).fullmatch(wanted))


def _ends(operation: str, ending: str) -> bool:
    """Whether an operation, with its wildcards, covers some operation of that ending."""
    before, star, literal = operation.rpartition("*")
    return operation.endswith(ending) or (
        bool(star) and bool(before or literal) and bool(literal) and ending.endswith(literal)
    )
