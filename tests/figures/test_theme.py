"""One place for colours: what repeats them is written from it, and nothing else names one."""

import re
from pathlib import Path

from analytics.figures.theme import DARK, LIGHT, print_settings, streamlit_settings

ROOT = Path(__file__).parents[2]
THEME = ROOT / "analytics/figures/theme.py"
FILES = [
    path
    for folder in ("analytics", "ui", "pages")
    for ending in ("*.py", "*.typ", "*.css")
    for path in sorted((ROOT / folder).rglob(ending))
    if path not in (THEME, ROOT / "analytics/tasking/theme.typ")
]


def test_streamlits_settings_and_the_print_templates_have_the_colours_of_the_theme():
    settings = (ROOT / ".streamlit/config.toml").read_text(encoding="utf-8")
    assert settings == streamlit_settings(settings)
    for colour in (LIGHT.accent, DARK.accent, LIGHT.border, DARK.background):
        assert f'"{colour}"' in settings
    assert (ROOT / "analytics/tasking/theme.typ").read_text(encoding="utf-8") == print_settings()


def test_a_changed_accent_reaches_the_settings():
    old = f'[theme.dark]\nprimaryColor = "#000000"\nbackgroundColor = "{DARK.background}"\n'
    new = streamlit_settings(old)
    assert new.startswith(f'[theme.dark]\nprimaryColor = "{DARK.action}"\nlinkColor = "{DARK.accent}"\n')


def test_no_other_file_names_a_colour():
    colour = re.compile(r"""["'(]#[0-9A-Fa-f]{6}\b|rgba?\(["'\d][^)]*\)|luma\(\d+\)x""")
    named = {path: colour.findall(path.read_text(encoding="utf-8")) for path in FILES}
    assert not {path: found for path, found in named.items() if found}
