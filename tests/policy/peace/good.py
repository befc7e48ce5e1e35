"""What careful people do, and what several of it are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.policy.builders import GROUP, ISSUER
from tests.policy.judging import Config

KNOWN: Config = {"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER]}}


QUEUE = f"{GROUP}/providers/Microsoft.ServiceBus/namespaces/shop/queues/orders"


@dataclass(frozen=True)
class Good:
    """What somebody does, and how."""

    name: str
    program: Callable[[], Any]
    config: Config = field(default_factory=dict)
