"""What Azure Resource Manager answers where the components ask it themselves."""

from typing import Any

import pytest
import requests


class ResourceManager:
    """Answers requests for federated credentials; a test that expects others replaces `requests.get` itself.

    Attributes:
        credentials: what an existing identity has, as (name, issuer, subject).
        asked: the addresses asked.
    """

    def __init__(self) -> None:
        self.credentials: list[tuple[str, str, str]] = []
        self.asked: list[str] = []

    def get(self, url: str, **_options: Any) -> requests.Response:
        assert url.endswith("/federatedIdentityCredentials"), f"unexpected request for {url}"
        self.asked.append(url)
        response = requests.Response()
        response.status_code = 200
        listed = [{"name": n, "properties": {"issuer": i, "subject": s}} for n, i, s in self.credentials]
        response.json = lambda **_: {"value": listed}
        return response


@pytest.fixture(autouse=True)
def resource_manager(monkeypatch: pytest.MonkeyPatch) -> ResourceManager:
    """An identity given by its id has no credentials yet, unless a test says so."""
    answers = ResourceManager()
    monkeypatch.setattr(requests, "get", answers.get)
    return answers
