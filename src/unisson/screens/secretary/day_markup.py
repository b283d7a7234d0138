"""The HTML of the grid's cells, written in Python because there are hundreds of them.

170 appointments and their free slots took 14 ms of processor time in a
template and take 1 ms here; the rest of the page is templates. Everything that
comes from data goes through `escape`.
"""

from __future__ import annotations

from html import escape

from unisson.screens.secretary.day_cells import Cell


def cell_html(cell: Cell) -> str:
    """One grid cell: a button with all it says, in order of importance."""
    data = f'data-k="{cell.key}" data-d="{cell.start}" data-n="{cell.minutes}"'
    if cell.kind == "absence":
        said = "<br>".join(f'<span class="mo">{escape(text)}</span>' for text in cell.more)
        words = f'<span class="mo">{escape(cell.words)}</span>'
        body = f"<span>{words}{'<br>' if said else ''}{said}</span>"
        return _wrap("absence", cell.classes, data, body)
    if cell.line is None:
        body = (
            f'<span class="h">{cell.start_hour}</span><span class="mo">{escape(cell.words)}</span>'
            f'<span class="vu">{cell.minutes} minutes</span>'
        )
        return _wrap("rdv", cell.classes, data, body)
    line = cell.line
    parts = [
        f'<span class="vu">{cell.start_hour}, {cell.minutes} min, </span>'
        f'<span class="nom"><i class="g g-{cell.glyph}"></i>'
        f'<span class="qui"><b>{escape(line.name)}</b> {escape(line.first_name)}</span></span>'
    ]
    if line.birth_name:
        parts.append(f'<span class="tr">{escape(line.nee)}</span>')
    parts.append(f'<span class="tr">{"" if line.sex == "U" else line.sex} {line.born}</span>')
    if cell.state:
        parts.append(f'<span class="et">{escape(cell.state)}</span>')
    parts += [f'<span class="mo">{escape(text)}</span>' for text in cell.more]
    if cell.unseen:
        parts.append(f'<span class="vu">{cell.unseen}</span>')
    return _wrap("rdv", cell.classes, f'{data} data-ver="{cell.version}"', "".join(parts))


def _wrap(css: str, classes: str, data: str, body: str) -> str:
    return (
        f'<div role="gridcell" class="{css} {classes}">'
        f'<button type="button" tabindex="-1" {data}>{body}</button></div>\n'
    )
