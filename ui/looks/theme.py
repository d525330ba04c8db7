"""How Patina looks: verdigris on paper by day, on slate by night. System fonts; nothing is fetched."""

from gradio.themes import Base
from gradio.themes.utils.colors import Color

VERDIGRIS = Color(
    name="verdigris",
    c50="#eef8f5",
    c100="#d5ede6",
    c200="#aedccf",
    c300="#7fc4b3",
    c400="#4fa694",
    c500="#2f8a78",
    c600="#1f6f61",
    c700="#1b594f",
    c800="#184840",
    c900="#143b35",
    c950="#0a211e",
)

STONE = Color(
    name="stone",
    c50="#faf9f7",
    c100="#f2f0ec",
    c200="#e5e1da",
    c300="#d1cbc1",
    c400="#a39c91",
    c500="#777067",
    c600="#575149",
    c700="#3c3833",
    c800="#272522",
    c900="#1b1a18",
    c950="#121110",
)

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans CJK SC", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "Noto Sans Mono", "monospace")


def theme() -> Base:
    """Return the one theme of the page, light and dark."""
    return Base(
        primary_hue=VERDIGRIS,
        secondary_hue=VERDIGRIS,
        neutral_hue=STONE,
        font=SANS,
        font_mono=MONO,
        radius_size="md",
        spacing_size="md",
        text_size="md",
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_300",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_color="*neutral_200",
        block_border_color_dark="*neutral_800",
        block_label_background_fill="white",
        block_label_background_fill_dark="*neutral_900",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_300",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_500",
        button_primary_background_fill_hover_dark="*primary_400",
        button_primary_text_color="white",
        button_primary_text_color_dark="*neutral_950",
        slider_color="*primary_600",
        slider_color_dark="*primary_400",
    )
