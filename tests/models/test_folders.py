"""Which files a folder's restoration reads and writes."""

from models.folders import jobs


def test_two_photos_of_one_name_do_not_overwrite_each_other(tmp_path):
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for name in ("cat.gif", "cat.heic", "cat.png", "dog.heic"):
        (source / name).write_bytes(b"")
    names = {job.source.name: job.target.name for job in jobs(source, target)}
    assert names == {
        "cat.gif": "cat.gif.png",
        "cat.heic": "cat.heic.png",
        "cat.png": "cat.png",
        "dog.heic": "dog.png",
    }
