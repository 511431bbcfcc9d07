"""Strings that break programs, by category; each is here because it breaks something somewhere.

Written for this project: what a spreadsheet, a phone, a word processor, a bored colleague or an
attacker really sends, and the edges of everything the project parses.

    for category, strings in CATEGORIES.items(): ...
"""

from __future__ import annotations

import itertools
import string
import unicodedata

# Characters one can't tell apart in a source file are written as numbers.
NUL, BELL, ESC, DEL = "\x00", "\x07", "\x1b", "\x7f"
NBSP, SHY, ZWSP, ZWNJ, ZWJ = "\u00a0", "\u00ad", "\u200b", "\u200c", "\u200d"
LRM, RLM, ALM, LRE, RLE, PDF, LRO, RLO = (
    *("\u200e", "\u200f", "\u061c", "\u202a"),
    *("\u202b", "\u202c", "\u202d", "\u202e"),
)
LRI, RLI, FSI, PDI, WJ, BOM = "\u2066", "\u2067", "\u2068", "\u2069", "\u2060", "\ufeff"
IDEOGRAPHIC, OGHAM, LS, PS, NEL = "\u3000", "\u1680", "\u2028", "\u2029", "\u0085"
VS15, VS16, KEYCAP, TAG_A, CANCEL_TAG = "\ufe0e", "\ufe0f", "\u20e3", "\U000e0061", "\U000e007f"


def _blank() -> list[str]:
    spaces = [" ", "\t", "\n", "\r\n", "\v", "\f", NEL, NBSP, IDEOGRAPHIC, OGHAM, LS, PS]
    nothing = [ZWSP, ZWNJ, ZWJ, WJ, BOM, SHY, "\u180e", "\u115f", "\u3164", "\u2800", "\uffa0"]
    mixed = ["   ", " \t \n ", ZWSP * 20, f" {NBSP}{ZWSP} ", f"{BOM}{BOM}", "\n\n\n\n"]
    return ["", *spaces, *nothing, *mixed, f"{ZWSP}a{ZWSP}", f" {NBSP}a{IDEOGRAPHIC} ", "a  b   c"]


def _control() -> list[str]:
    codes = [*range(0x20), 0x7F, 0x80, 0x85, 0x90, 0x9B, 0x9F]
    inside = [f"a{chr(code)}b" for code in codes]
    spoken = [NUL, NUL * 3, f"{ESC}[31mred{ESC}[0m", f"{ESC}]0;title{BELL}", f"abc\b\b\b{DEL}"]
    return [*inside, *spoken, "\x1a", "a\x00.png", "\r", "a\rb", "\ufff9a\ufffab\ufffb"]


def _broken_unicode() -> list[str]:
    """As far as a form carries them: `percent` writes them as the bytes UTF-8 would have."""
    lone = ["\ud800", "\udfff", "a\ud83db", "\udc00\ud800", "\ud83d\ude00", "\udead" * 50]
    nobody = ["\ufffe", "\uffff", "\U0001fffe", "\U0010ffff", "\ufdd0", "\U000e0001", "\ufffd"]
    private = ["\ue000", "\uf8ff", "\U000f0000", "\U0010fffd", "\u0378", "\U0001f9ff\u0378"]
    return [*lone, *nobody, *private]


def _directions() -> list[str]:
    marks = [LRM, RLM, ALM, LRE, RLE, PDF, LRO, RLO, LRI, RLI, FSI, PDI]
    around = [f"in{mark}voice" for mark in marks]
    words = ["שלום", "مرحبا بالعالم", "abc שלום 123 مرحبا", f"{RLM}(א) 1-2-3"]
    words += ["פּרוֹיקט Beta (v2)", f"{RLO}{PDF}"]
    tricks = [
        f"{RLO}gpj.exe",
        f"user{RLO}nimda{PDF}",
        f"{RLI}{RLI}{RLI}a",
        PDF * 9,
        f"a{LRO * 40}b",
    ]
    return [*marks, *around, *words, *tricks]


def _combining() -> list[str]:
    stacked = ["e\u0301", "Z" + "\u0335\u0321\u0348" * 30, "\u0301", "\u0301" * 40, "q\u0307\u0323"]
    stacked += [f"e{ZWSP}\u0301", "A\x00\u030a", f"a{NBSP}\u0301"]
    scripts = ["ที่นี่", "किं", "நி", "한국어", "한", "각", "ﷺ", "ﷺ" * 40, "ꙮ", "རྐྱེན་"]
    return [*stacked, *scripts, "a" + "\u20dd" * 5, "\u0600\u0601١", "\u1e9b\u0323", "ǅ ǈ ǋ"]


def _emoji() -> list[str]:
    family = ZWJ.join("👩👩👧👦")
    tones = [f"👍{tone}" for tone in "🏻🏼🏽🏾🏿"]
    flags = ["🇬🇧", "🇬", "🇬🇧🇬🇧🇬", f"🏴{TAG_A * 3}{CANCEL_TAG}", f"🏳{VS16}{ZWJ}🌈"]
    others = ["😀", "😀" * 60, f"1{VS16}{KEYCAP}", f"☎{VS15}", f"☎{VS16}", f"👨{ZWJ}", ZWJ + "👩"]
    return [family, family * 9, *tones, *flags, *others, "🦁🐘🐒🦌", "🫠", "𝟙𝟚𝟛", "𓀀", "🀄︎"]


def _normal_forms() -> list[str]:
    """Twins that look alike, and those that normalisation changes or must not merge."""
    twins = [
        "\u00c5",
        "\u212b",
        "A\u030a",
        "ﬁ",
        "ſ",
        "①",
        "½",
        "㎏",
        "Ａｄｍｉｎ",
        "ⅷ",
        "ª",
        "𝒜dmin",
        "℡",
    ]
    alike = ["аdmin", "pаypal", "Ρroduct", "ı", "İ", "I\u0307", "ß", "ẞ", "ς", "Σ", "K", "Ω"]
    decomposed = [unicodedata.normalize("NFD", word) for word in ("Zürich", "Ñandú", "Tiếng Việt")]
    return [*twins, *alike, *decomposed, "가", "\u1100\u1161", "\u0344", "\u2126", "\uf900"]


def _long() -> list[str]:
    letters = ["x" * length for length in (81, 101, 201, 255, 256, 301, 1001, 5001, 10_000)]
    others = [
        "é" * 10_000,
        "e\u0301" * 5_000,
        "😀" * 2_500,
        " " * 10_000,
        "a " * 5_000,
        "\n" * 9_999,
    ]
    hungry = ["a" * 5_000 + "!", "1" * 10_000, "9" * 400, "-" * 10_000, "." * 10_000, "," * 5_000]
    nested = ["(" * 5_000, "[" * 5_000 + "]" * 5_000, "{{" * 3_000, "<b>" * 3_000, "&" * 10_000]
    shaped = ["a@" * 2_500, "a." * 4_000 + "com", "1," * 4_000, "http://" * 1_000, "=" * 10_000]
    return [
        *letters,
        *others,
        *hungry,
        *nested,
        *shaped,
        string.printable * 50,
        ZWSP * 10_000 + "a",
    ]


EVENTS = ("onerror", "onload", "onclick", "onfocus", "onmouseover", "ontoggle", "onbegin")
TAGS = ("img src=x", "svg", "body", "input autofocus", "details open", "video><source", "iframe")


def _html() -> list[str]:
    handlers = [
        f"<{tag} {event}=alert({number})>"
        for number, (tag, event) in enumerate(zip(itertools.cycle(TAGS), EVENTS * 2))
        if number < 10
    ]
    scripts = [
        "<script>alert(1)</script>", "</script><script>alert(1)</script>",
        "<ScRiPt >alert(1)</sCrIpT>", "<script src=//evil.example/x.js></script>",
        "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>",
        "</option></select><b>out</b>", "<!--", "-->", "<!-- --!> <b>x</b>", "<![CDATA[x]]>",
        "<?xml version='1.0'?>", "<", ">", "&",
    ]  # fmt: skip
    attributes = [
        '"', "'", "`", '">', "'>", '" autofocus onfocus=alert(1) x="', "' onclick='alert(1)",
        '"><img src=x onerror=alert(1)>', "x' style='position:fixed'", 'x" style="color:red',
    ]  # fmt: skip
    addresses = [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
        "\x01javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)", "//evil.example", "\\\\evil.example", "https:evil.example",
        "http://[::1", "http://a@b:c@d/", "file:///etc/passwd", "https://exämple.org/ü?q=ß#€",
        "https://xn--/", "http://example.org:99999/", "ftp://x/",
    ]  # fmt: skip
    entities = [
        "&lt;b&gt;", "&amp;amp;", "&#60;script&#62;", "&#x0;", "&#xD800;", "&notit;", "&nbsp;",
        "&#1e9;",
    ]  # fmt: skip
    return [
        *handlers,
        *scripts,
        *attributes,
        *addresses,
        *entities,
        "<b>bold</b>",
        "a<b",
        "1 < 2 & 3",
    ]


def _htmx() -> list[str]:
    return [
        '<div hx-get="/people/" hx-trigger="load"></div>',
        '" hx-get="/accounts/logout/" hx-trigger="load" x="',
        '<a hx-post="/products/new/" hx-vals=\'{"a":1}\'>x</a>',
        '<div data-hx-delete="/" hx-swap-oob="true" id="results">gone</div>',
        '<template hx-swap-oob="true"></template>',
        '<meta name="htmx-config" content=\'{"allowEval":true}\'>',
        '<div hx-on:click="alert(1)">x</div>',
        '<button hx-confirm="sure" hx-disinherit="*">x</button>',
        '<base href="//evil.example/">',
        '<meta http-equiv="refresh" content="0;url=//evil.example">',
        '<link rel=stylesheet href="//evil.example/x.css">',
        '<form action="//evil.example"><button>x',
    ]


def _templates() -> list[str]:
    return [
        "{{ 7*7 }}", "{{7*7}}", "{% load i18n %}", "{% include 'base.html' %}", "{% debug %}",
        "{{ settings.SECRET_KEY }}", "{{ request.user.password }}", "{# remark #}",
        "{% endblock %}", "{% comment %}", "{{", "}}", "{%", "%}", "${7*7}", "#{7*7}",
        "<%= 7*7 %>", "[[7*7]]", "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{% raw %}{{ x }}{% endraw %}", "@{7*7}", "*{T(java.lang.Runtime)}",
        "{{constructor.constructor('x')()}}", "{{ x|safe }}",
    ]  # fmt: skip


def _sql() -> list[str]:
    return [
        "' OR '1'='1", "'; DROP TABLE portfolio_product; --", '" OR ""="',
        "1; SELECT pg_sleep(9)", "') UNION SELECT password FROM accounts_user --", "admin'--",
        "\\'; --", "1 OR 1=1", "'||'", "$$x$$", "%", "_", "%%", "a%b", "a_b", "\\", "\\\\", "\\%",
        "\\_", "100%", "[a-z]", "^a.*$", "(?=a)", "*", "?", "E'\\x41'", "U&'\\0041'", "/*", "*/",
        "--", ";", "0x31", "CHR(65)", ":name", "%(name)s", "$1", "?1", "a & b | !c", "'a':*",
        "<->", "((((((((((a))))))))))", "(a+)+$", "a" * 40 + "!",
    ]  # fmt: skip


def _shell_and_paths() -> list[str]:
    shell = [
        "$(id)", "`id`", "; id", "| id", "&& id", "|| id", "> /tmp/x", "< /etc/passwd", "\n id",
        "$HOME", "${IFS}", "~", "!!", "--help", "-rf", "-", "--", "%PATH%", "\\n", "\\x00", "*.*",
        "() { :;}; id",
    ]  # fmt: skip
    paths = [
        "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "....//....//",
        "%2e%2e%2f", "..%c0%af", "C:\\con", "\\\\server\\share", "/dev/null",
        "/proc/self/environ", ".", "..", "...", "/", "//", "a/b", "a\\b", "%00", "%0a", "%ff",
        "%", "%zz", "%25", "a%20b", "a+b", "a?b#c", "?q=1&q=2",
    ]  # fmt: skip
    names = [
        "CON", "nul", "aux.txt", "com1", ".htaccess", ".git", "a.", "a ", "a:b", "a*b?.csv",
        "x.csv\x00.exe", "file.tar.gz", "résumé.csv", "a" * 300 + ".csv", "thumbs.db", "a;b.csv",
        'a"b.csv',
    ]  # fmt: skip
    return [*shell, *paths, *names]


def _formulas() -> list[str]:
    return [
        "=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("//evil.example","x")',
        "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", " =1+1", "'=1+1", '"=1+1"', "＝1+1", "＋1", "－1",
        "＠A1", "=IMPORTXML(A1)", f"{ZWSP}=1+1", f"{NBSP}=1+1", "%=1", ";=1+1", ",=1+1", "|=1",
        "a,b", 'a"b', 'a""b', '"', '""', '"""', 'a\nb,"c', "a;b\tc", "1;2", "#REF!", "#N/A",
        "#DIV/0!", "#NAME?", "[not provided]",
    ]  # fmt: skip


def _numbers() -> list[str]:
    not_numbers = [
        "NaN",
        "nan",
        "-nan",
        "inf",
        "-inf",
        "Infinity",
        "+∞",
        "1e400",
        "-1e400",
        "1e-400",
    ]
    edges = [
        "0", "-0", "−0", "00", "0.0", "+1", "1.", ".5", ".", "-", "+", "--1", "1-", "1e5", "1E5",
        "1e", "e5", "9007199254740993", "2147483647", "2147483648", "-2147483649",
        "9223372036854775807", "9223372036854775808", "1e308", "1.7976931348623157e308",
        "1.7976931348623159e308", "5e-324", "4.9e-325", "0.1", "0.30000000000000004",
        "1" + "0" * 309, "0." + "0" * 400 + "1", "1e1000000000",
    ]  # fmt: skip
    disguised = [
        "1_000", "١٢٣", "۱۲۳", "१२३", "１２３", "²", "5²", "½", "Ⅷ", "一", "𝟙", "०.५",
        "1٫5", "1٬000", "0x1F", "0b11", "0o17", "1,000", "1.000", "1.000,5", "1,5", "1 000",
        f"1{NBSP}000", "1\u202f000", "1'000", "1,00,000", "10,00", ",5", "1,,000",
        "1.2.3", "(5)", "5-", "50%",
        "%50", "£4.20", "4.20€", "$-1", "kr 5", "5 Mio", "1k", "1/2", "1:2", "true", "1L", "1j",
        "1d", "1f", "1n", "-1", "–1", "‑1", "1 e 5",
    ]  # fmt: skip
    return [*not_numbers, *edges, *disguised]


def _dates() -> list[str]:
    return [
        "0001-01-01", "0000-01-01", "0000-00-00", "9999-12-31", "10000-01-01", "-0001-01-01",
        "1899-12-31", "1900-02-29", "2000-02-29", "2020-02-30", "2021-02-29", "31.02.2020",
        "2020-13-01", "2020-00-10", "20-01-02", "01/02/03", "1/2/2020", "31/12/20", "12/31/2020",
        "2020/12/31", "2020.12.31", "20201231", "2020-W53-7", "2020-366", "2020-1-2",
        "٢٠٢٠-٠١-٠٢", "２０２０－０１－０２", "2020–01–02", "1 Jan 2020", "1 Jänner 2020",
        "Jan 2020",
        "44197", "today", "now", "infinity", "-infinity", "epoch", "24:00", "25:61:61",
        "23:59:60", "2016-12-31T23:59:60Z", "2020-01-01T24:00", "2020-03-29T02:30",
        "2020-01-01T00:00:00+14:00", "2020-01-01T00:00:00-99:99", "Europe/Nowhere", "UTC+99",
        "../UTC", "Sept", "30. September 2017", "Q3 2017", "2017-Q4", "0001-01-01T00:00:00+23:59",
    ]  # fmt: skip


def _formats() -> list[str]:
    return [
        "%s", "%d", "%n", "%x%x%x", "%1000000s", "%.9999f", "%(x)s", "{}", "{0}", "{x}",
        "{0.__class__}", "{:>9999999}", "{!r}", "$x", "${x}", "%%s", "{{}}", "%c%c", "%-s", "%*d",
        "\\u0041", "\\N{BULLET}", "{0!x}", "%(a", "{", "}",
    ]  # fmt: skip


def _words() -> list[str]:
    return [
        "null", "NULL", "None", "nil", "undefined", "void", "true", "false", "True", "yes", "no",
        "on", "off", "select", "class", "import", "__proto__", "constructor", "prototype",
        "__class__", "__init__", "toString", "hasOwnProperty", "then", "arguments", "eval",
        "self", "id", "pk", "new", "edit", "delete", "admin", "root", "anonymous", "everyone",
        "api", "static", "favicon.ico", "robots.txt", "{}", "[]", '{"a": 1}', "[1, 2", '"a"',
        "[object Object]", "0", "1", "-1", "on\n", "N/A", "n/a", "unknown", "…",
    ]  # fmt: skip


def _e_mail() -> list[str]:
    shapes = [
        "a@b", "a@b.c", "@", "a@", "@b.c", "a b@example.org", '"a b"@example.org',
        "a@[127.0.0.1]", "a@example..org", ".a@example.org", "a+tag@example.org", "ü@exämple.org",
        "a@xn--.org", "A@EXAMPLE.ORG", "Ａ@example.org", "a@example.org,b@example.org",
        "a@example.org;b@example.org", "<a@example.org>", "A <a@example.org>",
        "a@" + "b" * 64 + ".org", "a" * 65 + "@example.org", "a@" + "b." * 125 + "org",
        "mailto:a@example.org", "a@example.org ", "a@example.org.", "a@localhost", "a@-b.org",
        "a@b_c.org",
    ]  # fmt: skip
    injected = [
        "a@example.org\nBcc: b@example.org", "a@example.org\r\nBcc: b@example.org",
        "a\r\n.\r\nMAIL FROM:<b>", "Subject\nX-Evil: 1", "a@example.org%0aBcc:b@example.org",
        f"a@example.org{LS}Bcc: b", "=?utf-8?b?YQ==?=@example.org", "=?utf-8?q?=0aBcc:x?=",
        "a\x00@example.org", f"a{RLO}@example.org", "a@example.org\t", "a@exam\nple.org", ".",
        "\r\n.\r\n", "\n\n<html>",
    ]  # fmt: skip
    return [*shapes, *injected]


CATEGORIES: dict[str, list[str]] = {
    "blank": _blank(),
    "control": _control(),
    "broken unicode": _broken_unicode(),
    "directions": _directions(),
    "combining": _combining(),
    "emoji": _emoji(),
    "normal forms": _normal_forms(),
    "long": _long(),
    "html": _html(),
    "htmx": _htmx(),
    "templates": _templates(),
    "sql": _sql(),
    "shell and paths": _shell_and_paths(),
    "formulas": _formulas(),
    "numbers": _numbers(),
    "dates": _dates(),
    "formats": _formats(),
    "words": _words(),
    "e-mail": _e_mail(),
}


def all_strings() -> list[str]:
    """Every string once, spread so that neighbours are of different categories."""
    rounds = itertools.zip_longest(*CATEGORIES.values())
    return list(dict.fromkeys(one for row in rounds for one in row if one is not None))


def percent(text: str) -> str:
    """As a browser's form sends it, lone surrogates as the bytes that UTF-8 would have."""
    safe = (string.ascii_letters + string.digits + "-._~").encode()
    data = text.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if byte in safe else f"%{byte:02X}" for byte in data)
