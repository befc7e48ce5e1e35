"""What people are told who are refused, as test data: a file for each cause, held against what the programs say.

A diagnosis may be built on these files, so they must not drift: a text that changed fails its test. After a new version
of a program: WRITE_REFUSALS=1 make chain, and read the difference.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from sandbox.ai_account import errors as ai_account
from sandbox.azure.store import Store
from sandbox.entra import errors as entra
from sandbox.reported import found_in
from sandbox.vault import errors as vault

FOLDER = Path(__file__).parent / "refusals"
UNKNOWN = "unknown: not documented"
_PLAYED = {**entra.REPORTED, **vault.REPORTED, **ai_account.REPORTED}
# These said it themselves: their sources are where their words can be looked up.
_PROGRAMS = {
    "the API server": "https://github.com/kubernetes/kubernetes",
    "the Azure provider": "https://github.com/Azure/secrets-store-csi-driver-provider-azure",
    "the Secrets Store CSI driver": "https://github.com/kubernetes-sigs/secrets-store-csi-driver",
    "azure-identity": "https://github.com/Azure/azure-sdk-for-python/tree/main/sdk/identity/azure-identity",
}
_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_TIME = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)"


def check(cause: str, text: str, *, code: str, because: str, said_by: str, values: Mapping[str, str]) -> None:
    """Hold a refusal against its file.

    Args:
        cause: the file's name.
        text: what was said.
        code: what must be in it, such as the AADSTS number.
        because: the cause in a sentence.
        said_by: the part of the chain that refused.
        values: what differs from run to run, by the name that stands for it in the file.
    """
    assert code in text, text
    lines = _lasting(text, values).splitlines()
    record = {"cause": because, "said_by": said_by, "code": code, "source": sources(said_by, lines), "text": lines}
    file = FOLDER / f"{cause}.json"
    if os.environ.get("WRITE_REFUSALS"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    assert record == json.loads(file.read_text()), f"{file.name} is out of date: WRITE_REFUSALS=1 make chain"


def sources(said_by: str, text: list[str]) -> list[str]:
    """Where it can be looked up that these are the words: reports of what is played, the programs that are real."""
    played = [link for each in found_in("\n".join(text), _PLAYED) for link in each.sources]
    real = [link for name, link in _PROGRAMS.items() if said_by.partition(",")[0] == name]
    return [*real, *played] or [UNKNOWN]


def _lasting(text: str, values: Mapping[str, str]) -> str:
    """A text without what is different in every run."""
    for name, value in sorted(values.items(), key=lambda each: -len(each[1])):
        text = text.replace(value, f"<{name}>")
    return re.sub(_TIME, "<time>", re.sub(_GUID, "<guid>", text)).strip()


def known_values(store: Store) -> dict[str, str]:
    """What every text may hold that differs from run to run."""
    return {"tenant id": store.tenant_id, "subscription id": store.subscription_id}
