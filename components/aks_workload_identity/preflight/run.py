"""All checks in order: what one needs and did not get makes it `not checked`, never silent."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from . import checks
from .args import PreflightArgs
from .facts import Caller, NameState
from .login import Login
from .reader import Reader
from .row import Row, failed, passed, unknown


def preflight(args: PreflightArgs, login: Login) -> list[Row]:
    """Everything that has to be so before the first update, as rows; Azure is only asked, never told.

    Args:
        args: what the update will make.
        login: who will deploy, and where.
    """
    with closing(Reader(login)) as reader:
        return list(_rows(args, reader))


def _rows(args: PreflightArgs, reader: Reader) -> Iterator[Row]:
    try:
        caller = reader.caller()
    except (AzureError, ValueError, KeyError, IndexError) as error:
        yield failed("login", f"{reader.login.how} gives no token: {words(error)}", "az login")
        yield checks.kubelogin(shutil.which("kubelogin"))
        yield unknown("everything in Azure", "there is no login")
        return
    kind = "user" if caller.is_user else "service principal"
    yield passed("login", f"{kind} {caller.object_id} of tenant {caller.tenant_id}, by {reader.login.how}")
    yield checks.kubelogin(shutil.which("kubelogin"))
    reachable = list(_subscription(reader))
    yield from reachable
    yield from _of_the_login(args, reader, caller)
    yield checks.caller_address(args)
    yield from _names(args, reader)
    yield from _room(args, reader)


def _subscription(reader: Reader) -> Iterator[Row]:
    wanted = reader.login.subscription_id
    try:
        yield checks.subscription(wanted, *reader.subscription())
    except HttpResponseError as error:
        if error.status_code not in (403, 404):
            yield unknown("subscription", words(error))
            return
        found = f"{wanted} is not there for this login"
        yield failed("subscription", found, "az account list --output table; az account set --subscription <id>")
    except AzureError as error:
        yield unknown("subscription", words(error))


def _of_the_login(args: PreflightArgs, reader: Reader, caller: Caller) -> Iterator[Row]:
    groups, group = args.admin_group_object_ids, args.resource_group_name
    yield _tried(
        "admin groups",
        lambda: checks.admin_groups(caller, groups, reader.member_groups(caller, groups)),
        f"az ad group member check --group {groups[0]} --member-id {caller.object_id}",
    )
    yield _tried(
        "role assignments",
        lambda: checks.role_assignments(caller, reader.login.subscription_id, group, reader.rights(group, caller)),
        f"az role assignment list --assignee {caller.object_id} --include-groups --include-inherited --all",
    )
    yield _tried(
        "resource providers",
        lambda: checks.resource_providers(args.providers, reader.providers()),
        "az provider list --query \"[?registrationState!='Registered'].namespace\"",
    )


def _names(args: PreflightArgs, reader: Reader) -> Iterator[Row]:
    group, location = args.resource_group_name, args.location
    for name in args.vault_names:
        show = f"az keyvault show-deleted --name {name} || az keyvault check-name --name {name}"
        yield _name("vault", name, partial(reader.vault_name, name, location, group), args, show)
    for name in args.registry_names:
        show = f"az acr check-name --name {name}"
        yield _name("registry", name, partial(reader.registry_name, name, group), args, show)
    for name in args.storage_account_names:
        show = f"az storage account check-name --name {name}"
        yield _name("storage account", name, partial(reader.storage_account_name, name, group), args, show)
    for name in args.cognitive_services_account_names:
        show = "az cognitiveservices account list-deleted --output table"
        yield _name("AI account", name, partial(reader.cognitive_services_name, name, location, group), args, show)


def _name(check: str, name: str, read: Callable[[], NameState], args: PreflightArgs, show: str) -> Row:
    back = name in args.recovered_names
    return _tried(check, lambda: checks.unique_name(check, name, read(), recovered=back, look=show), show)


def _room(args: PreflightArgs, reader: Reader) -> Iterator[Row]:
    name, group = args.cluster_name, args.resource_group_name
    exists: list[bool] = []

    def cluster() -> Row:
        exists.append(reader.cluster_exists(name, group))
        return checks.cluster(name, group, exists[0])

    yield _tried("cluster", cluster, f"az aks show --name {name} --resource-group {group}")
    if not args.vm_sizes:
        yield unknown("vCPUs", "no VM sizes were named")
        return
    if exists == [True]:
        yield unknown("vCPUs", "the cluster exists, and its nodes count already")
        return
    try:
        sizes, usages = reader.vm_sizes(args.location), reader.usages(args.location)
    except AzureError as error:
        yield unknown("vCPUs", words(error), f"az vm list-usage --location {args.location} --output table")
        return
    yield from checks.quotas(args.vm_sizes, args.location, sizes, usages)


def _tried(check: str, judge: Callable[[], Row], command: str) -> Row:
    """The row, or one that says why there is none: a missing right to read is no verdict."""
    try:
        return judge()
    except AzureError as error:
        return unknown(check, words(error), command)


def words(error: Exception) -> str:
    """The first line of what Azure said; tokens and secrets are never part of it."""
    if isinstance(error, HttpResponseError) and not isinstance(error, ClientAuthenticationError):
        said = error.error.message if error.error and error.error.message else error.reason
        return f"Azure answers {error.status_code}: {said}"
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
