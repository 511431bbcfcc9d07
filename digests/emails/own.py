"""What stands in one reader's mail alone: greeting, first line, answers, signature, addresses."""

from __future__ import annotations

from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils.html import escape

from core.formats import count, long_day
from digests.presenters.styles import styled
from digests.rules.budget import ANSWERS, named, short_answer
from digests.rules.letter import Answer, Letter
from digests.rules.openings import opening_of
from digests.rules.words import clip, one_line
from digests.rules.words import count as count_words

NAME = 4
_READ = ("dateline", "name", "opening", "answers", "others", "primary", "signature")
_ADDRESSES = ("preferences_url", "unsubscribe_url", "web_url")


def own_values(letter: Letter, subject: str) -> dict[str, str]:
    """What goes into the slots of both parts, in plain words."""
    opening = opening_of(letter)
    only = letter.parts[0] if len(letter.parts) == 1 and not letter.more else None
    return {
        "subject": subject,
        "preheader": opening,
        "dateline": one_line(f"{clip(letter.organisation, NAME)} · Monday {long_day(letter.week)}"),
        "name": clip(one_line(letter.name), NAME),
        "opening": opening,
        "primary": f"Open {clip(one_line(only.product), NAME)}" if only else "Read it as a page",
        "primary_url": only.url if only else letter.web_url,
        "why": one_line(letter.why),
        "rule": "-- ",
        **{name: getattr(letter, name) for name in _ADDRESSES},
    }


def text_values(letter: Letter, own: Mapping[str, str]) -> dict[str, str]:
    """The slots of the plain part."""
    others = "".join(f"{line}\n" for line in _others(letter))
    return {
        **own,
        "answers": _answers_text(letter) if letter.answers else "",
        "others": f"{others}\n" if others else "",
        "signature": "\n".join(_signature(letter)),
    }


def html_values(letter: Letter, own: Mapping[str, str]) -> dict[str, str]:
    """The slots of the page, escaped."""
    others = "".join(f'<p class="quiet">{escape(line)}</p>\n' for line in _others(letter))
    return {
        **{name: escape(value) for name, value in own.items()},
        "answers": _answers_html(letter) if letter.answers else "",
        "others": styled(others),
        "signature": "<br>".join(escape(line) for line in _signature(letter)),
    }


def own_words(values: Mapping[str, str]) -> int:
    """How many words a reader reads beside those of the parts, the footer aside; `values` are those
    of the plain part.
    """
    return 1 + sum(count_words(values[name]) for name in _READ)  # 1: "Hello"


def _others(letter: Letter) -> list[str]:
    lines = [("Also news of", letter.more), ("Also quiet", letter.quiet)]
    return [f"{words}: {one_line(named(names))}." for words, names in lines if names]


def _signature(letter: Letter) -> list[str]:
    manager = clip(one_line(letter.manager), NAME)
    if not letter.reply_to or not manager:
        return [f"Homegrown for {clip(one_line(letter.organisation), NAME)}"]
    if len(letter.parts) == 1:
        return [manager, "Answer this mail and it reaches me."]
    product = f" of {clip(one_line(letter.parts[0].product), NAME)}" if letter.parts else ""
    return [f"Answer this mail and it reaches {manager}{product}."]


def _shown(letter: Letter) -> list[Answer]:
    found = []
    for answer in letter.answers[:ANSWERS]:
        what, became = short_answer(answer)
        reference = one_line(answer.reference)
        found.append(Answer(reference, one_line(what), one_line(became), answer.url))
    return found


def _more(letter: Letter) -> str:
    left = len(letter.answers) - ANSWERS
    return f"And {count(left, 'more answer')} on your page." if left > 0 else ""


def _answers_text(letter: Letter) -> str:
    title = "Your requests"
    lines = [title, "=" * len(title)]
    for answer in _shown(letter):
        what = f": “{answer.what}”" if answer.what else ""
        lines += [f"* {answer.reference}{what} {answer.became}", f"  {answer.url}"]
    more = _more(letter)
    return "\n".join([*lines, *([more] if more else []), "", ""])


def _answers_html(letter: Letter) -> str:
    context = {"answers": _shown(letter), "more": _more(letter)}
    return styled(render_to_string("emails/digests/answers.html", context)).strip() + "\n"
