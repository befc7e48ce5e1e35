"""Microsoft Defender for Containers on a cluster."""

from ..arguments import Arguments
from ..services.log_analytics import WorkspaceId


class Defender(Arguments):
    """Defender for Containers' sensor: it watches what happens on the nodes and raises alerts.

    Its alerts need the Containers plan of the subscription, which is not a matter of one cluster and is not set
    here: see `DefenderForContainersPlan`.

    Source: Microsoft Learn, "Enable Microsoft Defender for Containers"; azure-rest-api-specs containerservice.
    """

    workspace_id: WorkspaceId
    """The Log Analytics workspace that the sensor reports to."""
