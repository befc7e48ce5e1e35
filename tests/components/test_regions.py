"""Regions: a slip of the pen is seen, a region that is newer than the list is not in the way."""

import pytest
from aks_workload_identity import InvalidArgumentError, KeyVaultArgs
from aks_workload_identity.regions import REGIONS, misspelt
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("region", "meant"),
    [
        ("westeuropa", "westeurope"),
        ("westeurop", "westeurope"),
        ("swedencenral", "swedencentral"),
        ("norhteurope", "northeurope"),
        ("estus2", "eastus2"),
        ("eastusa", "eastus"),
    ],
)
def test_a_region_that_is_a_letter_off_is_refused_with_the_one_that_was_meant(region: str, meant: str):
    with pytest.raises(InvalidArgumentError, match=f"got '{region}' .*did you mean '{meant}'"):
        KeyVaultArgs(resource_group_name="rg", location=region)


@pytest.mark.parametrize(
    "region", ["westus4", "eastus3", "southindia2", "austriacentral", "denmarkwest", "taiwannorth"]
)
def test_a_region_that_may_be_new_passes(region: str):
    assert region not in REGIONS
    assert misspelt(region) is None


@given(st.sampled_from(sorted(REGIONS)), st.integers(1, 9))
def test_every_known_region_and_a_further_one_in_its_place_pass(region: str, number: int):
    assert misspelt(region) is None
    assert misspelt(f"{region.rstrip('0123456789')}{number}") is None


@given(st.sampled_from(sorted(REGIONS)), st.data())
def test_a_letter_that_fell_out_is_seen(region: str, data: st.DataObject):
    place = data.draw(st.sampled_from([index for index, char in enumerate(region) if char.isalpha()]))
    written = region[:place] + region[place + 1 :]

    assert written in REGIONS or misspelt(written)
