"""The verdicts on roles, written out a second time: a line that is lost or moved in the table is seen here."""

import pytest
from aks_workload_identity_policy.roles import ROLES, Verdict

VERDICTS = {
    Verdict.NARROW: """
    7f951dda-4ed3-4680-a7ca-43fe172d538d  AcrPull
    516239f1-63e1-4d78-a4de-a74fb236a071  App Configuration Data Reader
    a638d3c7-ab3a-418d-83e6-5f17a39d4fde  Azure Event Hubs Data Receiver
    2b629674-e913-4c01-ae53-ef4638d8f975  Azure Event Hubs Data Sender
    4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0  Azure Service Bus Data Receiver
    69a216fc-b8fb-44d8-bc22-1f3c2cd27a39  Azure Service Bus Data Sender
    b59867f0-fa02-499b-be73-45a86b5b3e1c  Cognitive Services Data Reader
    5e0bd9bd-7b93-4f28-af87-19fc36ad61bd  Cognitive Services OpenAI User
    bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7  Container Registry Repository Catalog Lister
    b93aa761-3e63-49ed-ac28-beffa264f7ac  Container Registry Repository Reader
    d5a91429-5739-47e2-a06b-3470a27159e7  EventGrid Data Sender
    eed3b665-ab3a-47b6-8f48-c9382fb1dad6  Foundry Agent Consumer
    142bfaed-a13f-4c2d-bed2-6db62c4a1009  Foundry Project Runtime User
    21090545-7ca7-4776-b22c-e363652d74d2  Key Vault Reader
    4633458b-17de-408a-b874-0445c86b69e6  Key Vault Secrets User
    3913510d-42f4-4e42-8a64-420c390055eb  Monitoring Metrics Publisher
    1407120a-92aa-4202-b7e9-c0e197c71c8f  Search Index Data Reader
    ba92f5b4-2d11-453d-a403-e96b0029c9fe  Storage Blob Data Contributor
    2a2b9908-6ea1-4ae2-8e65-a410df84e7d1  Storage Blob Data Reader
    8a0f0c08-91a1-4084-bc3d-661d67233fed  Storage Queue Data Message Processor
    c6a89b2d-59bc-44d0-9896-0f6e12d7b80a  Storage Queue Data Message Sender
    19e7f393-937e-4f77-808e-94535e297925  Storage Queue Data Reader
    0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3  Storage Table Data Contributor
    76199698-9eea-4c19-bc75-cec21354c6b6  Storage Table Data Reader
    """,
    Verdict.WIDE: """
    8311e382-0749-4cb8-b61a-304f252e45ec  AcrPush
    175b81b9-6e0d-490a-85e4-0d422273c10c  App Configuration Reader
    1afdec4b-e479-420e-99e7-f82237c7c5e6  Azure Kubernetes Service Cluster Monitoring User
    4abbcc35-e782-43d8-92c5-2d3f1bd2253f  Azure Kubernetes Service Cluster User Role
    7f6c6a51-bcf8-42ba-9220-52d62157d7db  Azure Kubernetes Service RBAC Reader
    2a1e307c-b015-4ebd-883e-5b7698a07328  Container Registry Repository Writer
    db79e9a7-68ee-4b58-9aeb-b90e7c24fcba  Key Vault Certificate User
    e147488a-f6f5-4113-8e2d-b22465e65bf6  Key Vault Crypto Service Encryption User
    12338af0-0e69-4776-bea7-57ae8d297424  Key Vault Crypto User
    acdd72a7-3385-48ef-bd42-f606fba81ae7  Reader
    8ebe5a00-799e-43f5-93ac-243d3dce84a7  Search Index Data Contributor
    db58b8e5-c6ad-4a2a-8342-4190687cbf4a  Storage Blob Delegator
    974c5e8b-45b9-4653-ba55-5f855dd0fb88  Storage Queue Data Contributor
    """,
    Verdict.REFUSED: """
    76cc9ee4-d5d3-4a45-a930-26add3d73475  Access Review Operator Service Role
    c2f4ef07-c644-48eb-af81-4b1b4947fb11  AcrDelete
    5ae67dd6-50cb-40e7-96ff-dc2bfa4b606b  App Configuration Data Owner
    b78c5d69-af96-48a3-bf8d-a8b4d589de94  Azure AI Administrator
    64702f94-c441-49e6-a78b-ef80e0188fee  Azure AI Developer
    f526a384-b230-433a-b45c-95f59c4a2dec  Azure Event Hubs Data Owner
    0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8  Azure Kubernetes Service Cluster Admin Role
    ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8  Azure Kubernetes Service Contributor Role
    3498e952-d568-435e-9b2c-8d77e338d7f7  Azure Kubernetes Service RBAC Admin
    b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b  Azure Kubernetes Service RBAC Cluster Admin
    a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb  Azure Kubernetes Service RBAC Writer
    ef318e2a-8334-4a05-9e4a-295a196c6a6e  Azure Red Hat OpenShift Federated Credential
    090c5cfd-751d-490a-894a-3ce6f1109419  Azure Service Bus Data Owner
    25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68  Cognitive Services Contributor
    a001fd3d-188f-4b5d-821b-7da978bf7442  Cognitive Services OpenAI Contributor
    a97b65f3-24c7-4388-baec-2e87135dc908  Cognitive Services User
    2efddaa5-3f1f-4df3-97df-af3f13818f4c  Container Registry Repository Contributor
    b24988ac-6180-42a0-ab88-20f7382dd24c  Contributor
    fbdf93bf-df7d-467e-a4d2-9458aa1360c8  Cosmos DB Account Reader Role
    230815da-be43-4aae-9cb4-875f7bd000aa  Cosmos DB Operator
    5bd9cd88-fe45-4216-938b-f97437e15450  DocumentDB Account Contributor
    e47c6f54-e4a2-4754-9501-8e0985b135e1  Foundry Account Owner
    c883944f-8b7b-4483-af10-35834be79c4a  Foundry Owner
    eadc314b-1a2d-4efa-be10-5d325db5065e  Foundry Project Manager
    53ca6127-db72-4b80-b1b0-d745d6d5456d  Foundry User
    00482a5a-887f-4fb3-b363-3b7fe8e74483  Key Vault Administrator
    a4417e6f-fecd-4de8-b567-7b0420556985  Key Vault Certificates Officer
    f25e0fa2-a7c8-4377-a976-54943a77a395  Key Vault Contributor
    14b46e9e-c2b7-41b4-b07b-48a6ebf60603  Key Vault Crypto Officer
    8b54135c-b56d-4d72-a534-26097cfdc8d8  Key Vault Data Access Administrator
    a68e7c17-0ab2-4c09-9a58-125dae29748c  Key Vault Purge Operator
    b86a8fe4-44ce-4948-aee5-eccb2c155cd7  Key Vault Secrets Officer
    e40ec5ca-96e0-45a2-b4ff-59039f2c2b59  Managed Identity Contributor
    7e559ce2-48d7-4b27-9128-fa1b247f1308  Managed Identity Federated Identity Credential Contributor
    f1a07417-d97a-45cb-824c-7a7467783830  Managed Identity Operator
    4d97b98b-1d4f-4787-a291-c67834d212e7  Network Contributor
    8e3af657-a8ff-443c-a75c-2fe8c4bcb635  Owner
    c12c1c16-33a1-487b-954d-41c89c60f349  Reader and Data Access
    a8889054-8d42-49c9-bc1c-52486c10e7cd  Reservations Administrator
    f58310d9-a9f6-439a-9e8d-f62e7b41a168  Role Based Access Control Administrator
    9b7fa17d-e63e-47b0-bb0a-15c516ac86ec  SQL DB Contributor
    17d1049b-9a84-46fb-8f53-869881c3d3ab  Storage Account Contributor
    81a9662b-bebf-436f-a333-f67b29880f12  Storage Account Key Operator Service Role
    b7e6dc6d-f1e8-4753-8033-0f276bb0955b  Storage Blob Data Owner
    18d7d88d-d35e-4fb5-a5c3-7773c20a72d9  User Access Administrator
    9980e02c-c2be-4d73-94e8-173b1dc7cf3c  Virtual Machine Contributor
    """,
}


@pytest.mark.parametrize("verdict", Verdict)
def test_the_verdict_on_each_role_is_the_reviewed_one(verdict: Verdict):
    listed = {f"{guid}  {role.name}" for guid, role in ROLES.items() if role.verdict is verdict}

    assert listed == {line.strip() for line in VERDICTS[verdict].strip().splitlines()}


def test_every_role_says_why_and_what_else():
    assert all(role.name and role.why and role.instead for role in ROLES.values())
