"""Which Azure credential a text holds, if any."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator

from aks_workload_identity_policy.fields import fields_in, json_in

# Names under which tools and SDKs look for a stored credential. azure-identity: EnvironmentCredential; azure-storage,
# azure-cosmos, openai: README of each.
_NAMES = re.compile(
    r"(?:azure|arm|aad|entra|msi|sp)[_.-]?(?:\w*[_.-])?(?:client[_.-]?secret|client[_.-]?certificate[_.-]?password|password)"
    r"|(?:azure|openai|cognitive|search|cosmos|storage|eventhubs?|servicebus|signalr|redis)\w*[_.-]?"
    r"(?:api[_.-]?key|account[_.-]?key|access[_.-]?key|primary[_.-]?key|admin[_.-]?key|master[_.-]?key"
    r"|connection[_.-]?string|sas(?:[_.-]?token)?|shared[_.-]?access[_.-]?key)"
    r"|azure[_.-]?storage[_.-]?key|account[_.-]?key|client[_.-]?secret|sas[_.-]?token"
    r"|ocp[_.-]?apim[_.-]?subscription[_.-]?key",
    re.IGNORECASE,
)
# A connection string may hold no credential, where the caller signs in as itself: what is in it decides.
# Microsoft Learn: azure-functions/functions-reference (identity-based connections); sql/connect/ado-net/sql (modes).
_CONNECTION_NAMES = re.compile(r"\w*[_.-]?connection[_.-]?string", re.IGNORECASE)
_CONNECTION_SECRETS = re.compile(
    r"(?:accountkey|accesskey|sharedaccesskey|sharedaccesssignature|sharedsecretvalue|password|pwd|sig)\s*=\s*[^;\s]"
    r"|[a-z0-9]://[^/\s:@]*:[^/\s@]+@",
    re.IGNORECASE,
)
# Names that say key and no more are those of credentials if the value looks like one: a partition key is none.
_KEY_NAMES = re.compile(
    r"(?:azure|openai|cognitive|search|cosmos|storage|eventhubs?|servicebus|signalr|redis)\w*[_.-]key[_.-]?[12]?",
    re.IGNORECASE,
)
# A key in hexadecimal has 32 digits; longer ones are digests.
_KEY_VALUES = re.compile(r"[0-9a-fA-F]{32}|(?![0-9a-fA-F]+\Z)[A-Za-z0-9+/]{40,}={0,2}")
_LINE = re.compile(r"""[ \t]*(?:export[ \t]+|-[ \t]+)?["']?([A-Za-z_][\w.-]*)["']?[ \t]*[=:][ \t]*(\S+)[ \t]*""")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# What a credential itself looks like. Microsoft's own: Purview, sensitive information type definitions (Entra client
# secret, storage account key, SAS, service bus and event hubs connection strings, Cosmos DB key). A text may be as long
# as a ConfigMap, 1 MiB, so no form may try what it has tried before from each place of the text anew: no open-ended
# repetition at the start of a form, nor two in a row of which both take the same characters.
_BARE_KEY = "a storage or database key"
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
            r"\A(?=.*s[ei]=)(?=.*sv=|.*SharedAccessSignature).*sig=[A-Za-z0-9%+/]{20}",
            re.IGNORECASE | re.DOTALL,
        ),
    ),
    ("a shared access signature", re.compile(r"SharedAccessSignature\s+sr=[^\s]+&sig=[^\s]+", re.IGNORECASE)),
    # A digest of 512 bits is as long as a key.
    (_BARE_KEY, re.compile(r"(?:^|(?<!sha512)[^A-Za-z0-9+/=])[A-Za-z0-9+/]{86}==(?:$|[^A-Za-z0-9+/=])", re.IGNORECASE)),
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
_PACKED_WITHIN = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
# An assignment, or an option with its value, in a command line; what begins with a variable or a command only refers to
# one. Values are looked ahead at, because one may hold an assignment itself.
_VALUE = r"""(?=["']?([^\s"'`$;&|-][^\s"'`;&|]{0,400}))"""
_ASSIGNED = (
    re.compile(rf"(?<![\w.$-])(?:--?)?([A-Za-z_][\w.-]{{0,80}})={_VALUE}"),
    re.compile(rf"(?<![\w.$-])--?([A-Za-z_][\w.-]{{0,80}})\s{{1,9}}{_VALUE}"),
)
_DIGEST_NAMES = re.compile(r"sha-?\d{3}|digest|checksum|integrity|hash", re.IGNORECASE)
# What only says where a credential is: a variable, a path, a vault, a template's expression.
_REFERENCE = re.compile(
    r"\$\(|\$\{\w+\}|^@Microsoft\.KeyVault\(|^/(?:mnt|var|etc|run)/|^\$[\w.:-]+$|^%\w+%$|\{\{.*\}\}"
    r"|^ENC\[|^https://[\w-]+\.vault\.(?:azure\.net|usgovcloudapi\.net|azure\.cn)/"
    r"|^(?:ref\+|urn:k8s:)?(?:azure)?(?:env|file|keyvault|secret|secretref|vault)(?:://|:)",
    re.IGNORECASE,
)
# What stands where a credential will be.
_PLACEHOLDER = re.compile(
    r"<.*>|\[.*\]|x{3,}|\*{3,}|\.{3}|(?:change|replace|fill)[-_ ]?(?:me|this|in).*|todo|tbd|placeholder|dummy|example"
    r"|your[-_ ].*|not[-_ ]?(?:set|used|a[-_ ]?secret)|unused|redacted|none|null|true|false"
    r"|(?:dev|fake|local|test)[-_ ]?(?:client[-_ ]?)?secret",
    re.IGNORECASE,
)
# The emulators' own keys, the same for everybody. Microsoft Learn: storage/common/storage-use-azurite;
# cosmos-db/emulator
_EMULATOR = re.compile(
    r"UseDevelopmentStorage=true|Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    r"|C2y6yDjf5/R\+ob0N8A7Cgv30VRDJIWEjLM\+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
)
_SHORTEST = 16
"""Characters of the shortest text that has the form of a credential."""


def credential_in(text: str, name: str = "") -> str | None:
    """What kind of credential a text holds, looking through base64 too; None if it holds none.

    Args:
        text: The text.
        name: What it is called. A digest, which says so, is not taken for a key.
    """
    for layer, packed in _layers(text):
        if found := _form_of(layer, name):
            return f"{found} in base64" if packed else found
    return None


def credential_under(name: str, text: str) -> str | None:
    """What kind of credential a text holds, by its form, its name or the names within it; None if it holds none."""
    if found := credential_in(text, name):
        return found
    if is_credential_by_name(name, text):
        return "a credential"
    return "a credential" if any(_names_one(layer) for layer, _ in _layers(text)) else None


def credential_assigned(words: Iterable[str]) -> str | None:
    """The name under which a command line assigns a credential, such as `client-secret`; None if it assigns none."""
    line = "\n".join(words)
    found = (match for form in _ASSIGNED for match in form.finditer(line))
    return next((match[1] for match in found if is_credential_by_name(match[1], match[2])), None)


def names_a_credential(name: str) -> bool:
    """Whether a name, such as that of an environment variable, is one under which a credential is looked for."""
    return any(_NAMES.fullmatch(one) for one in {name, _CAMEL.sub("_", name), _CAMEL.sub("_", name.rpartition(".")[2])})


def is_credential_by_name(name: str, value: str) -> bool:
    """Whether a value is taken for a credential because of the name that it has."""
    if _CONNECTION_NAMES.fullmatch(_CAMEL.sub("_", name)):
        return bool(_CONNECTION_SECRETS.search(value)) and not _is_harmless(value)
    if names_a_credential(name):
        return not _is_harmless(value) and _letters(value) != _letters(name)
    return bool(_KEY_VALUES.fullmatch(value.strip()) and _KEY_NAMES.fullmatch(_CAMEL.sub("_", name)))


def _is_harmless(value: str) -> bool:
    """Whether a value only says where a credential is, or that there is none."""
    bare = value.strip()
    return not bare or bool(_REFERENCE.search(bare) or _PLACEHOLDER.fullmatch(bare) or _EMULATOR.search(bare))


def _names_one(text: str) -> bool:
    """Whether JSON, or a line as of a `.env` or a YAML file, sets a name under which a credential is looked for."""
    if (parsed := json_in(text)) is not None:
        return any(is_credential_by_name(one.name, one.text or "") for one in fields_in(parsed))
    lines = (_LINE.fullmatch(line.rstrip(",")) for line in text.splitlines())
    return any(is_credential_by_name(line[1], line[2].strip("\"'")) for line in lines if line)


def _form_of(text: str, name: str) -> str | None:
    if len(text) < _SHORTEST:
        return None
    bare = _EMULATOR.sub("", text)
    found = (words for words, form in _FORMS if form.search(bare))
    is_digest = bool(_DIGEST_NAMES.search(name))
    return next((words for words in found if not (is_digest and words == _BARE_KEY)), None)


def _layers(text: str, depth: int = 2, *, packed: bool = False) -> Iterator[tuple[str, bool]]:
    """The text, and what it or a part of it is the base64 of, and what that is: each with whether it was packed."""
    yield text, packed
    if depth == 0 or len(text) < _SHORTEST:
        return
    whole = text.strip()
    parts = [whole] if _BASE64.fullmatch(whole) else []
    for part in (*parts, *(one for one in _PACKED_WITHIN.findall(text) if one != whole)):
        if (inner := _unpacked(part)) is not None:
            yield from _layers(inner, depth - 1, packed=True)


def _unpacked(text: str) -> str | None:
    packed = re.sub(r"\s", "", text).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
