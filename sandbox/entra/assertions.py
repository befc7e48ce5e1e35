"""What a client assertion must be to stand for a secret: the one place that judges it.

Checked here: that it is a token, within its time, and not for too long, that the principal trusts anybody, and its
issuer, subject and audience, and that the issuer signed it with a key that it publishes.

Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations: every part must match exactly.
Which part Entra compares first is not documented.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from sandbox.azure.managedidentity import CREDENTIALS
from sandbox.azure.store import Store
from sandbox.directory import CREDENTIALS as REGISTERED_CREDENTIALS
from sandbox.entra.errors import (
    assertion_lives_too_long,
    assertion_malformed,
    assertion_out_of_time,
    issuer_unreachable,
    key_not_published,
    no_credentials,
    no_matching,
    signature_wrong,
)
from sandbox.entra.issuers import published_keys
from sandbox.entra.principals import Principal, caller
from sandbox.entra.tokens import ALGORITHM, SIGNATURE_ONLY, BadTokenError, Tokens, claims_of

AUDIENCE = "api://AzureADTokenExchange"
CALLER_ASSERTION_SECONDS = 24 * 3600
# As in the text of AADSTS70023; a token that does not say when it was issued lives since 1970.
_LONGEST_LIFE_SECONDS = 25 * 3600


@dataclass(frozen=True)
class Trust:
    """A federated identity credential: whom a principal trusts."""

    issuer: str
    subject: str
    audience: str


def caller_assertion(tokens: Tokens) -> str:
    """What the sandbox's caller logs in with, as a pipeline does with the token of its run."""
    trust = _trust_of_caller(tokens.store)
    claims = {"iss": trust.issuer, "sub": trust.subject, "aud": trust.audience}
    return tokens.signed(claims, CALLER_ASSERTION_SECONDS)


def check(
    tokens: Tokens, principal: Principal, assertion: str, elsewhere: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Raises: EntraError, where Entra refuses.

    Args:
        elsewhere: issuers that are no cluster's of this sandbox, and the key sets that they publish.
    """
    try:
        claims = claims_of(assertion)
    except BadTokenError as error:
        raise assertion_malformed() from error
    _check_time(claims, tokens.now())
    trusted = _trusted_by(tokens.store, principal)
    if not trusted:
        raise no_credentials(principal.client_id, principal.name)
    _check_trust(trusted, claims)
    try:
        if principal == caller(tokens.store):
            tokens.check_signature(assertion)
        else:
            _check_signature(tokens.store, str(claims["iss"]), assertion, elsewhere or {})
    except BadTokenError as error:
        raise signature_wrong() from error


def _check_signature(store: Store, issuer_url: str, assertion: str, elsewhere: Mapping[str, Mapping[str, Any]]) -> None:
    published = published_keys(store, issuer_url, elsewhere)
    if published is None:
        raise issuer_unreachable()
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(dict(published)).keys}
    try:
        key = keys.get(jwt.get_unverified_header(assertion).get("kid", ""))
        if key is None:
            raise key_not_published(issuer_url)
        jwt.decode(assertion, key, [ALGORITHM], options=SIGNATURE_ONLY)
    except jwt.InvalidTokenError as error:
        raise BadTokenError(str(error)) from error


def _check_time(claims: dict[str, Any], now: float) -> None:
    start, issued, end = (claims.get(name, 0) for name in ("nbf", "iat", "exp"))
    if not all(isinstance(time, int | float) for time in (start, issued, end)) or "exp" not in claims:
        raise assertion_malformed()
    if now >= end or now < start:
        raise assertion_out_of_time(now, start, end)
    if end - issued > _LONGEST_LIFE_SECONDS:
        raise assertion_lives_too_long(int(issued), int(end))


def _check_trust(trusted: Iterable[Trust], claims: dict[str, Any]) -> None:
    issuer, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
    audiences = claims.get("aud", "")
    if isinstance(audiences, str):
        audiences = [audiences]
    of_issuer = [trust for trust in trusted if trust.issuer == issuer]
    if not of_issuer:
        raise no_matching(700211, "issuer", issuer)
    of_subject = [trust for trust in of_issuer if trust.subject == subject]
    if not of_subject:
        only_case = any(trust.subject.lower() == subject.lower() for trust in of_issuer)
        raise no_matching(7002138 if only_case else 700213, "subject", subject)
    if not any(trust.audience in audiences for trust in of_subject):
        raise no_matching(700212, "audience", ", ".join(map(str, audiences)))


def _trusted_by(store: Store, principal: Principal) -> list[Trust]:
    if principal == caller(store):
        return [_trust_of_caller(store)]
    if principal.registration:
        found = [body["object"] for body in store.of_type(REGISTERED_CREDENTIALS, under=principal.registration)]
    else:
        found = [body["properties"] for body in store.of_type(CREDENTIALS, under=str(principal.resource_id))]
    return [Trust(each["issuer"], each["subject"], each["audiences"][0]) for each in found]


def _trust_of_caller(store: Store) -> Trust:
    return Trust(f"https://sandbox.invalid/{store.tenant_id}/", "sandbox:caller", AUDIENCE)
