"""Sending telemetry to Azure Monitor."""

from .grant import Grant, ResourceId, catalogued


def publish(scope: ResourceId) -> Grant:
    """Write metrics, logs and traces through one data collection rule, or to one Application Insights resource.

    It reads nothing of them.

    Args:
        scope: the resource id of a data collection rule or of an Application Insights component.

    Source: Microsoft Learn, "Azure built-in roles for Monitor": Monitoring Metrics Publisher; "Microsoft Entra
    authentication for Application Insights".
    """
    return catalogued("monitor.publish", scope)
