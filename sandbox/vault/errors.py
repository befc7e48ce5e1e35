"""Refusals as Key Vault words them: Microsoft documents codes, `REPORTED` says who was told which words."""

from typing import Any

from sandbox.reported import Reported, learn, thread

_CODES = learn("azure/key-vault/general/rest-error-codes")
_TOKENS = learn("azure/key-vault/general/authentication-requests-and-responses")
_RECOVER = (
    "If you recently deleted this {kind} you may be able to recover it using the correct recovery command. For help "
    "resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
)

REPORTED = {
    "AKV10000": Reported(
        401,
        "Unauthorized",
        (_TOKENS, thread("Azure/azure-sdk-for-net", 39216)),
        "what a text that is no token leads to (AKV10046)",
    ),
    "AKV10022": Reported(
        401,
        "Unauthorized",
        (_CODES, thread("argoproj-labs/argocd-vault-plugin", 621), thread("Azure/go-autorest", 525)),
    ),
    "AKV10032": Reported(
        401, "Unauthorized", (thread("Azure/azure-cli", 11871), thread("Azure/azure-sdk-for-net", 53837))
    ),
    "AKV10046": Reported(
        401,
        "Unauthorized",
        (thread("hashicorp/terraform-provider-azurerm", 30912), thread("vcsjones/AzureSignTool", 330)),
        "the text after the token's header, and the words for a known key that did not sign the token (the same)",
    ),
    "TokenExpired": Reported(
        401,
        "Unauthorized",
        (thread("Azure/azure-sdk-for-python", 27266), thread("Azure/azure-sdk-for-python", 12368)),
        "whether they are still these words (yes)",
    ),
    "ForbiddenByRbac": Reported(
        403,
        "Forbidden",
        (thread("Azure/Commercial-Marketplace-SaaS-Accelerator", 710), thread("piyushsachdeva/Terraform_AKS", 2)),
        "when the reason is DeniedWithNoValidRBAC instead of null (never), and what is said where a condition refuses "
        "(the same)",
    ),
    "ForbiddenByPolicy": Reported(
        403,
        "Forbidden",
        (
            thread("ansible-collections/azure", 635),
            thread("SparebankenVest/azure-key-vault-to-kubernetes", 232),
            thread("MicrosoftDocs/azure-docs", 57072),
        ),
        "whether the inner code is AccessDenied, as in 2020, or this one (this one)",
    ),
    "ForbiddenByFirewall": Reported(403, "Forbidden", (_CODES, thread("microsoft/AzureTRE", 3789))),
    "ForbiddenByConnection": Reported(403, "Forbidden", (thread("microsoft/multimodal-ai", 171),)),
    "SecretDisabled": Reported(
        403, "Forbidden", (thread("Azure/azure-sdk-for-js", 24756), thread("ansible-collections/azure", 1989))
    ),
    "SecretNotFound": Reported(404, "SecretNotFound", (thread("Azure/azure-sdk-for-js", 25489),)),
    "KeyNotFound": Reported(404, "KeyNotFound", (thread("sigstore/cosign", 3094),)),
    "CertificateNotFound": Reported(404, "CertificateNotFound", (thread("Azure/azure-sdk-for-js", 20930),)),
    "BadParameter": Reported(
        400,
        "BadParameter",
        (thread("az-acme/az-acme-cli", 14), thread("aspnet/MicrosoftConfigurationBuilders", 22)),
        "the texts for content that is no certificate or key, and whether an address that leads to nothing is told "
        "this too (yes, each in the sandbox's own words)",
    ),
    "VaultNotFound": Reported(
        404,
        "VaultNotFound",
        (),
        "on Azure a vault that does not exist has no address in DNS, and nobody answers (these words, because here all "
        "names lead to one server)",
    ),
}


class VaultError(Exception):
    """A refused request: HTTP status, code, message and, where there is one, the inner code."""

    def __init__(self, status: int, code: str, message: str, inner: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"error": {"code": code, "message": message}}
        if inner:
            self.body["error"]["innererror"] = {"code": inner}


def _refused(words: str, message: str) -> VaultError:
    reported = REPORTED[words]
    return VaultError(reported.status, reported.code, message, words if reported.code == "Forbidden" else None)


def token_missing() -> VaultError:
    return _refused("AKV10000", "AKV10000: Request is missing a Bearer or PoP token.")


def token_expired() -> VaultError:
    return _refused("TokenExpired", "[TokenExpired] Error validating token: 'S2S12086'.")


def signature_wrong(header: str) -> VaultError:
    text = f"Unable to resolve the key used for signature validation. EncodedJwtHeader: '{header}'"
    return _refused("AKV10046", f"AKV10046: {text}")


def audience_wrong(expected: str, found: str) -> VaultError:
    return _refused("AKV10022", f"AKV10022: Invalid audience. Expected {expected}, found: {found}.")


def issuer_wrong(expected: str, found: str) -> VaultError:
    return _refused("AKV10032", f"AKV10032: Invalid issuer. Expected one of {expected}, found {found}.")


def forbidden_by_rbac(caller: str, action: str, resource: str, vault: str) -> VaultError:
    text = (
        "Caller is not authorized to perform action on resource.\r\n"
        "If role assignments, deny assignments or role definitions were changed recently, please observe propagation "
        f"time.\r\nCaller: {caller}\r\nAction: '{action}'\r\nResource: '{resource.lower()}'\r\nAssignment: (not found)"
        f"\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\nVault: {vault}\r\n"
    )
    return _refused("ForbiddenByRbac", text)


def forbidden_by_policy(caller: str, permission: str, vault: str) -> VaultError:
    text = (
        f"The user, group or application '{caller}' does not have {permission} permission on key vault '{vault}'. For "
        "help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287"
    )
    return _refused("ForbiddenByPolicy", text)


def forbidden_by_firewall(address: str, caller: str, vault: str) -> VaultError:
    text = (
        f"Client address is not authorized and caller is not a trusted service.\r\nClient address: {address}\r\n"
        f"Caller: {caller}\r\nVault: {vault}"
    )
    return _refused("ForbiddenByFirewall", text)


def forbidden_by_connection(caller: str, vault: str) -> VaultError:
    text = (
        "Public network access is disabled and request is not from a trusted service nor via an approved private link."
        f"\r\nCaller: {caller}\r\nVault: {vault}"
    )
    return _refused("ForbiddenByConnection", text)


def not_found(kind: str, name: str) -> VaultError:
    text = f"A {kind} with (name/id) {name} was not found in this key vault. {_RECOVER.format(kind=kind)}"
    return _refused(f"{kind.capitalize()}NotFound", text)


def disabled() -> VaultError:
    return _refused("SecretDisabled", "Operation get is not allowed on a disabled secret.")


def vault_not_found() -> VaultError:
    return _refused("VaultNotFound", "the sandbox has no vault of this name; in Azure it does not resolve")


def bad_parameter(message: str) -> VaultError:
    return _refused("BadParameter", message)
