"""The agreements of the handbook are read, and none holds anything that is never used."""

from pathlib import Path

import pytest

from levelfield_io.agreements_at_hand import read_agreement

FILES = sorted((Path(__file__).parents[2] / "docs" / "agreements").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_sample_agreement_is_read(path):
    agreement = read_agreement(path)
    assert agreement.targets and agreement.trigger and len(agreement.content) == 64


def test_there_are_enough_of_them():
    assert len(FILES) >= 5
