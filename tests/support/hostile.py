"""Texts that hurt: what people, editors, spreadsheets and attackers put into fields of text.

STRINGS has more than 500 of them, always the same in the same order. Some are refused by some fields
(control characters, length); which ones, the tests say by rules of their own.
"""

EMOJI = [
    "😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷", "👍🏽", "1️⃣", "🧑🏿‍🚀 in space", "☃︎ and ☃️", "😀" * 40,
    "\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
]
SCRIPTS = [
    "مرحبا بالعالم", "שלום עולם", "\u202eevil\u202c", "\u2066left\u2069 \u2067right\u2069", "abc \u200fשלום\u200e 123",
    "\u202d\u202e\u202d", "e\u0301\u0300\u0302\u0303 combining", "Z̸̢͖̈́a̷͓̿l̶̰͝g̵̱̈́o̶̥̔", "a" + "\u0301" * 60, "\u0301 alone",
    "한국어", "각", "नमस्ते क्ष", "ไทยไม่มีช่องว่าง", "日本語の比較", "中文。比较？", "Ἑλληνικά", "Ёжик", "ﬁﬂ ﬀ", "İıŞş",
    "Straße ẞ", "ｆｕｌｌｗｉｄｔｈ", "Å Å Å", "\u1100\u1161\u11a8", "𝓯𝓪𝓷𝓬𝔂", "ಠ_ಠ", "(╯°□°)╯︵ ┻━┻",
    "a\u200bb\u200cc\u200dd", "soft\u00adhyphen", "no\u00a0break\u00a0space", "\u3000ideographic\u3000",
    "mid\ufeffdle", "\ufeffbyte order", "\ufffd", "\ufffe\uffff", "\U0001fffe\U0010ffff", "\ue000\uf8ff",
    "\u2028line\u2028separator", "\u2029paragraph\u2029", "next\u0085line", "tab\there", "v\x0bt f\x0cf",
]
MARKUP = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "'><b>bold", "</title><h1>out",
    "</style><style>*{display:none}", "<!-- comment", "--> end", "<![endif]-->", "<!--[if mso]>", "]]>", "<![CDATA[x]]>",
    "<a href='javascript:alert(1)'>x</a>", "javascript:alert(1)", "<plaintext>", "<template><p>", "<", ">", "&", '"', "'",
    "`", "=", "&amp;", "&lt;b&gt;", "&#60;b&#62;", "&#x0;", "&nbsp", "&notanentity;", "&#128512;", "a<b>c</b>d",
    "<ScRiPt>x</sCrIpT>", "<iframe src=//example.org>", "<base href=//example.net>", "<meta http-equiv=refresh>",
    "<table><tr><td>", "</table></body></html>", "<textarea>", "<p style=position:fixed>", 'x" onmouseover="y',
    "<br/>", "<?xml version='1.0'?>", "<!DOCTYPE html>", "{color:red}", "@import url(//example.net)", "expression(alert(1))",
]
MUSTACHE = [
    "{{site.name}}", "{{{site.name}}}", "{{&site.name}}", "{{#stories}}", "{{/stories}}", "{{^stories}}no{{/stories}}",
    "{{> story.html}}", "{{>../../../etc/passwd}}", "{{=<% %>=}}", "{{! comment }}", "{{", "}}", "{{{", "}}}", "{{}}",
    "{{$block}}x{{/block}}", "{{<parent}}{{/parent}}", "{{*name}}", "{{>*name}}", "{{reader.address}}",
    "{{{reader.unsubscribe_url}}}", "{{no.such.thing}}", "{{#a}}{{#b}}", "{ {site.name} }", "{{\u202esite.name}}",
]
HEADERS = [
    "x\r\nBcc: victim@example.net", "x\nBcc: victim@example.net", "x\rBcc: victim@example.net", "x\r\n\r\nbody",
    "x\r\n folded", "x%0d%0aBcc: victim@example.net", "x\u2028Bcc: victim@example.net", "x\u0085Bcc: victim@example.net",
    "x\\r\\nBcc: victim@example.net", "x\x0bBcc: v", "Subject: x", "=?utf-8?q?=0D=0ABcc:_v@example.net?=",
    "=?utf-8?b?DQpCY2M6IHY=?=", "=?utf-8?q?hello?=", "=?iso-8859-1?Q?caf=E9?=", "=?utf-8?q?open", "?=", "=?", "=?=?=",
    "=?x?y?z?=", "=?utf-8?q?a?= =?utf-8?q?b?=", "a =?utf-8?q?b?= c", "=?UTF-8?B?8J+YgA==?=", 'Ann "Q" Example',
    "Example, Ann", "Ann (comment)", "Ann <ann@example.org>", "ann@example.org", "a; b: c", "group: a@example.org;",
    "back\\slash", 'end\\', '"', '""', '"quoted"', "'single'", "(", ")", "((((", "<>", "<@>", "a.b.c", ".", "..", "a..b",
    "-- ", "--", "From here", ">From here", "--=_boundary", "=_", "=3D", "=", "=20", "soft=", "trailing  ", "  leading",
    "inner   spaces", "\t", "~!#$%^&*_-+|", "Content-Type: text/html", "MIME-Version: 9", ". .", ".\r\n.\r\nQUIT",
    "\r\n.\r\n", "RCPT TO:<evil@example.net>",
]
MACHINES = [
    "'; DROP TABLE subscriber; --", '" OR 1=1 --', "%s%s%n%d", "%", "%%", "$(id)", "`id`", "${HOME}", "$HOME", "~",
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "'=1", "\\0", "\\x00", "\\u0000", "../../etc/passwd", "C:\\CON", "NULL",
    "null", "None", "true", "0", "-0", "1e999", "NaN", "Infinity", "undefined", "[]", "{}", "{\"a\":1}", "a,b;c\td", "a|b",
    "#", "//", "/* */", "{slug}", "{subscriber}", "12345678901234567890", "http://example.org/?a=b&c=d", "https://", "1/2",
    "(none)", "No votes yet", "—", "100%", "%1 %2 %3", "%5", "a vs b", " vs ", "vs", "A. B. C.", "e.g. vs. U.S.", "...", "…",
    "“curly”", "„low“", "«guillemets»", "Ship it.", "ship", "skip", "Skip it? No! “Ship.”",
]
CONTROLS = [
    "nul\x00byte", "\x00", "bell\x07", "escape\x1b[31mred", "backspace\b\b", "delete\x7f", "c1\x9b31m", "unit\x1fseparator",
    "\x01\x02\x03", "a\x1ab", "\x80", "\x9f",
]
LONG = [
    *("x" * n for n in (59, 60, 61, 74, 75, 76, 77, 78, 79, 100, 101, 200, 201, 500, 501, 997, 998, 999, 1000, 1001)),
    *("é" * n for n in (60, 75, 200, 500, 1000)), *("日" * n for n in (37, 100, 500, 1000)), *("😀" * n for n in (60, 200, 1000)),
    "e\u0301" * 100, "long word " * 19, "word " * 100 + "end", "<" * 60, "&" * 200, '"' * 60, "\\" * 60, "{{" * 60, "=" * 76,
    "." * 80, "-" * 72, "a" + "\u0301" * 400, "\u200b" * 100 + "x", "https://example.org/" + "a" * 150, "1" * 200, "?" * 200,
    "\u202e" * 50 + "x", "=?" * 100, "x " * 100 + "y", "5001" * 1250 + "x",
]

_CORE = EMOJI + SCRIPTS + MARKUP + MUSTACHE + HEADERS + MACHINES + CONTROLS + LONG
_MIXED = [
    mixed
    for i, text in enumerate(EMOJI + SCRIPTS + MARKUP + MUSTACHE + HEADERS + MACHINES)
    for mixed in ([f"Tool {text} Pro", f"{text}😀{text}", f"שלום {text}", f"{text} <b>{{{{x}}}}</b>"][i % 4],)
]

STRINGS = list(dict.fromkeys(_CORE + _MIXED))
assert len(STRINGS) >= 500, len(STRINGS)
