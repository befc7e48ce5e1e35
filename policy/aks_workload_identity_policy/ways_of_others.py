"""Other ways to access: resources of other packages than azure-native, by expressions on the names of their types."""

from aks_workload_identity_policy.way import EXCEPT, FEDERATE, NATIVE, Way, What

_CLASSIC = ("azure:*", "azurerm:*")

# Sources: the registry's pages of the packages `azure`, `azuread`, `azapi`, `command`; dynamic providers:
# pulumi/pulumi sdk/python/lib/pulumi/dynamic, sdk/nodejs/dynamic; Azure Service Operator and Crossplane: their CRDs;
# `azurerm` and `msgraph` are what `pulumi package add terraform-provider` makes of those.
OF_OTHERS = (
    Way(
        What.UNSEEN,
        ("command:*",),
        f"cannot be judged: it runs a command, and nobody sees what that grants; {NATIVE}, {EXCEPT}",
    ),
    Way(
        What.UNSEEN,
        ("pulumi-nodejs:*", "pulumi-python:*"),
        f"cannot be judged: it runs the program's own code as a provider; {NATIVE}, {EXCEPT}",
    ),
    Way(
        What.ACCESS,
        _CLASSIC,
        f"is registered by another provider; {NATIVE}",
        r"(?:authorization|role):(?:assignment|definition)|.*role(?:assignment|definition|binding)|pim:.*|lighthouse.*"
        r"|.*:lighthouse.*|.*federatedidentitycredential|.*:(?:keyvault|keyvaultaccesspolicy|kubernetescluster)"
        r"|containerservice:registry|index:containerregistry|cognitive:account|.*:cognitiveaccount"
        r"|.*accesspolicyassignment|.*principalassignment|.*templatedeployment|.*deploymentscript.*"
        r"|.*(?:activedirectoryadministrator|aadadmin|aadadministrator)|.*managedhardwaresecuritymodule"
        r"|confidentialledger:ledger|index:confidentialledger|managedapplication:.*|index:managedapplication.*",
    ),
    Way(
        What.ACCESS,
        _CLASSIC,
        f"is registered by another provider, and names administrators; {NATIVE}",
        r"mssql:(?:server|managedinstance)|index:mssql(?:server|managedinstance)",
        where=("azureadAdministrator", "azureActiveDirectoryAdministrator"),
    ),
    Way(
        What.SECRET,
        _CLASSIC,
        f"makes a key or writes a secret's value; {FEDERATE}",
        r".*authorizationrule|.*registrytoken(?:password)?|.*keyvaultsecret|.*mongouserdefinition|.*localuser"
        r"|automation:(?:webhook|credential|certificate)|index:automation(?:webhook|credential|certificate)",
    ),
    Way(
        What.RUNS,
        _CLASSIC,
        "has Azure run or install what is not judged; see that the identities there hold little",
        r"compute:(?:extension|runcommand|virtualmachinescalesetextension)"
        r"|index:virtualmachine(?:extension|runcommand|scalesetextension)|(?:index:)?automation:?runbook"
        r"|containerservice:(?:registrytask.*|fluxconfiguration|clusterextension)|index:containerregistrytask.*"
        r"|index:kubernetes(?:fluxconfiguration|clusterextension)|kusto:script|index:kustoscript",
    ),
    Way(
        What.SECRET,
        ("azuread:*",),
        f"makes a credential that is a secret; {FEDERATE}",
        r".*(?:password|certificate|synchronizationsecret)",
    ),
    Way(
        What.MEMBER,
        ("azuread:*",),
        "puts a principal into a group; grant the role to the workload's identity itself, or manage people elsewhere",
        r".*(?:groupmember|privilegedaccessgroup.*schedule)",
    ),
    Way(
        What.ACCESS,
        ("azuread:*",),
        f"gives rights in the directory, which no rule judges; grant an Azure role on one resource, {EXCEPT}",
        r".*(?:approleassignment|delegatedpermissiongrant|directoryrole.*|administrativeunitrolemember"
        r"|accesspackageassignment.*|accesspackageresource.*)",
    ),
    Way(
        What.ACCESS,
        ("msgraph:*",),
        f"cannot be judged: it asks Microsoft Graph for anything; use azuread's or azure-native's types, {EXCEPT}",
    ),
    Way(
        What.ACCESS,
        ("kubernetes:*",),
        f"has an operator in the cluster make it; {NATIVE}",
        r"(?:.*\.)?(?:authorization|managedidentity|keyvault|managedservices)\.azure\..*:"
        r"(?:role.*|federatedidentitycredential.*|accesspolic.*|vault|secret|registration.*)",
    ),
)
