"""The table on stdout and the exit code, for `python -m` here and for programs that plan their own names."""

from collections.abc import Callable

from azure.core.exceptions import AzureError

from .args import PreflightArgs
from .login import Login
from .row import Status, failed, table
from .run import preflight, words


def show(plan: Callable[[str], PreflightArgs], subscription_id: str | None = None) -> int:
    """Print the table; returns 0 when nothing has to be put right, else 1.

    Args:
        plan: what the update will make, given the subscription's id, from which names may be derived.
        subscription_id: the subscription; left out, the login's own.
    """
    try:
        login = Login.find(subscription_id)
    except (AzureError, OSError) as error:
        rows = [failed("login", words(error), "az login && az account set --subscription <id>")]
    else:
        rows = preflight(plan(login.subscription_id), login)
    print(table(rows))  # noqa: T201 - this is the command's output
    return int(any(row.status is Status.FAILED for row in rows))
