"""Azure's regions, so that a misspelt one is seen before everything is moved to it."""

from os.path import commonprefix

# Microsoft Learn, "List of Azure regions" and the pages of the clouds of the US government and China.
REGIONS = frozenset(
    # One on a line would be a page.
    """
    australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth
    brazilsoutheast canadacentral canadaeast centralindia centralus chilecentral denmarkeast eastasia eastus eastus2
    francecentral francesouth germanynorth germanywestcentral indonesiacentral israelcentral italynorth japaneast
    japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiawest mexicocentral newzealandnorth
    northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral southafricanorth southafricawest
    southcentralus southeastasia southindia spaincentral swedencentral swedensouth switzerlandnorth switzerlandwest
    uaecentral uaenorth uksouth ukwest westcentralus westeurope westindia westus westus2 westus3
    usdodcentral usdodeast usgovarizona usgovtexas usgovvirginia
    chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3
    """.split()  # noqa: SIM905
)


def misspelt(region: str) -> str | None:
    """What is wrong with a region that differs from a known one by a letter; others may be newer than the list.

    Args:
        region: the region's short name.
    """
    if region in REGIONS:
        return None
    near = next((known for known in sorted(REGIONS) if _one_letter_off(region, known)), None)
    return f"no region that is known; did you mean {near!r}?" if near else None


def _one_letter_off(given: str, known: str) -> bool:
    # Azure numbers a further region in the same place, 'westus3': a digit more or another one is no slip of the pen.
    if given.rstrip("0123456789") == known.rstrip("0123456789"):
        return False
    start = len(commonprefix([given, known]))  # noqa: RUF071 - letters are meant, not folders
    end = len(commonprefix([given[start:][::-1], known[start:][::-1]]))  # noqa: RUF071
    left, right = given[start : len(given) - end], known[start : len(known) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])
