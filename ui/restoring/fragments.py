"""Pieces of the page as HTML: everything that is a picture, so that every picture has its alt text."""

from collections.abc import Mapping, Sequence
from html import escape
from math import isfinite
from typing import Any
from urllib.parse import quote

from models import registry
from ui.gallery import Example
from ui.keeping.served import Admitted, Quality, Served
from ui.wiring.reporting import step_name
from ui.words import Words


def result_url(token: str, file: str) -> str:
    """Return where a result's file is served, relative to the page."""
    return f"patina/result/{quote(token)}/{quote(file)}"


def viewer(served: Served | None, words: Words, name: str = "") -> str:
    """Return the before/after viewer; without a result, a place for it of the same height."""
    if served is None:
        return f'<div class="viewer-empty"><p>{escape(words("viewer.empty"))}</p></div>'
    title = words.title(registry.get(served.model))
    name = name or words("viewer.your_photo")
    alt_before = escape(words("viewer.alt_before", name=name))
    alt_after = escape(words("viewer.alt_after", name=name, model=title))
    note = "" if served.lossless_preview else escape(words("viewer.light_preview"))
    split = escape(words("viewer.slide"))
    whole = words("viewer.fit") if served.whole_seconds is None else words("facts.region")
    return f"""
<div class="viewer" data-token="{escape(served.token)}"
     data-width="{served.width}" data-height="{served.height}" data-mode="fit"
     style="--ratio: {served.width / served.height:.6f}">
  <div class="viewer-bar" role="group" aria-label="{escape(words("viewer.label"))}">
    <button type="button" data-view="fit" aria-pressed="true">{escape(whole)}</button>
    <button type="button" data-view="actual" aria-pressed="false"
            title="{escape(words("viewer.actual_help"))}">{escape(words("viewer.actual"))}</button>
    <span class="viewer-note">{note}</span>
  </div>
  <div class="viewer-stage" tabindex="0" aria-label="{escape(words("viewer.actual_help"))}">
    <img class="before" src="{result_url(served.token, served.before)}" alt="{alt_before}" draggable="false">
    <img class="after" src="{result_url(served.token, served.after)}" alt="{alt_after}" draggable="false">
    <span class="viewer-tag before-tag">{escape(words("viewer.before"))}</span>
    <span class="viewer-tag after-tag">{escape(words("viewer.after"))}</span>
    <span class="viewer-divider"></span>
    <input class="viewer-split over" type="range" min="0" max="100" value="50" step="0.5"
           aria-label="{split}">
  </div>
  <input class="viewer-split under" type="range" min="0" max="100" value="50" step="0.5" aria-label="{split}">
</div>"""


def facts(served: Served | None, words: Words) -> str:
    """Return what is known of a result: time by step, size, settings, likeness to a reference."""
    if served is None:
        return ""
    provenance = served.provenance
    rows = [
        (words("facts.method"), escape(words.title(registry.get(served.model)))),
        (words("facts.time"), f"{provenance['seconds']:.2f} s {_steps(provenance['steps'], words)}"),
        (words("facts.size"), escape(words("facts.pixels", width=served.width, height=served.height))),
    ]
    if provenance.get("weights_sha256"):
        rows.append((words("facts.network"), escape(_network(provenance))))
    if provenance["settings"]:
        rows.append((words("facts.settings"), _settings(served, words)))
    if provenance.get("hint_sha256"):
        rows.append((words("facts.hint"), escape(words("facts.hint_used"))))
    if served.quality:
        rows.append((words("facts.psnr"), _quality(served.quality, words)))
    if served.whole_seconds is not None:
        estimate = words("facts.whole_estimate", seconds=f"{max(served.whole_seconds, 0.1):.1f}")
        rows.append((words("facts.region"), escape(estimate)))
    cells = "".join(f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>" for name, value in rows)
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in provenance["notes"])
    return f'<dl class="facts">{cells}</dl>{notes}'


def _network(provenance: Mapping[str, Any]) -> str:
    """Say which weights made a result, and what they ran on."""
    weights = provenance["weights_sha256"][:8]
    return " · ".join([weights, provenance["device"], provenance["engine"], provenance["precision"]])


def _steps(steps: dict[str, float], words: Words) -> str:
    chips = " → ".join(f"{escape(step_name(name, words))} {seconds:.2f}" for name, seconds in steps.items())
    return f'<span class="steps">{chips}</span>'


def _settings(served: Served, words: Words) -> str:
    labels = {control.name: words.label(control) for control in registry.get(served.model).controls}
    labels["blend"] = words("result.blend")
    estimated = f" ({words('facts.estimated')})"
    return escape(
        ", ".join(
            f"{labels.get(name, name)} {_value(value, words)}"
            + (estimated if name in served.provenance["estimated"] else "")
            for name, value in served.provenance["settings"].items()
        ),
    )


def _value(value: object, words: Words) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return words.choice(str(value))


def _quality(quality: Quality, words: Words) -> str:
    psnr = f"{_decibels(quality.psnr_before)} → <b>{_decibels(quality.psnr_after)}</b> dB"
    ssim = ""
    if quality.ssim_before is not None and quality.ssim_after is not None:
        ssim = f" · SSIM {quality.ssim_before:.3f} → <b>{quality.ssim_after:.3f}</b>"
    return f'{psnr}{ssim} <span class="steps">{escape(words("facts.against"))}</span>'


def _decibels(psnr: float) -> str:
    return f"{psnr:.2f}" if isfinite(psnr) else "∞"


def links(served: Served | None, words: Words) -> str:
    """Return the download of the full-quality file, and of its provenance."""
    if served is None:
        return ""
    file = result_url(served.token, served.file)
    provenance = f"patina/result/{quote(served.token)}/provenance.json"
    return (
        f'<p class="links"><a class="download" href="{file}" download="{escape(served.file)}">'
        f"{escape(words('result.download'))}</a>"
        f'<a href="{provenance}" target="_blank" rel="noopener">{escape(words("facts.provenance"))}</a>'
        f'<button type="button" class="mark-result" data-token="{escape(served.token)}">'
        f"{escape(words('marking.of_result'))}</button></p>"
    )


def photo_facts(photo: Admitted | None, words: Words) -> str:
    """Return size and format of the chosen photo, and what a person should know of it."""
    if photo is None:
        return '<p class="photo-facts">&nbsp;</p>'
    lines = [
        words(
            "input.admitted",
            width=photo.width,
            height=photo.height,
            megapixels=f"{max(photo.megapixels, 0.01):.2g}"
            if photo.megapixels < 10
            else f"{photo.megapixels:.0f}",
            format=photo.format,
        ),
        *([words("input.admitted_with_reference")] if photo.reference else []),
        *photo.notes,
    ]
    return "".join(f'<p class="photo-facts">{escape(line)}</p>' for line in lines)


def stages(served: Served | None, words: Words) -> str:
    """Return the inner images of a run in a strip, each with its name."""
    if served is None or not served.stages:
        return ""
    figures: list[str] = []
    for stage in served.stages:
        title = words.stage(stage.slug, stage.title)
        gain = f" {words('result.gain', gain=f'{stage.gain:g}')}" if stage.gain != 1 else ""
        url = result_url(served.token, stage.file)
        figures.append(
            f'<figure><a href="{url}" target="_blank" rel="noopener">'
            f'<img src="{url}" alt="{escape(title)}" loading="lazy"></a>'
            f"<figcaption>{escape(title)}{escape(gain)}</figcaption></figure>",
        )
    return f'<h3>{escape(words("result.stages"))}</h3><div class="strip">{"".join(figures)}</div>'


def comparison(results: Sequence[Served], words: Words, name: str = "") -> str:
    """Return results of several methods side by side; each can be opened in the viewer."""
    name = name or words("viewer.your_photo")
    figures: list[str] = []
    for served in results:
        title = words.title(registry.get(served.model))
        likeness = f" · {_decibels(served.quality.psnr_after)} dB" if served.quality else ""
        alt = escape(words("compare.alt", name=name, model=title))
        figures.append(
            f'<figure><button type="button" data-choice="{escape(served.token)}" '
            f'aria-label="{escape(words("compare.open"))}: {escape(title)}">'
            f'<img src="{result_url(served.token, served.after)}" alt="{alt}" '
            f'style="aspect-ratio: {served.width} / {served.height}"></button>'
            f"<figcaption><b>{escape(title)}</b>"
            f"<span>{served.provenance['seconds']:.2f} s{likeness}</span></figcaption></figure>",
        )
    return f'<div class="comparison">{"".join(figures)}</div>' if figures else ""


def examples(items: Sequence[Example], words: Words) -> str:
    """Return the gallery's photos for one task as a strip of buttons."""
    buttons = "".join(
        f'<button type="button" data-choice="{escape(item.id)}" '
        f'title="{escape(item.caption(words.language))}">'
        f'<img src="patina/example/{quote(item.id)}" alt="{escape(item.alt(words.language))}" '
        f'width="96" height="72" loading="lazy"></button>'
        for item in items
    )
    return (
        f'<p class="strip-title">{escape(words("input.examples"))}</p><div class="examples">{buttons}</div>'
    )
