"""The rules of the house as functions: each takes a path inside the checkout and the file's text,
and gives the findings as lines "path:line: what". test_rules.py runs them over the checkout, and
over bad snippets to see each go red."""

import re

# Which folders of src/ a folder may include from, besides itself.
WALLS = {
    "base": set(),
    "mail": {"base"},
    "settings": {"base", "mail"},
    "store": {"base"},
    "intake": {"base", "mail", "settings", "store"},
    "pick": {"base", "mail", "settings", "store"},
    "mustache": {"base", "mail", "settings"},
    "digest": {"base", "mail", "settings", "mustache"},
    "check": {"base", "mail", "settings"},
    "smtp": {"base", "mail", "settings"},
    "deliver": {"base", "mail", "settings", "store", "smtp"},
    "subscribers": {"base", "mail", "settings", "mustache", "digest", "store"},
    "bounce": {"base", "mail", "settings", "store", "smtp"},
}
STEPS = {"intake", "pick", "mustache", "digest", "check", "smtp", "deliver", "subscribers", "bounce"}
# These string steps together.
WALLS["issue"] = {"base", "mail", "settings", "store"} | STEPS
WALLS["http"] = {"base"}
WALLS["signup"] = WALLS["issue"] | {"issue", "http"}
WALLS["preview"] = WALLS["signup"]
WALLS["doctor"] = WALLS["signup"] | {"signup"}
WALLS["cmd"] = WALLS["doctor"] | {"doctor", "preview"}

# A foreign library: its headers, the names it exports, and who may speak it (beginnings of paths
# inside src/).
LIBRARIES = {
    "sqlite3": (r"sqlite3\.h", r"sqlite3_\w+", ["store/"]),
    "libcurl": (r"curl/", r"curl_(?:easy|multi|global|slist|url|share|version|mime)\w*",
                ["smtp/", "bounce/mailbox", "base/http"]),
    "libetpan": (r"libetpan/", r"(?:mail(?:imf|mime|message|stream|storage|folder)\w*_\w+|clist_\w+|"
                 r"chash_\w+|mmap_string_\w+)", ["bounce/"]),
    "libmicrohttpd": (r"microhttpd\.h", r"MHD_\w+", ["http/"]),
    "libcrypto": (r"openssl/", r"(?:EVP|HMAC|RSA|BIO|PEM|OPENSSL|CRYPTO|X509|BN|ERR|RAND|ASN1)_\w+",
                  ["base/token", "base/hash", "mail/dkim"]),
    "jansson": (r"jansson\.h", r"(?:json_(?:load\w*|dump\w*|object_\w+|array_\w+|string_\w+|delete|null|"
                r"true|false|integer\w*|real\w*)|jansson_\w+)", ["intake/", "base/json"]),
    "libidn2": (r"idn2\.h", r"idn2_\w+", ["mail/address"]),
    "libcsv": (r"csv\.h", r"csv_(?:init|fini|parse|free|write2?|fwrite2?|set|get|error|strerror)\w*",
               ["subscribers/"]),
    "gumbo": (r"gumbo\.h", r"(?:gumbo_\w+|GUMBO_\w+|Gumbo[A-Z]\w+|kGumbo\w+)", ["check/document", "intake/html"]),
    "icu": (r"unicode/", r"u(?:brk|text|trans)_\w+", ["base/latin", "digest/breaks"]),
    "libarchive": (r"archive(?:_entry)?\.h", r"archive_(?:read_(?:new|data|next_header|support\w*|open\w*|free)|"
                   r"entry_\w+|error_string)", ["subscribers/archive"]),
    "libcmark": (r"cmark\w*\.h", r"(?:cmark_(?:parse|node|iter|render)\w*|CMARK_\w+)", ["issue/note"]),
    "libseccomp": (r"seccomp\.h", r"seccomp_\w+", ["base/confine"]),
}

BANNED = {
    "sprintf": "snprintf or struct buf",
    "vsprintf": "vsnprintf or struct buf",
    "strcpy": "struct buf or arena_copy",
    "strcat": "struct buf or arena_format",
    "strtok": "strcspn",
    "atoi": "a parser that says what is wrong",
    "gets": "file_read",
    "system": "a function of our own",
}
# In the program itself these too.
BANNED_IN_SRC = {
    "stpcpy": "struct buf or arena_copy",
    "strncat": "struct buf or arena_format",
    "strncpy": "memcpy of a known length",
    "atol": "a parser that says what is wrong",
    "atof": "a parser that says what is wrong",
    "popen": "a function of our own",
    "alloca": "an arena",
    "tmpnam": "mkstemp",
    "mktemp": "mkstemp",
}

# Words that this program once had for what the field has a word for, and that word. A name of ours (a file, a function,
# a struct) has the field's, which whoever comes next already knows and searches for.
PRIVATE_WORDS = {
    "aside": "unavailable, or staging file", "bear": "tolerate", "cage": "sandbox", "edition": "variant", "finisher": "signers",
    "gate": "content check", "judgement": "outcome, or disposition",
    "looking": "select", "mentions": "candidates", "parcel": "slot", "press": "copy maker", "scene": "place",
    "seal": "approval digest", "shift": "delivery run", "showing": "issue view", "sight": "reader's view", "talk": "transaction",
    "testimony": "record", "wish": "request", "witness": "rollback guard",
}
# What this program is about has one name, of several that the field has; and one spelling.
SECOND_NAMES = {
    "article": "comparison", "campaign": "issue", "contact": "subscriber", "customer": "subscriber",
    "blacklist": "suppression", "blocklist": "suppression", "canceled": "cancelled", "colour": "color",
    "initialise": "init", "normalise": "normalize", "recognise": "recognize",
}
SECOND_WORDS = PRIVATE_WORDS | SECOND_NAMES

# What a header names besides its file, its folder and its structs. The nouns are those of the field.
NOUNS = {
    "base/arena": {"memory"}, "base/failure": {"fail"}, "base/residual": {"reader"},
    "bounce/meanings": {"meaning"}, "check/document": {"node"},
    "intake/fields": {"field"}, "mustache/scan": {"scan"}, "store/private": {"bind", "tool"},
    "store/delivery": {"outgoing"},
    "store/subscriber": {"suppression"}, "signup/signup": {"confirm", "leave", "preferences", "archive", "files"},
}

FUNCTION_LINES = 60
TEST_LINES = 100  # of a test, most of which may be a table
FILE_LINES = 500

RESERVED_DOMAIN = re.compile(
    r"(?:^|\.)(?:example\.(?:org|com|net)[a-z]*|example|invalid|test|localhost)$", re.IGNORECASE
)
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})\b")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK|WIP)\b|\b[Nn]ot (?:yet )?implemented\b|\bfor now,|\bfor now \*/")
MACHINE = re.compile(r"/(?:root/\w|home/(?!ann\b)\w)")


def folder_of(path: str) -> str:
    """The folder inside src/ that a path is in; "" for src/main.c."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else ""


def lines_of(text: str):
    return enumerate(text.split("\n"), start=1)


def without_comments_and_texts(text: str) -> str:
    """C code with comments, string and character constants blanked; line ends stay."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
    return pattern.sub(lambda match: '""' if match[0][0] in "\"'" else re.sub(r"[^\n]", " ", match[0]), text)


def without_comments(text: str) -> str:
    pattern = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
    return pattern.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[0]), text)


def find_broken_walls(path: str, text: str) -> list[str]:
    """Includes of our own headers that cross a wall."""
    own = folder_of(path)
    allowed = WALLS[own] | {own} if own else WALLS["cmd"] | {"cmd"}
    found = []
    for number, line in lines_of(text):
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not match:
            continue
        other = match[1].split("/")[0]
        if "/" not in match[1]:
            found.append(f'{path}:{number}: "{match[1]}" is included without its folder')
        elif other not in allowed:
            found.append(f"{path}:{number}: {own or 'main'} includes {match[1]}")
    return found


# --version --json asks each library for its version, and nothing else.
ASKS_VERSIONS = "src/cmd/libraries.c"
VERSIONS = {"sqlite3_libversion", "curl_version_info", "MHD_get_version", "jansson_version_str", "idn2_check_version",
            "seccomp_version"}


def may_speak(path: str, speakers: list[str]) -> bool:
    return any(path.removeprefix("src/").startswith(start) for start in speakers)


def find_foreign_libraries(path: str, text: str) -> list[str]:
    """Headers of a library outside the folder that speaks it."""
    found = []
    for number, line in lines_of(text):
        match = re.match(r"\s*#\s*include\s+[<\"]([^>\"]+)[>\"]", line)
        for name, (header, _, speakers) in LIBRARIES.items():
            if match and re.match(header, match[1]) and not may_speak(path, speakers) and path != ASKS_VERSIONS:
                found.append(f"{path}:{number}: {name} is spoken outside {', '.join(speakers)}")
    return found


def find_foreign_symbols(path: str, undefined: list[str]) -> list[str]:
    """The same by the symbols that an object file wants; `path` is that of its source."""
    found = []
    for symbol in undefined:
        for name, (_, symbols, speakers) in LIBRARIES.items():
            asks = path == ASKS_VERSIONS and symbol in VERSIONS
            if re.fullmatch(symbols, symbol) and not may_speak(path, speakers) and not asks:
                found.append(f"{path}: {symbol} of {name} is called outside {', '.join(speakers)}")
    return found


def find_upward_symbols(path: str, undefined: list[str], homes: dict[str, str]) -> list[str]:
    """Functions and tables of a room over the wall that an object file wants, however it came to declare them;
    `homes` has for each symbol the source that defines it."""
    own = folder_of(path)
    allowed = WALLS[own] | {own} if own else WALLS["cmd"] | {"cmd"}
    return [f"{path}: {symbol} stands over the wall, in {homes[symbol]}"
            for symbol in undefined if symbol in homes and folder_of(homes[symbol]) not in allowed]


def find_circles(calls: dict[str, set[str]]) -> list[str]:
    """Groups of files that call each other in a circle; `calls` has for each file those whose functions it calls."""
    reached: dict[str, set[str]] = {}
    for path in calls:
        seen, waiting = set(), [path]
        while waiting:
            for other in calls.get(waiting.pop(), set()) - seen:
                seen.add(other)
                waiting.append(other)
        reached[path] = seen
    groups = {frozenset(other for other in seen if path in reached.get(other, set()))
              for path, seen in reached.items() if path in seen}
    return ["these call each other in a circle: " + ", ".join(sorted(group)) for group in groups]


def find_banned_calls(path: str, text: str) -> list[str]:
    found = []
    banned = BANNED | BANNED_IN_SRC if path.startswith("src/") else BANNED
    for number, line in lines_of(without_comments_and_texts(text)):
        for match in re.finditer(r"(?<![\w.>])(\w+)\s*\(", line):
            if match[1] in banned:
                found.append(f"{path}:{number}: {match[1]}() is banned; use {banned[match[1]]}")
    return found


def find_long_functions(path: str, text: str) -> list[str]:
    """Files past FILE_LINES, and functions past FUNCTION_LINES: clang-format puts their braces into column 0."""
    found, start, most = [], 0, FUNCTION_LINES if path.startswith("src/") else TEST_LINES
    lines = text.split("\n")
    if len(lines) - 1 > FILE_LINES and path.startswith("src/"):
        found.append(f"{path}: {len(lines) - 1} lines; a file ends before {FILE_LINES}")
    for number, line in enumerate(lines, start=1):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start + 1 > most:
                found.append(f"{path}:{start}: a function of {number - start + 1} lines")
            start = 0
    return found


# A verb's file parses, calls, prints. What decides, holds a lock or a transaction is in a room below.
VERB_LINES = 250


def find_policy_in_cmd(path: str, text: str) -> list[str]:
    """Files of cmd/ with more in them than a verb has."""
    if not path.startswith("src/cmd/"):
        return []
    found = []
    lines = text.count("\n")
    if lines >= VERB_LINES:
        found.append(f"{path}: {lines} lines; what is more than a verb in it belongs into a room below")
    calls = r"(?<![\w.>])(store_(?:begin|commit|rollback|end)|file_lock|flock|lockf|senders_join)\s*\("
    for number, line in lines_of(without_comments_and_texts(text)):
        for match in re.finditer(calls, line):
            found.append(f"{path}:{number}: {match[1]}(): transactions and locks are held in a room below")
    return found


# Who may end the process or speak to the user, besides cmd/.
SPEAKERS = {
    "src/base/log.c": {"STDERR_FILENO"},
    "src/base/arena.c": {"STDERR_FILENO", "_exit"},
}
# A child process of our own ends by _exit() where it was forked.
CHILDREN = ("src/bounce/", "src/http/", "src/signup/", "src/preview/")


def find_prints_and_exits(path: str, text: str) -> list[str]:
    if path.startswith("src/cmd/"):
        return []
    words = r"\b(stdout|stderr|STDOUT_FILENO|STDERR_FILENO)\b|" \
            r"(?<![\w.>])(printf|puts|putchar|perror|exit|_exit|quick_exit|abort|err|errx|warn|warnx)\s*\("
    found = []
    for number, line in lines_of(without_comments_and_texts(text)):
        for match in re.finditer(words, line):
            word = match[1] or match[2]
            allowed = word in SPEAKERS.get(path, ()) or (word == "_exit" and path.startswith(CHILDREN))
            if not allowed:
                found.append(f"{path}:{number}: {word}: only cmd/ prints and exits")
    return found


def find_own_clocks(path: str, text: str) -> list[str]:
    """Clock and chance come through base/clock and base/random alone."""
    if path in ("src/base/clock.c", "src/base/random.c"):
        return []
    found = []
    calls = r"(?<![\w.>])(time|gettimeofday|clock_gettime|rand|srand|random|srandom|drand48|rand_r|getrandom|" \
            r"getentropy|arc4random\w*)\s*\("
    for number, line in lines_of(without_comments_and_texts(text)):
        for match in re.finditer(calls, line):
            found.append(f"{path}:{number}: {match[1]}(): clock and chance come from base/")
    return found


def find_sql(path: str, text: str) -> list[str]:
    """SQL outside store/."""
    if path.startswith("src/store/"):
        return []
    found = []
    for number, line in lines_of(without_comments(text)):
        if re.search(r'"\s*(?:SELECT\s|INSERT (?:OR \w+ )?INTO\s|UPDATE \w+ SET\s|DELETE FROM\s|PRAGMA\s|CREATE TABLE\s)',
                     line):
            found.append(f"{path}:{number}: SQL outside store/")
    return found


def find_unchecked(path: str, text: str) -> list[str]:
    """Functions of a header that can fail and do not insist on being checked. (Those named …_fail
    write a failure and never succeed.)"""
    found = []
    if path == "src/base/failure.h":
        return found
    bare = without_comments_and_texts(text)
    for match in re.finditer(r"^(?!\s*typedef|static)bool\s+(?!\w*_fail\w*\()\w+\([^;{]*\bstruct failure \*why\)([^;{]*);", bare,
                             re.MULTILINE):
        if "MUST_CHECK" not in match[1]:
            number = bare.count("\n", 0, match.start()) + 1
            found.append(f"{path}:{number}: a function with a struct failure lacks MUST_CHECK")
    return found


def defined_names(bare: str):
    """Functions, structs and enums that a file declares or defines, with the offset of each."""
    for match in re.finditer(r"^(?!typedef|return|else|extern)(?:[A-Za-z_][\w ]*[ *]+)(\w+)\(", bare, re.MULTILINE):
        yield match[1], match.start(1)
    for match in re.finditer(r"^(?:struct|enum) (\w+) \{", bare, re.MULTILINE):
        yield match[1], match.start(1)


def find_second_words(path: str, text: str) -> list[str]:
    """Names of our own with a second word for one thing: the file's, and those that it defines."""
    bare = without_comments_and_texts(text)
    names = [(path.split("/")[-1].rsplit(".", 1)[0], 0), *defined_names(bare)]
    return [f"{path}:{bare.count(chr(10), 0, start) + 1}: {name}: the word is {SECOND_WORDS[word]}, not {word}"
            for name, start in names for word in name.lower().split("_") if word in SECOND_WORDS]


def find_defined_twice(texts: dict[str, str]) -> list[str]:
    """Structs and enums whose name has a second meaning in another file; `texts` has each file's text."""
    homes: dict[str, list[str]] = {}
    for path, text in sorted(texts.items()):
        for match in re.finditer(r"^[ \t]*(?:static |const |typedef )*((?:struct|enum|union) \w+)\s*\{",
                                 without_comments_and_texts(text), re.MULTILINE):
            homes.setdefault(match[1], []).append(path)
    return [f"{paths[1]}: {name} is defined in {paths[0]} too: give one meaning another name"
            for name, paths in homes.items() if len(paths) > 1]


def find_stray_names(path: str, text: str) -> list[str]:
    """Functions of a header that do not begin with its noun: that of the file, the folder, or a struct in it."""
    bare = without_comments_and_texts(text)
    place = path.removeprefix("src/").removesuffix(".h")
    words = set(re.split(r"[/_]", place)) | NOUNS.get(place, set())
    words |= {match[1].split("_")[0] for match in re.finditer(r"\b(?:struct|enum) (\w+)", bare)} - {"failure"}
    stems = {word.rstrip("s") for word in words}
    found = []
    for match in re.finditer(r"^(?!typedef|static|extern)(?:[A-Za-z_][\w ]*[ *]+)(\w+)\(", bare, re.MULTILINE):
        if match[1].split("_")[0].rstrip("s") not in stems:
            number = bare.count("\n", 0, match.start(1)) + 1
            found.append(f"{path}:{number}: {match[1]} does not begin with a noun of its header")
    return found


def find_missing_paragraph(path: str, text: str) -> list[str]:
    """A header opens by saying what it is for."""
    return [] if text.startswith("/*") else [f"{path}:1: the header does not open with a paragraph"]


def find_real_addresses(path: str, text: str) -> list[str]:
    """Mail addresses at domains that could be somebody's."""
    found = []
    for number, line in lines_of(text):
        for match in ADDRESS.finditer(line):
            if not RESERVED_DOMAIN.search(match[1]):
                found.append(f"{path}:{number}: {match[0]} may be somebody's address; use example.org")
    return found


def find_lost_paths(path: str, text: str, there: list[str]) -> list[str]:
    """Paths that a README names between backticks and that are not among those of the checkout, or ends of them.
    A word in capitals stands for a name; what is built is not in the checkout."""
    found, every = [], "/" + "\n/".join(there) + "\n"
    for number, line in lines_of(text):
        for match in re.finditer(r"`((?:\.\./)*[\w.-]+/[\w./-]*|(?:\.\./)*[\w-]+\.(?:[ch157]|md|py|sql|conf\.5))`", line):
            name = match[1].rstrip("/")
            apart = re.search(r"\b(?:[A-Z]{3,}|NNNN)\b|^\.\./shared\b|^build\b", name.replace("README", "readme"))
            if not apart and f"/{re.sub(r'^(?:[.][.]/)+', '', name)}\n" not in every:
                found.append(f"{path}:{number}: {name} is not there")
    return found


def find_unfinished(path: str, text: str) -> list[str]:
    found = []
    for number, line in lines_of(text):
        for pattern, what in ((UNFINISHED, "unfinished"), (MACHINE, "a path of one machine")):
            match = pattern.search(line)
            if match:
                found.append(f"{path}:{number}: {what}: {match[0]}")
    return found
