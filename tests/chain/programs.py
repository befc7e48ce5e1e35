"""Programs as users write them, run as containers of injected pods: what they read, or the error that they log."""

import sys
from typing import Any

from tests.chain.conftest import Chain

_REPORT = """
import os, sys
try:
{attempt}
except Exception as error:
    print(f"{{type(error).__name__}}: {{error}}")
    sys.exit(1)
"""
READ_SECRET = """
    from azure.identity import WorkloadIdentityCredential
    from azure.keyvault.secrets import SecretClient
    print(SecretClient(sys.argv[1], WorkloadIdentityCredential(), retry_total=0).get_secret(sys.argv[2]).value)
"""
READ_SECRET_WITH = """
    from azure.identity import ClientAssertionCredential
    from azure.keyvault.secrets import SecretClient
    login = ClientAssertionCredential(os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"], lambda: sys.argv[1])
    print(SecretClient(sys.argv[2], login, retry_total=0).get_secret(sys.argv[3]).value)
"""
LOG_IN = """
    from azure.identity import WorkloadIdentityCredential
    print(WorkloadIdentityCredential().get_token(sys.argv[1]).token)
"""
LOG_IN_WITH = """
    from azure.identity import ClientAssertionCredential
    login = ClientAssertionCredential(os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"], lambda: sys.argv[1])
    login.get_token(sys.argv[2])
"""
LOG_IN_WITH_FILE = """
    from azure.identity import WorkloadIdentityCredential
    print(WorkloadIdentityCredential(token_file_path=sys.argv[1]).get_token(sys.argv[2]).token)
"""
READ_FILE = """
    print(open(sys.argv[1]).read())
"""
COMPLETE = """
    from azure.identity import DefaultAzureCredential, get_bearer_token_provider
    from openai import AzureOpenAI
    client = AzureOpenAI(
        azure_endpoint=os.environ["AZURE_OPENAI_ENDPOINT"],
        azure_ad_token_provider=get_bearer_token_provider(DefaultAzureCredential(), os.environ["AZURE_OPENAI_SCOPE"]),
        api_version="2024-10-21",
        max_retries=0,
    )
    answer = client.chat.completions.create(model="chat", messages=[{"role": "user", "content": "Hello"}])
    print(answer.choices[0].message.content)
"""
COMPLETE_WITH_KEY = """
    from openai import AzureOpenAI
    client = AzureOpenAI(
        azure_endpoint=os.environ["AZURE_OPENAI_ENDPOINT"], api_key=sys.argv[1], api_version="2024-10-21", max_retries=0
    )
    client.chat.completions.create(model="chat", messages=[{"role": "user", "content": "Hello"}])
"""


def run(chain: Chain, pod: dict[str, Any], attempt: str, *arguments: str, **extra: str) -> tuple[str, str]:
    """What a program printed, and the error that it ended with; `extra` are further variables of its container."""
    command = [sys.executable, "-c", _REPORT.format(attempt=attempt.strip("\n")), *arguments]
    done = chain.kubelet.run(pod, command, {**chain.network, **extra})
    assert "Traceback" not in done.stderr, done.stderr
    said = done.stdout.strip()
    return ("", said) if done.returncode else (said, "")
