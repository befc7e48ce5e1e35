"""Calling the models of one Azure OpenAI account."""

from .grant import Grant, ResourceId, on
from .roles import COGNITIVE_SERVICES_OPENAI_USER


def call_models(account_id: ResourceId) -> Grant:
    """Call the deployed models of one account; it cannot read keys, deploy models or change filters.

    Cognitive Services User and the Foundry roles would do too, but they read the account's keys.

    Args:
        account_id: the account's resource id.

    Source: Microsoft Learn, "Azure built-in roles for AI": Cognitive Services OpenAI User.
    """
    return on("Microsoft.CognitiveServices/accounts", COGNITIVE_SERVICES_OPENAI_USER, account_id)
