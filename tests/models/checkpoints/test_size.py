from dataclasses import replace

from models.checkpoints import Checkpoints
from models.source import Hub, OnDisk, Weights

ABSENT = Hub("tests/absent", "x.safetensors", "ab" * 20)
WEIGHTS = Weights(source=ABSENT, sha256="cd" * 32, bytes=7, licence="MIT", trained_on="Nothing.")


def test_a_file_that_is_here_tells_its_own_size(tmp_path):
    (tmp_path / "x.safetensors").write_bytes(bytes(123))
    here = replace(WEIGHTS, source=OnDisk(tmp_path / "x.safetensors"), bytes=None)
    assert Checkpoints(tmp_path).size(here) == 123


def test_a_file_that_is_not_here_has_the_size_its_card_says(tmp_path):
    assert Checkpoints(tmp_path).size(WEIGHTS) == 7
    assert Checkpoints(tmp_path).size(replace(WEIGHTS, sha256=None, bytes=None)) is None
    assert Checkpoints(tmp_path).size(None) is None
