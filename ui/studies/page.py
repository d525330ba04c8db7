"""The participant's page as HTML: one frame, whose script shows a step at a time."""

import json
from html import escape

from ui import words


def study_page(language: str) -> str:
    """Return the page in `language`; which study it is, its script reads from the address."""
    said = words.load(language)
    told = escape(json.dumps(said.catalogue["study"], ensure_ascii=False))
    other = "en" if language == "zh" else "zh"
    return f"""<!doctype html>
<html lang="{said("page.language_code")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(said("study.page_title"))}</title>
<link rel="stylesheet" href="../patina/study/file/study.css">
<link rel="icon" href="data:,">
</head>
<body data-said="{told}" data-language="{language}">
<header><b>Patina</b><span id="title"></span><span id="progress" role="status"></span>
<a id="language" href="?lang={other}">{escape(said("page.other_language"))}</a></header>
<main id="step" tabindex="-1"><p>{escape(said("study.loading"))}</p></main>
<noscript><p>{escape(said("study.needs_script"))}</p></noscript>
<script src="../patina/study/file/study.js"></script>
</body>
</html>"""
