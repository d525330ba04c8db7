"""What networks should reach: aims, ceilings, and how they stand on the page."""

from dataclasses import replace

import pytest

from lab.quality import aims, contestants, ffdnet, markdown, page, plot
from lab.quality.report import Summary
from models import registry
from models.card import Task
from models.workshop import own_workshop


def with_network(task, name, metrics, seconds=1.0):
    """Return the kept report with a network of figures `metrics`: (trial, stratum, metric) → value."""
    report = page.kept()[task]
    trials = []
    for trial in report.trials:
        figures = {}
        for (where, stratum, metric), value in metrics.items():
            if where == trial.id:
                figures.setdefault(stratum, {})[metric] = Summary(value, None, 1, value, value)
        like = trial.scores[1]
        network = replace(
            like, id=name, title=name, kind="network", seconds_per_megapixel=seconds, figures=figures
        )
        trials.append(replace(trial, scores=(trial.scores[0], network, *trial.scores[1:])))
    return replace(report, trials=tuple(trials))


def reached(gain, stratum):
    where = ("second-generator", stratum, "gain")
    found = aims.verdicts(with_network(Task.DERUST, "derust-x", {where: gain}))
    (verdict,) = (each for each in found if each.network == "derust-x")
    return verdict


def test_a_ceiling_lower_than_the_aim_lets_four_fifths_of_it_count():
    verdict = reached(5.0, "translucent")
    kept = next(trial for trial in page.kept()[Task.DERUST].trials if trial.id == "second-generator")
    tops = [score.figures["translucent"]["gain"].mean for score in kept.scores if score.kind == "ceiling"]
    assert verdict.ceiling == max(tops) < 8
    assert verdict.reached == "80% of the ceiling"
    assert reached(0.8 * max(tops) - 0.01, "translucent").reached == "**no**"
    assert reached(8.0, "translucent").reached == "CPU"
    assert reached(10.0, "translucent").reached == "both"


def test_opaque_rust_is_held_against_the_best_inpainting():
    kept = next(trial for trial in page.kept()[Task.DERUST].trials if trial.id == "second-generator")
    best = next(score for score in kept.scores if score.id == "ceiling-inpainting")
    gain = best.figures["opaque"]["gain"].mean
    assert reached(1, "opaque").values == (gain + 1, gain + 2)


def test_white_noise_is_held_against_ffdnet_on_the_same_photos_and_its_time():
    metrics = {("gaussian-25", "whole", "psnr"): 99.0}
    found = aims.verdicts(with_network(Task.DENOISE, "denoise-x", metrics, seconds=0.001))
    by_title = {verdict.aim.title: verdict for verdict in found if verdict.network == "denoise-x"}
    measured = next(
        score
        for trial in page.kept()[Task.DENOISE].trials
        if trial.id == "gaussian-25"
        for score in trial.scores
        if score.id == ffdnet.ID
    )
    psnr = measured.figures["whole"]["psnr"].mean
    assert by_title["PSNR, σ 25"].values == pytest.approx((psnr - 0.21, psnr + 0.29))
    assert by_title["PSNR, σ 25"].reached == "both"
    assert by_title["seconds per megapixel"].reached == "both"
    slow = aims.verdicts(with_network(Task.DENOISE, "denoise-x", metrics, seconds=99.0))
    (pace,) = (
        each.reached
        for each in slow
        if each.network == "denoise-x" and each.aim.title == "seconds per megapixel"
    )
    assert pace == "**no**"


def test_the_page_tells_aims_only_where_there_are_networks():
    kept = page.kept()[Task.DEHAZE]
    alone = replace(
        kept,
        trials=tuple(
            replace(trial, scores=tuple(score for score in trial.scores if score.kind != "network"))
            for trial in kept.trials
        ),
    )
    assert "### Aims" not in markdown.section(alone)
    report = with_network(Task.DEHAZE, "dehaze-x", {("indoor", "whole", "psnr"): 22.5})
    text = markdown.section(report)
    assert "| **`dehaze-x`** | PSNR, indoor | 22.50 | ≥ 22.50 | ≥ 26.00 | – | CPU |" in text


def test_networks_stand_first_and_are_marked_in_table_and_plot():
    cards = registry.by_task("denoise")
    networks = [card for card in cards if card.method == "network"]
    assert networks
    kinds = [each.kind for each in contestants.contestants(Task.DENOISE, cards, own_workshop())]
    assert kinds[0] == "nothing"
    assert kinds[1 : 1 + len(networks)] == ["network"] * len(networks)
    figures = {("indoor", "whole", "psnr"): 20.0, ("indoor", "whole", "gain"): 9.0}
    drawn = plot.svg(with_network(Task.DEHAZE, "dehaze-x", figures))
    assert '<text class="network" x="344"' in drawn
    assert ">Pareto front</text>" in drawn


def test_ffdnet_is_compared_only_where_its_weights_are_installed(monkeypatch):
    monkeypatch.setattr(ffdnet, "PACKAGE", "no-such-package-anywhere")
    assert ffdnet.weights() is None
    assert "comparison" not in {
        each.kind for each in contestants.contestants(Task.DENOISE, (), own_workshop())
    }
