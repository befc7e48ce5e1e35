"""Which Azure credential a text holds, if any."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, cast

from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.resource import Later, is_unknown

# Names under which tools and SDKs look for a stored credential. azure-identity: EnvironmentCredential; azure-storage,
# azure-cosmos, openai: README of each.
_NAMES = re.compile(
    r"(?:azure|arm|aad|entra|msi|sp)[_.-]?(?:\w*[_.-])?(?:client[_.-]?secret|client[_.-]?certificate[_.-]?password|password)"
    r"|(?:azure|openai|cognitive|search|cosmos|storage|eventhubs?|servicebus|signalr|redis)\w*[_.-]?"
    r"(?:api[_.-]?key|account[_.-]?key|access[_.-]?key|primary[_.-]?key|admin[_.-]?key|master[_.-]?key"
    r"|connection[_.-]?string|sas(?:[_.-]?token)?|shared[_.-]?access[_.-]?key)"
    r"|azure[_.-]?storage[_.-]?key|account[_.-]?key|client[_.-]?secret|sas[_.-]?token",
    re.IGNORECASE,
)
# Names that say key and no more are those of credentials if the value looks like one: a partition key is none.
_KEY_NAMES = re.compile(
    r"(?:azure|openai|cognitive|search|cosmos|storage|eventhubs?|servicebus|signalr|redis)\w*[_.-]key[_.-]?[12]?",
    re.IGNORECASE,
)
_KEY_VALUES = re.compile(r"[0-9a-fA-F]{32,}|[A-Za-z0-9+/]{40,}={0,2}")
_LINE = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(\S+)[ \t]*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# What a credential itself looks like. Microsoft's own: Purview, sensitive information type definitions (Entra client
# secret, storage account key, SAS, service bus and event hubs connection strings, Cosmos DB key). A text may be as long
# as a ConfigMap, 1 MiB, so no form may try what it has tried before from each place of the text anew: no open-ended
# repetition at the start of a form, nor two in a row of which both take the same characters.
_FORMS = (
    (
        "an Entra client secret",
        re.compile(r"(?:^|[^A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?:$|[^A-Za-z0-9_~.-])"),
    ),
    ("an account key", re.compile(r"AccountKey\s*=\s*[A-Za-z0-9+/]{20,}={0,2}", re.IGNORECASE)),
    ("a connection string", re.compile(r"SharedAccessKey\s*=\s*[A-Za-z0-9+/]{20,}={0,2}", re.IGNORECASE)),
    (
        "a connection string",
        re.compile(r"(?:^|;)\s*(?:AccessKey|SharedSecretValue)\s*=\s*[A-Za-z0-9+/]{20,}", re.IGNORECASE),
    ),
    (
        "a shared access signature",
        re.compile(
            r"\A(?=.*se=)(?=.*sv=|.*SharedAccessSignature).*sig=[A-Za-z0-9%+/]{20}",
            re.IGNORECASE | re.DOTALL,
        ),
    ),
    ("a shared access signature", re.compile(r"SharedAccessSignature\s+sr=[^\s]+&sig=[^\s]+", re.IGNORECASE)),
    ("an account key", re.compile(r"(?:^|[^A-Za-z0-9+/=])[A-Za-z0-9+/]{86}==(?:$|[^A-Za-z0-9+/=])")),
    (
        "an Azure service key",
        re.compile(
            r"[A-Za-z0-9]{52}(?:JQQJ99|AAAAAC)[A-Za-z0-9]{20,}|[A-Za-z0-9+/]{33}(?:\+AMC|AzCa|AzSe|ACDb|\+ASt|\+AEh|\+ARm|APIM|AIoT)[A-Za-z0-9+/]{5}[AQgw]=="
        ),
    ),
    ("a registry password", re.compile(r"[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5}")),
    ("a private key", re.compile(r"-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----")),
    (
        "a SQL password",
        re.compile(r"\A(?>.*?database\.windows\.net).*;\s*(?:Password|Pwd)\s*=\s*[^;\s]", re.IGNORECASE | re.DOTALL),
    ),
    (
        "a URL with a password",
        re.compile(r"[a-z0-9+.-]://[^/\s:@]+:[^/\s:@]+@[^/\s]*(?:azure|windows)\.(?:com|net)", re.IGNORECASE),
    ),
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]{16,}={0,2}")
_REFERENCE = re.compile(r"\$\(|\$\{\w+\}|^@Microsoft\.KeyVault\(|^/(?:mnt|var|etc|run)/")


def credential_in(text: str, *, depth: int = 2) -> str | None:
    """What kind of credential a text holds, looking through base64 too; None if it holds none."""
    for words, form in _FORMS:
        if form.search(text):
            return words
    if depth and _BASE64.fullmatch(text.strip()):
        try:
            packed = re.sub(r"\s", "", text).replace("-", "+").replace("_", "/")
            inner = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True).decode()
        except (binascii.Error, ValueError):
            return None
        found = credential_in(inner, depth=depth - 1)
        return f"{found} in base64" if found and "base64" not in found else found
    return None


def names_a_credential(name: str) -> bool:
    """Whether a name, such as that of an environment variable, is one under which a credential is looked for."""
    return bool(_NAMES.fullmatch(name) or _NAMES.fullmatch(_CAMEL.sub("_", name)))


def is_credential_by_name(name: str, value: str) -> bool:
    """Whether a value is taken for a credential because of the name that it has."""
    if names_a_credential(name):
        return not is_reference(value)
    return bool(_KEY_VALUES.fullmatch(value.strip()) and _KEY_NAMES.fullmatch(_CAMEL.sub("_", name)))


def lines_name_a_credential(text: str) -> bool:
    """Whether a line of a text, such as a `.env` file, sets a name under which a credential is looked for."""
    lines = (_LINE.fullmatch(line) for line in text.splitlines())
    return any(is_credential_by_name(line[1], line[2].strip("\"'")) for line in lines if line)


def is_reference(value: str) -> bool:
    """Whether a value only says where a credential is, such as a path or another variable."""
    return not value.strip() or bool(_REFERENCE.search(value))


def texts_in(value: object, at: str = "", later: Later | None = None) -> Iterator[tuple[str, str]]:
    """Every text within a value, with its path.

    A value that is not known stops the search as it stops any reading, or is kept for `later`.
    """
    if isinstance(value, str):
        if is_unknown(value):
            raise UnknownValueError(value, [at])
        yield at, value
    elif isinstance(value, Mapping):
        fields = cast(Mapping[str, Any], value)
        for key in fields:
            with later or nullcontext():
                yield from texts_in(fields[key], f"{at}.{key}" if at else str(key), later)
    elif isinstance(value, Sequence):
        items = cast(Sequence[Any], value)
        for index in range(len(items)):
            with later or nullcontext():
                yield from texts_in(items[index], f"{at}[{index}]", later)
