"""`python -m lab bench` as a person calls it, and the page that is made of what it keeps."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from skimage import data

from lab.__main__ import main
from lab.quality import contestants, harmless, markdown, page, plot, report
from lab.training import album
from lab.training.album import listed_names
from models import pixels, registry
from models.card import RESTORING
from models.errors import OutOfMemoryError

FAST = ["denoise-mean", "denoise-median"]


def save(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels.save(pixels.from_array(np.ascontiguousarray(image)), path)
    return path


@pytest.fixture
def photos(tmp_path):
    """Two small photos, the second under a name that is held out."""
    folder = tmp_path / "photos"
    save(folder / "cat.png", data.chelsea()[60:124, 150:230])
    save(
        folder / min(listed_names() - {name for name in listed_names() if "." not in name}),
        data.coffee()[:64, :64],
    )
    return folder


def bench(*more):
    return ["bench", *map(str, more)]


def refusal(capsys, *more):
    """Call, which must fail with 2, and return its sentence."""
    capsys.readouterr()
    assert main(bench(*more)) == 2
    return capsys.readouterr().err


def test_every_method_that_can_run_is_measured_on_every_trial(photos, tmp_path):
    files = [tmp_path / f"out.{suffix}" for suffix in ("json", "md", "svg")]
    call = bench("denoise", "--data", photos, "--json", files[0], "--markdown", files[1], "--plot", files[2])
    assert main(call) == 0
    said = json.loads(files[0].read_text(encoding="utf-8"))
    ready = {card.id for card in registry.by_task("denoise") if card.method == "classical"}
    assert len(said["trials"]) == 6
    for trial in said["trials"]:
        measured = {score["id"] for score in trial["scores"]}
        assert {"nothing", *ready} <= measured
        for score in trial["scores"]:
            assert score["figures"]["whole"]["psnr"]["n"] == 2
    assert said["conditions"]["command"].startswith("python -m lab bench denoise --data")
    assert said["data"]["folders"] == ["photos"]
    text = files[1].read_text(encoding="utf-8")
    assert "| `denoise-nlm` |" in text
    assert "quoted" in text
    ET.parse(files[2])  # noqa: S314 - our own file


def test_without_files_the_tables_go_to_stdout_and_the_progress_elsewhere(photos, capsys):
    call = bench("denoise", "--data", photos, "--models", *FAST, "--trials", "gaussian-15", "--limit", 1)
    assert main(call) == 0
    out, err = capsys.readouterr()
    assert "### White noise, σ = 15" in out
    assert "104010" not in out
    assert "White noise, σ = 15: 104010.jpg (1)" in err


def test_held_out_photos_are_never_those_that_are_learnt_from(photos, tmp_path):
    out = tmp_path / "out.json"
    call = bench("denoise", "--data", photos, "--models", "denoise-mean", "--trials", "gaussian-15")
    assert main([*call, "--held-out", "--json", str(out)]) == 0
    assert report.read(out).data.photos == 1
    assert report.read(out).data.held_out


def test_pairs_are_found_by_name_up_to_an_underscore(photos, tmp_path, capsys):
    clean = data.coffee()[:64, :64]
    save(tmp_path / "gt" / "1400.png", clean)
    save(tmp_path / "hazy" / "1400_1_0.9.png", 255 - (255 - clean) // 2)
    save(tmp_path / "hazy" / "77_1.png", clean)
    out = tmp_path / "out.json"
    call = bench("dehaze", "--data", tmp_path / "hazy", "--clean", tmp_path / "gt", "--models", "dehaze-mean")
    assert main([*call, "--json", str(out)]) == 1
    assert "Left out 77_1.png: there is no clean photo of that name in 'gt'." in capsys.readouterr().err
    (trial,) = report.read(out).trials
    assert (trial.id, trial.cases) == ("pairs", 1)


def test_derusting_shows_its_ceilings_and_masks(photos, tmp_path):
    out = tmp_path / "out.json"
    call = bench("derust", "--data", photos, "--models", "derust-inpaint", "--limit", 1)
    assert main([*call, "--trials", "unseen-seeds", "--json", str(out)]) == 0
    (trial,) = report.read(out).trials
    scores = {score.id: score for score in trial.scores}
    assert {"ceiling-inversion", "ceiling-unmixing", "ceiling-inpainting"} <= set(scores)
    assert {"mask_iou", "mask_f1"} <= set(scores["derust-inpaint"].figures["whole"])
    assert scores["nothing"].figures["outside"]["kept"].mean == 99


def test_do_no_harm_looks_at_its_photos_whatever_the_limit(photos, tmp_path):
    out = tmp_path / "out.json"
    save(photos / "a.png", data.coffee()[:64, :64])
    call = bench("derust", "--data", photos, "--models", "derust-mean", "--limit", 1, "--trials", "harmless")
    assert main([*call, "--json", str(out)]) == 0
    (trial,) = report.read(out).trials
    assert trial.cases == len(harmless.SHIPPED) + 1
    by_id = {score.id: score.figures["outside"]["delta_e"] for score in trial.scores}
    assert by_id["nothing"].most == 0
    assert by_id["derust-mean"].least > 0


def test_a_report_is_read_back_as_it_was_written(photos, tmp_path):
    out, again = tmp_path / "out.json", tmp_path / "again.json"
    main(bench("denoise", "--data", photos, "--models", *FAST, "--trials", "camera-day", "--json", out))
    kept = report.read(out)
    kept.write(again)
    assert again.read_text(encoding="utf-8") == out.read_text(encoding="utf-8")
    assert markdown.section(kept) == markdown.section(report.read(again))


def test_broken_and_small_photos_are_named_and_the_rest_is_measured(photos, tmp_path, capsys):
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no photo")
    save(photos / "small.png", data.coffee()[:20, :64])
    out = tmp_path / "out.json"
    call = bench("denoise", "--data", photos, "--models", "denoise-mean", "--trials", "gaussian-15")
    assert main([*call, "--json", str(out)]) == 1
    err = capsys.readouterr().err
    assert "Left out broken.jpg: " in err
    assert "Left out small.png: it is 64×20; at least 32 pixels a side are needed." in err
    assert report.read(out).data.photos == 2
    assert len(report.read(out).data.left_out) == 2


def test_folders_with_nothing_to_measure_get_a_sentence(tmp_path, photos, capsys):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no photos" in refusal(capsys, "denoise", "--data", empty)
    assert "There is no folder" in refusal(capsys, "denoise", "--data", tmp_path / "none")
    save(empty / "small.png", data.coffee()[:20, :64])
    assert "No photo is left to measure on: 1 found" in refusal(capsys, "denoise", "--data", empty)
    assert "need depth" in refusal(capsys, "dehaze", "--data", photos, "--trials", "indoor")
    assert "No pair is left" in refusal(capsys, "dehaze", "--data", photos, "--clean", empty)
    name = next(name for name in "abcdefgh" if not album._chosen(f"{name}.png"))
    lonely = save(tmp_path / "lonely" / f"{name}.png", data.coffee()[:64, :64])
    assert "None of the photos is held out" in refusal(
        capsys, "denoise", "--data", lonely.parent, "--held-out"
    )


def test_models_that_cannot_be_measured_get_a_sentence(photos, capsys):
    said = refusal(capsys, "denoise", "--data", photos, "--models", "denoise-nml")
    assert "There is no model 'denoise-nml': did you mean denoise-nlm" in said
    said = refusal(capsys, "denoise", "--data", photos, "--models", "dehaze-mean")
    assert "'dehaze-mean' is for dehaze, not for denoise" in said
    said = refusal(capsys, "denoise", "--data", photos, "--models", "denoise-scunet")
    assert "'denoise-scunet' cannot run here yet: its weights are not pinned" in said
    said = refusal(capsys, "denoise", "--data", photos, "--trials", "gaussian-20")
    assert "denoise has no trial 'gaussian-20'; it has gaussian-15," in said


def test_a_report_that_cannot_be_written_is_named(photos, tmp_path, capsys):
    nowhere = tmp_path / "none" / "out.json"
    call = ["denoise", "--data", photos, "--models", "denoise-mean", "--trials", "gaussian-15"]
    assert "cannot be written" in refusal(capsys, *call, "--json", nowhere)


def test_a_method_that_fails_is_named_and_the_others_go_on(photos, tmp_path, monkeypatch, capsys):
    restore = contestants.restore

    def failing(model, *given, **named):
        if model == "denoise-median":
            raise OutOfMemoryError("'denoise-median' does not fit.")
        return restore(model, *given, **named)

    monkeypatch.setattr(contestants, "restore", failing)
    out = tmp_path / "out.json"
    call = bench("denoise", "--data", photos, "--models", *FAST, "--trials", "gaussian-15", "--json", out)
    assert main(call) == 1
    kept = report.read(out)
    own = [score.id for score in kept.trials[0].scores if score.kind != "comparison"]
    assert own == ["nothing", "denoise-mean"]
    assert len(kept.failures) == 1
    assert "'denoise-median' does not fit." in markdown.section(kept)


def test_the_page_and_its_plots_are_what_the_kept_figures_say():
    for path, text in page.pages(page.kept()).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run `python -m lab.quality`."


def test_every_task_has_been_measured_on_held_out_photos():
    kept = page.kept()
    assert list(kept) == list(RESTORING)
    assert all(each.data.held_out for each in kept.values())


def test_a_plot_without_timed_methods_is_still_a_picture():
    kept = page.kept()[RESTORING[0]]
    ET.fromstring(plot.svg(replace(kept, trials=())))  # noqa: S314 - our own text
