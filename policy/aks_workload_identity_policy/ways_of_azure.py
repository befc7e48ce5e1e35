"""Other ways to access: resources of azure-native, by the names of their modules and types."""

from aks_workload_identity_policy.way import EXCEPT, FEDERATE, NATIVE, Way, What

_COSMOS = (
    "CassandraResourceCassandra",
    "GremlinResourceGremlin",
    "MongoMIResourceMongoMI",
    "TableResourceTable",
)
_SHARED_KEYS = (
    ("servicebus", "Namespace"),
    ("servicebus", "Queue"),
    ("servicebus", "Topic"),
    ("eventhub", "Namespace"),
    ("eventhub", "EventHub"),
    ("relay", "Namespace"),
    ("relay", "HybridConnection"),
    ("relay", "WCFRelay"),
    ("notificationhubs", "Namespace"),
    ("notificationhubs", "NotificationHub"),
)
_PRIVATE_LINKS = (
    "EDMUpload",
    "M365ComplianceCenter",
    "M365SecurityCenter",
    "MIPPolicySync",
    "O365ManagementActivityAPI",
    "SCCPowershell",
)
_KEYS_OF_CONNECTIONS = ("key", "keys", "clientSecret", "pat", "password", "sas", "secretAccessKey")

_DATABASE = "administers the database; let a workload sign in as a user of the database, with the rights that it needs"
_SERVICE = "gives rights within the service that no role of Azure shows; use Azure RBAC where the service can"


def _rights(says: str, **paths: tuple[str, ...]) -> tuple[Way, ...]:
    return tuple(Way(What.RIGHTS, kinds, says, where=(path.replace("__", "."),)) for path, kinds in paths.items())


# Source: the inputs of azure-native's classes that name principals; tests look for ones that are not here.
OF_AZURE = (
    Way(
        What.UNSEEN,
        ("resources:AzureCliScript", "resources:AzurePowerShellScript"),
        f"cannot be judged: it runs a script, and nobody sees what that grants; {NATIVE}, {EXCEPT}",
    ),
    # Source: Microsoft Learn, azure-sql/database/authentication-aad-overview; postgresql and mysql, flexible-server,
    # concepts of Entra authentication; synapse-analytics/sql/active-directory-authentication
    *_rights(
        _DATABASE,
        administrators__sid=("sql:Server", "sql:ManagedInstance"),
        sid=(
            "sql:ServerAzureADAdministrator",
            "sql:ManagedInstanceAdministrator",
            "dbformysql:AzureADAdministrator",
            "dbformysql:ServerAdministrator",
            "dbformysql:SingleServerServerAdministrator",
            "dbforpostgresql:ServerAdministrator",
            "dbforpostgresql:SingleServerServerAdministrator",
            "synapse:WorkspaceAadAdmin",
            "synapse:WorkspaceSqlAadAdmin",
        ),
        objectId=(
            "dbforpostgresql:Administrator",
            "dbforpostgresql:AdministratorsMicrosoftEntra",
            "dbforpostgresql:Role",
            "dbforpostgresql:ServerGroupRole",
        ),
        userName=("mongocluster:User",),
        properties__mainPrincipal__objectId=("databasefleetmanager:Fleetspace",),
    ),
    *_rights(
        _SERVICE,
        cspWorkspaceAdminProperties__initialWorkspaceAdminObjectId=("synapse:Workspace",),
        principalId=(
            "kusto:ClusterPrincipalAssignment",
            "kusto:DatabasePrincipalAssignment",
            "synapse:DatabasePrincipalAssignment",
            "synapse:KustoPoolDatabasePrincipalAssignment",
            "synapse:KustoPoolPrincipalAssignment",
        ),
        properties__initialAdminObjectIds=("keyvault:ManagedHsm",),
        properties__aadBasedSecurityPrincipals__principalId=("confidentialledger:Ledger",),
        properties__certBasedSecurityPrincipals__cert=("confidentialledger:Ledger",),
        admins__objectId=("datacatalog:ADCCatalog",),
        asAdministrators__members=("analysisservices:ServerDetails",),
        administration__members=(
            "fabric:FabricCapacity",
            "powerbidedicated:CapacityDetails",
            "dynamics365fraudprotection:InstanceDetails",
        ),
        properties__accessPolicies__objectId=(
            "healthcareapis:Service",
            *(
                f"{module}:PrivateLinkServicesFor{of}"
                for module in ("m365securityandcompliance", "securityandcompliance")
                for of in _PRIVATE_LINKS
            ),
        ),
        principalObjectId=("timeseriesinsights:AccessPolicy",),
        aadProfile__adminGroupObjectIDs=("kubernetes:ConnectedCluster",),
        aadConfiguration__adminGroupObjectIds=("networkcloud:KubernetesCluster",),
        properties__endpointAuthentications__principalID=("recommendationsservice:Account",),
        properties__aksAdminGroupId=("manufacturingplatform:ManufacturingDataService",),
    ),
    Way(
        What.ACCESS,
        ("managedservices:RegistrationDefinition", "managedservices:RegistrationAssignment"),
        "gives another tenant rights here (Azure Lighthouse), whose holders nobody sees; invite those people instead",
    ),
    Way(
        What.ACCESS,
        ("solutions:Application", "solutions:JitRequest"),
        f"lets the publisher of a managed application in; register its resources instead, {EXCEPT}",
    ),
    Way(
        What.ACCESS,
        ("containerservice:JWTAuthenticator",),
        "lets whoever holds another issuer's token into the cluster; let people sign in with Entra ID instead",
    ),
    Way(
        What.ACCESS,
        ("containerservice:IdentityBinding",),
        "trusts every service account that a ClusterRole of the cluster names, unseen here; federate one instead",
    ),
    Way(
        What.ACCESS,
        ("containerservice:TrustedAccessRoleBinding",),
        f"gives another Azure service rights in the cluster, which no rule judges; leave it out, {EXCEPT}",
    ),
    # Source: Microsoft Learn, service-connector/concept-permission, how-to-use-service-connector-in-aks
    Way(
        What.ACCESS,
        ("servicelinker:Connector", "servicelinker:Linker"),
        f"has Service Connector grant roles, federate or write secrets by itself; {NATIVE}",
        where=("authInfo",),
    ),
    Way(
        What.ACCESS,
        ("blueprint:RoleAssignmentArtifact", "blueprint:TemplateArtifact", "blueprint:PolicyAssignmentArtifact"),
        f"is assigned later, and grants then; {NATIVE}",
    ),
    *(
        Way(What.ACCESS, kinds, f"gives principals roles or data among its own properties; {NATIVE}", where=where)
        for kinds, where in (
            (("solutions:ApplicationDefinition", "databricks:Workspace"), ("authorizations.principalId",)),
            (("devcenter:ProjectEnvironmentType",), ("creatorRoleAssignment", "userRoleAssignments")),
            (("mission:Community",), ("communityRoleAssignments.principals",)),
            (
                ("mission:VirtualEnclave",),
                ("enclaveRoleAssignments.principals", "workloadRoleAssignments.principals"),
            ),
            (
                ("machinelearningservices:Registry",),
                ("managedResourceGroupSettings.assignedIdentities.principalId",),
            ),
            (("storage:DataShare",), ("properties.accessPolicies",)),
        )
    ),
    Way(
        What.ACCESS,
        (
            *(f"cosmosdb:{api}Role{one}" for api in _COSMOS for one in ("Assignment", "Definition")),
            "cosmosdb:MongoDBResourceMongoRoleDefinition",
            "redis:AccessPolicyAssignment",
            "cache:AccessPolicyAssignment",
            "redisenterprise:AccessPolicyAssignment",
            "apimanagement:AuthorizationAccessPolicy",
            "customerinsights:RoleAssignment",
            "datashare:Invitation",
            *(f"billing:BillingRoleAssignmentBy{of}" for of in ("BillingAccount", "Department", "EnrollmentAccount")),
        ),
        f"grants data by a service's own roles, which no rule judges; use Azure RBAC where the service can, {EXCEPT}",
    ),
    Way(
        What.SECRET,
        (
            "cosmosdb:MongoDBResourceMongoUserDefinition",
            "containerregistry:Token",
            "storage:LocalUser",
            "logic:WorkflowAccessKey",
            *(f"{module}:{of}AuthorizationRule" for module, of in _SHARED_KEYS),
        ),
        f"makes a password or a shared key; give the workload's identity a data role, and {FEDERATE}",
    ),
    Way(
        What.SECRET,
        ("automation:Webhook",),
        f"makes a link that starts a program for whoever knows it; start the runbook by its job, or {FEDERATE}",
    ),
    Way(
        What.SECRET,
        ("automation:Certificate", "automation:Credential"),
        "keeps a password or a private key; let the automation account sign in as its managed identity",
    ),
    Way(
        What.SECRET,
        (
            "devices:IotDpsResource",
            "devices:IotHubResource",
            "deviceprovisioningservices:IotDpsResource",
            "iothub:IotHubResource",
        ),
        f"makes shared keys; give the workload's identity a data role, and {FEDERATE}",
        where=("properties.authorizationPolicies",),
    ),
    Way(
        What.SECRET,
        (
            "cognitiveservices:AccountConnection",
            "cognitiveservices:ProjectConnection",
            "machinelearningservices:WorkspaceConnection",
        ),
        "keeps a key or password of another service; let it sign in with Entra ID (authType 'AAD')",
        where=tuple(f"properties.credentials.{name}" for name in _KEYS_OF_CONNECTIONS),
    ),
    Way(
        What.SECRET,
        ("dbforpostgresql:Role", "dbforpostgresql:ServerGroupRole"),
        "makes a password of the database; let the workload sign in as its identity",
        where=("password",),
    ),
    *(
        Way(What.SECRET, (kind,), "signs in with a client secret; give the cluster managed identities", where=(where,))
        for kind, where in (
            ("networkcloud:Cluster", "clusterServicePrincipal.password"),
            ("redhatopenshift:OpenShiftCluster", "servicePrincipalProfile.clientSecret"),
        )
    ),
    Way(
        What.RUNS,
        (
            "compute:VirtualMachineExtension",
            "compute:VirtualMachineRunCommandByVirtualMachine",
            "compute:VirtualMachineScaleSetExtension",
            "compute:VirtualMachineScaleSetVMExtension",
            "compute:VirtualMachineScaleSetVMRunCommand",
            "hybridcompute:MachineExtension",
            "hybridcompute:MachineRunCommand",
        ),
        "runs on a machine as its administrator, and as every identity of the machine; see that these hold little",
    ),
    Way(
        What.RUNS,
        ("automation:Runbook", "containerregistry:Task", "containerregistry:TaskRun", "kusto:Script"),
        "runs what is not judged, as the identity of its service; see that this holds little",
    ),
    Way(
        What.RUNS,
        (
            "kubernetesconfiguration:Extension",
            "kubernetesconfiguration:FluxConfiguration",
            "kubernetesconfiguration:SourceControlConfiguration",
        ),
        "makes objects in the cluster that are not judged here; judge them where they are written, or by Azure Policy",
    ),
)
