"""Calling the models, agents and speech services of one AI account."""

from .grant import Grant, ResourceId, catalogued


def call_models(account_id: ResourceId) -> Grant:
    """Call the deployed models of one account; it cannot read keys, deploy models or change filters.

    It may make, change and delete the account's assistants, stored responses and generated videos, those of
    others included. Cognitive Services User and Foundry User would do too, but they read the account's keys.

    Args:
        account_id: the account's resource id.

    Source: Microsoft Learn, "Azure built-in roles for AI": Cognitive Services OpenAI User.
    """
    return catalogued("cognitive_services.call_models", account_id)


def call_agents(scope: ResourceId) -> Grant:
    """Talk to the published agents of one Foundry account or project; nothing else.

    Args:
        scope: the resource id of an account or, narrower, of one project.

    Source: Microsoft Learn, "Azure built-in roles for AI": Foundry Agent Consumer.
    """
    return catalogued("cognitive_services.call_agents", scope)


def create_responses(scope: ResourceId) -> Grant:
    """Use the responses API of one Foundry account or project: make, read and delete responses.

    Args:
        scope: the resource id of an account or, narrower, of one project.

    Source: Microsoft Learn, "Azure built-in roles for AI": Foundry Project Runtime User.
    """
    return catalogued("cognitive_services.create_responses", scope)


def use_speech(account_id: ResourceId) -> Grant:
    """Transcribe, synthesise and translate speech with one account; it cannot read keys or train voices.

    It may run voice agents and recognise speakers, and delete transcriptions, batch jobs and other results, those
    of others included.

    Args:
        account_id: the account's resource id.

    Source: Microsoft Learn, "Azure built-in roles for AI": Cognitive Services Speech User.
    """
    return catalogued("cognitive_services.use_speech", account_id)
