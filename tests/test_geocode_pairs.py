"""The address set: what lists write, and which building of the register is meant.

`address_register.csv` and `address_pairs.csv` are invented: towns and parishes
of the country, but streets, numbers, farms and positions of nobody's.  An
empty `right` is a decoy, whose right answer is that there is no match.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    return pd.read_csv(HERE / "address_pairs.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def given() -> pd.DataFrame:
    """Give the register's rows as they stand in the file."""
    return pd.read_csv(HERE / "address_register.csv", dtype=str, keep_default_na=False)


def test_the_set_is_large_enough_and_points_at_addresses_in_force(
    pairs: pd.DataFrame, given: pd.DataFrame
) -> None:
    decoy = pairs["form"].str.startswith("decoy")
    assert len(pairs) >= 300
    assert decoy.sum() >= 60
    assert pairs["written"].is_unique
    assert (decoy == (pairs["right"] == "")).all()
    in_force = given.loc[given["STATUSS"] == "EKS", "KODS"]
    assert pairs.loc[~decoy, "right"].isin(in_force).all()
    assert given["KODS"].is_unique
