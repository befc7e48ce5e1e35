"""Azure services that a workload uses: each a resource without keys."""
