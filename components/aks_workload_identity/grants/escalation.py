"""Roles that lead to more rights than they say: by them a pod could become anybody."""

# Built-in roles that may write role assignments or role definitions, give out Cosmos DB's own roles, write
# federated credentials, attach identities, or run pods on AKS, each of which becomes what its service account may
# become. Source: Azure's roleDefinitions API; Microsoft Learn, built-in-roles/privileged, adds Reservations
# Administrator.
ESCALATING = frozenset(
    {
        "b78c5d69-af96-48a3-bf8d-a8b4d589de94",  # Azure AI Administrator
        "95dd08a6-00bd-4661-84bf-f6726f83a4d0",  # Azure Container Storage Contributor
        "95de85bd-744d-4664-9dde-11430bc34793",  # Azure Container Storage Owner
        "92b92042-07d9-4307-87f7-36a593fc5850",  # Azure File Sync Administrator
        "7b7c71ed-33fa-4ed2-a91a-e56d5da260b5",  # Azure IoT Operations Onboarding
        "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",  # Azure Kubernetes Service Cluster Admin Role
        "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",  # Azure Kubernetes Service Contributor Role
        "3498e952-d568-435e-9b2c-8d77e338d7f7",  # Azure Kubernetes Service RBAC Admin
        "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",  # Azure Kubernetes Service RBAC Cluster Admin
        "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb",  # Azure Kubernetes Service RBAC Writer
        "1cfa4eac-9a23-481c-a793-bfb6958e836c",  # Azure Local Migrate Execute Expert
        "fd8ea4d5-6509-4db0-bada-356ab233b4fb",  # Azure Local Migrate Owner
        "1cfa4eac-9a23-481c-a793-bfb6958e836b",  # Azure Migrate Execute Expert
        "fd8ea4d5-6509-4db0-bada-356ab233b4fa",  # Azure Migrate Owner
        "ef318e2a-8334-4a05-9e4a-295a196c6a6e",  # Azure Red Hat OpenShift Federated Credential
        "0358943c-7e01-48ba-8889-02cc51d78637",  # Azure Red Hat OpenShift Machine API Operator
        "c914561b-1575-4601-af9c-a1356bf59818",  # Azure Resilience Management Drills Administrator
        "5a2ec2f1-2375-4950-9906-59ec1d979249",  # Azure Resilience Management Drills Assets Administrator
        "e4c7f620-39b8-4688-bba2-70dd82ef367b",  # Azure Resilience Management Drills Target Resource Administrator
        "a2b7cc47-30ec-462f-a2f4-9ac6e1c266af",  # Azure Resilience Management Goals Administrator
        "481d9636-d9f0-468b-b93d-6056318e6f36",  # Azure Resilience Management Recovery Administrator
        "5a382001-fe36-41ff-bba4-8bf06bd54da9",  # Azure Sphere Owner
        "bda0d508-adf1-4af0-9c28-88919fc3ae06",  # Azure Stack HCI Administrator
        "b24988ac-6180-42a0-ab88-20f7382dd24c",  # Contributor
        "8480c0f0-4509-4229-9339-7c10018cb8c4",  # Defender CSPM Storage Scanner Operator
        "0f641de8-0b88-4198-bdef-bd8b45ceba96",  # Defender for Storage Scanner Operator
        "4c6569b6-f23e-4295-9b90-bd4cc4ff3292",  # DevCenter Owner
        "5bd9cd88-fe45-4216-938b-f97437e15450",  # DocumentDB Account Contributor
        "e47c6f54-e4a2-4754-9501-8e0985b135e1",  # Foundry Account Owner
        "c883944f-8b7b-4483-af10-35834be79c4a",  # Foundry Owner
        "eadc314b-1a2d-4efa-be10-5d325db5065e",  # Foundry Project Manager
        "8b54135c-b56d-4d72-a534-26097cfdc8d8",  # Key Vault Data Access Administrator
        "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",  # Managed Identity Contributor
        "7e559ce2-48d7-4b27-9128-fa1b247f1308",  # Managed Identity Federated Identity Credential Contributor
        "f1a07417-d97a-45cb-824c-7a7467783830",  # Managed Identity Operator
        "7a2b6e6c-472e-4b39-8878-a26eb63d75c6",  # Microsoft Discovery Platform Administrator (Preview)
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",  # Owner
        "a8889054-8d42-49c9-bc1c-52486c10e7cd",  # Reservations Administrator
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",  # Role Based Access Control Administrator
        "77789c21-1643-48a2-8f27-47f858540b51",  # Storage Actions Task Assignment Contributor
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",  # User Access Administrator
        "66f75aeb-eabe-4b70-9f1e-c350c4c9ad04",  # Virtual Machine Data Access Administrator (preview)
    }
)
