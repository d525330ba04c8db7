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


def test_a_folder_that_is_called_like_a_photo_is_none(tmp_path):
    inner = tmp_path / "in" / "album.png"
    inner.mkdir(parents=True)
    (inner / "cat.png").write_bytes(b"")
    assert [job.source for job in jobs(tmp_path / "in", tmp_path / "out")] == [inner / "cat.png"]
