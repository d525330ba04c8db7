"""What is said of measured generators: their order, tables, plots and page."""

from xml.etree import ElementTree as ET

from lab.benchmarks.conditions import conditions
from lab.measuring import order, page, plot, report, tables
from lab.measuring.coverage import Coverage
from lab.measuring.kernel import KernelDistance
from lab.measuring.made import Training
from lab.measuring.neighbours import Nearness, Neighbours


def measured(recipe, seed, distance, kernel=None):
    near = Nearness(made=2.0, held_out=2.5, nearer=0.02)
    return report.Measured(
        name=f"{recipe}-{seed}",
        weights_sha256="0" * 64,
        training=Training(
            recipe=f"generate-fashion-{recipe}",
            seed=seed,
            shown=384_000,
            steps=12_000,
            chosen_step=11_000,
            minutes=5.0,
            device="cpu",
            threads=1,
            parameters=500_000,
        ),
        figures=report.Figures(
            frechet=distance,
            kernel=KernelDistance(distance / 1000 if kernel is None else kernel, 0.001, 10),
            coverage=Coverage(0.7, 0.3),
        ),
        neighbours=Neighbours(features=near, pixels=near, count=1000, held_out_count=1000),
    )


GENERATORS = (
    *(measured("gan", seed, 60.0 + seed) for seed in (1, 2, 3)),
    *(measured("modern", seed, 10.0 + seed / 10) for seed in (1, 2, 3)),
    *(measured("wgan-gp", seed, 10.15 + seed) for seed in (1, 2, 3)),
    measured("lsgan", 1, 30.0, kernel=0.09),
)


def reported(generators):
    return report.Report(
        conditions=conditions("a command"),
        network="EfficientNet-Lite0",
        network_side=112,
        data=report.Data(
            folders=("fashion",),
            learnt_from=60_000,
            held_out=10_000,
            side=28,
            channels=1,
            compared=10_000,
            others_held_out=10_000,
            seed=1,
        ),
        real=report.Figures(
            frechet=2.0, kernel=KernelDistance(0.0001, 0.0001, 10), coverage=Coverage(0.8, 0.8)
        ),
        generators=tuple(generators),
    )


def test_the_order_is_what_the_figures_say_and_says_what_is_not_sure():
    said = order.in_words(GENERATORS)
    assert "the best first: **modern** < **wgan-gp** < **lsgan** < **gan**." in said
    assert "intervals overlap: modern and wgan-gp." in said
    assert "do not overlap" not in said
    assert "One seed only: lsgan;" in said
    assert "By the kernel distance: **modern** < **wgan-gp** < **gan** < **lsgan**." in said
    better = [each for each in GENERATORS if each.training and "lsgan" not in each.training.recipe]
    said = order.in_words([each for each in better if "wgan" not in each.name])
    assert "intervals do not overlap: modern and gan." in said
    assert "The kernel distance orders them alike." in said
    assert order.in_words(GENERATORS[:3]) == ""


def test_a_recipe_has_the_mean_of_its_seeds_and_students_interval():
    rows = tables.by_recipe(reported(GENERATORS)).splitlines()
    gan = next(row for row in rows if row.startswith("| **gan** |"))
    assert gan.startswith(
        "| **gan** | 3 | 384,000 | 352,000 | 5.0 | 0.50 M | 62.0 ± 2.5 | 31.0 ± 1.2 | 0.062 ± 0.002 |"
    )
    single = next(row for row in rows if row.startswith("| **lsgan** |"))
    assert "±" not in single
    assert rows[-1].startswith(
        "| *other real images* | – | – | – | – | – | 2.0 | 1.0 | 0.000 ± 0.000 | 0.800 |"
    )
    assert {row.count("|") for row in rows} == {16}


def test_the_plot_has_a_dot_a_seed_and_an_interval_where_there_are_two():
    drawn = ET.fromstring(plot.svg(reported(GENERATORS)))  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f"{space}circle")) == len(GENERATORS)
    lines = [each.get("class") for each in drawn.findall(f"{space}line")]
    assert lines.count("interval") == lines.count("mean") == 3
    assert lines.count("real") == 1
    width = float(drawn.get("width", "0"))
    for each in drawn.findall(f"{space}line"):
        assert 0 <= float(each.get("x1", "0")) <= float(each.get("x2", "0")) <= width


def test_the_page_and_its_plots_are_what_the_kept_figures_say():
    for path, text in page.pages(page.kept()).items():
        assert path.read_text(encoding="utf-8") == text, (
            f"{path.name} is stale: run `python -m lab.measuring`."
        )


def test_the_page_has_a_section_for_every_set_of_images_and_names_no_fid():
    files = page.pages({"fashion": reported(GENERATORS), "flowers": reported(GENERATORS[:1])})
    text = files[page.PAGE]
    assert "## Fashion" in text
    assert "## Flowers" in text
    assert text.count("Means over seeds") == 1
    assert len(files) == 3
    assert page.pages({})[page.PAGE].count("No generator has been measured yet.") == 1


def test_what_a_person_made_of_the_figures_stands_before_them(tmp_path):
    (tmp_path / "generators-blobs.md").write_text("They are round.\n", encoding="utf-8")
    assert page.remarks("blobs", tmp_path) == "They are round.\n"
    assert page.remarks("squares", tmp_path) == ""
    text = next(text for path, text in page.pages(page.kept()).items() if path.name == "generators.md")
    assert text.index("striped in rows") < text.index("`fashion-modern-1`")
