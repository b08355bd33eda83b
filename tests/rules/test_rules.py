"""The rules of the house, held against every file of the checkout; and each rule against a snippet
that breaks it, so that a rule which finds nothing is known to be able to."""

import concurrent.futures
import functools
import pathlib
import re
import shutil
import subprocess

import house_rules as rules
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OBJECTS = ROOT / "build" / "dev" / "CMakeFiles" / "verdicts_core.dir"
# Another version lays out and warns otherwise, so one version judges: that of Debian 12.
CLANG_FORMAT = "clang-format-14"
CLANG_TIDY = "clang-tidy-14"


def needs(tool: str, what: str):
    """Skips, loudly, where this release of Debian has no such version."""
    return pytest.mark.skipif(shutil.which(tool) is None,
                              reason=f"{tool.upper()} IS NOT INSTALLED: {what} (Debian 12 has the package {tool})")


@functools.cache
def tracked() -> tuple[str, ...]:
    """The files of the checkout: what git knows and what it would not ignore."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.splitlines()
        return tuple(sorted(path for path in set(listed) if (ROOT / path).is_file()))
    skipped = {"build", "node_modules", "__pycache__", ".git"}
    return tuple(sorted(
        str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
        if path.is_file() and not skipped & set(path.relative_to(ROOT).parts)
    ))


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def sources(*folders: str, ends: tuple[str, ...] = (".c", ".h")) -> list[str]:
    found = [path for path in tracked() if path.startswith(folders) and path.endswith(ends)]
    assert found, f"no files below {folders}"
    return found


def check(find, paths: list[str]) -> None:
    found = [line for path in paths for line in find(path, read(path))]
    assert not found, "\n" + "\n".join(found)


def test_no_folder_includes_what_it_must_not_know():
    check(rules.find_broken_walls, sources("src/"))


def test_every_folder_has_its_walls():
    folders = {rules.folder_of(path) for path in sources("src/")} - {""}
    assert folders <= set(rules.WALLS), "a folder without a rule: write down what it may include"


def test_the_table_of_rooms_lists_every_folder():
    rooms = re.findall(r"^\| `(\w+)/` \|", read("src/README.md"), re.MULTILINE)
    assert sorted(rooms) == sorted({rules.folder_of(path) for path in sources("src/")} - {""})


def test_a_foreign_library_is_used_in_one_folder():
    check(rules.find_foreign_libraries, sources("src/"))


def test_no_object_calls_a_library_over_the_wall():
    objects = sorted(OBJECTS.glob("src/*/*.o"))
    if not objects:
        pytest.skip("no objects in build/dev: build the preset dev first")
    found = []
    for path in objects:
        source = str(path.relative_to(OBJECTS)).removesuffix(".o")
        if not (ROOT / source).exists():
            continue
        listed = subprocess.run(["nm", "--undefined-only", "--format=posix", str(path)], capture_output=True,
                                text=True, check=True).stdout
        found += rules.find_foreign_symbols(source, [line.split()[0] for line in listed.splitlines() if line])
    assert not found, "\n" + "\n".join(found)


@functools.cache
def symbols() -> tuple[dict[str, str], dict[str, str], dict[str, list[str]]]:
    """For each function and for each table the file of src/ that defines it, and for each file what it wants of
    others."""
    sources = [str(path.relative_to(OBJECTS)).removesuffix(".o") for path in OBJECTS.rglob("src/**/*.o")]
    objects = [f"{source}.o" for source in sources if (ROOT / source).exists()]
    if not objects:
        pytest.skip("no objects in build/dev: build the preset dev first")
    listed = subprocess.run(["nm", "--print-file-name", "--format=posix", *objects], capture_output=True, text=True,
                            check=True, cwd=OBJECTS).stdout
    rows = [(path.removesuffix(":").removesuffix(".o"), *words)
            for path, *words in map(str.split, listed.splitlines())]
    functions = {symbol: source for source, symbol, kind, *_ in rows if kind == "T"}
    tables = {symbol: source for source, symbol, kind, *_ in rows if kind in "DBR"}
    wanted: dict[str, list[str]] = {source: [] for source, *_ in rows}
    for source, symbol, kind, *_ in rows:
        if kind == "U":
            wanted[source].append(symbol)
    return functions, tables, wanted


def calls_between_files() -> dict[str, set[str]]:
    """For each file of src/ those of the same room whose functions it calls."""
    homes, _, wanted = symbols()
    return {source: {homes[symbol] for symbol in names
                     if symbol in homes and rules.folder_of(homes[symbol]) == rules.folder_of(source)}
            for source, names in wanted.items()}


def test_no_object_wants_a_symbol_of_a_room_over_the_wall():
    """A declaration written by hand goes around the include lines."""
    functions, tables, wanted = symbols()
    homes = functions | tables
    assert sum(symbol in homes for names in wanted.values() for symbol in names) > 2000
    found = [line for source, names in wanted.items() for line in rules.find_upward_symbols(source, names, homes)]
    assert not found, "\n" + "\n".join(found)


def test_no_files_of_a_room_call_each_other_in_a_circle():
    """What two files need of each other belongs into a third. A table that names functions is no call."""
    calls = calls_between_files()
    assert sum(map(len, calls.values())) > 300
    found = rules.find_circles(calls)
    assert not found, "\n" + "\n".join(found)


def test_no_banned_function_is_called():
    check(rules.find_banned_calls, sources("src/", "tests/"))


def test_no_function_or_file_is_too_long():
    check(rules.find_long_functions, sources("src/", "tests/"))


def test_a_verb_parses_calls_and_prints():
    check(rules.find_policy_in_cmd, sources("src/cmd/"))


def test_only_cmd_prints_and_exits():
    # The compiler of tables runs while the program is built, and is none of it.
    apart = ("src/main.c", "src/bounce/phrases/compile.c")
    check(rules.find_prints_and_exits, [path for path in sources("src/") if path not in apart])


def test_clock_and_chance_come_from_base():
    check(rules.find_own_clocks, sources("src/"))


def test_sql_is_only_in_store():
    check(rules.find_sql, sources("src/", ends=(".c", ".h")))


def test_whatever_can_fail_must_be_checked():
    check(rules.find_unchecked, sources("src/", ends=(".h",)))


def test_one_thing_has_one_word():
    check(rules.find_second_words, sources("src/"))


def test_a_struct_name_has_one_meaning():
    found = rules.find_defined_twice({path: read(path) for path in sources("src/")})
    assert not found, "\n" + "\n".join(found)


def test_a_public_function_begins_with_the_noun_of_its_header():
    check(rules.find_stray_names, sources("src/", ends=(".h",)))


def test_every_path_that_a_readme_names_is_there():
    there = sorted({str(parent) for path in tracked() for parent in pathlib.Path(path).parents} | set(tracked()))
    names = [path for path in tracked() if path.endswith("README.md")]
    assert "src/README.md" in names
    found = [line for path in names for line in rules.find_lost_paths(path, read(path), there)]
    assert not found, "\n" + "\n".join(found)


def test_the_readme_of_src_has_a_line_for_every_room():
    rooms = {rules.folder_of(path) for path in sources("src/")} - {""}
    assert rooms == {line.split("`")[1].rstrip("/") for line in read("src/README.md").splitlines() if line.startswith("| `")}


def test_every_header_says_what_it_is_for():
    check(rules.find_missing_paragraph, sources("src/", ends=(".h",)))


def compiler_flags() -> list[str]:
    packages = ["libcurl", "libetpan", "sqlite3", "libmicrohttpd", "jansson", "libidn2", "libcrypto",
                "libseccomp"]
    listed = subprocess.run(["pkg-config", "--cflags", *packages], capture_output=True, text=True, check=True).stdout
    return ["-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", f"-I{ROOT}/src", *listed.split()]


def compile_alone(path: pathlib.Path) -> str:
    done = subprocess.run(["gcc", *compiler_flags(), "-fsyntax-only", "-x", "c", "-"], capture_output=True, text=True,
                          input=f'#include "{path}"\n', check=False)
    return "" if done.returncode == 0 else done.stderr.splitlines()[0] if done.stderr else "failed"


def test_every_header_compiles_alone():
    headers = sources("src/", ends=(".h",))
    found = [f"{path}: {error}" for path in headers if (error := compile_alone(ROOT / path))]
    assert not found, "\n" + "\n".join(found)


TEXTS = (".c", ".h", ".py", ".md", ".txt", ".json", ".jsonl", ".csv", ".mustache", ".html", ".css", ".js", ".eml",
         ".sql", ".sh", ".1", ".5", ".conf", ".xml", ".cmake", ".expected", ".yml", ".svg", ".service", ".timer")


def test_the_release_build_has_every_guard_that_the_compiler_has():
    build = ROOT / "build" / "release"
    if not (build / "build.ninja").exists():
        pytest.skip("needs the release build")
    flags = (build / "build.ninja").read_text()
    known = (build / "CMakeCache.txt").read_text()
    for name, flag in {"HAVE_fcf_protection_full": "-fcf-protection=full",
                       "HAVE_ftrivial_auto_var_init_zero": "-ftrivial-auto-var-init=zero",
                       "HAVE_FORTIFY_SOURCE_3": "-D_FORTIFY_SOURCE=3"}.items():
        assert f"{name}:INTERNAL=" in known, name
        assert flag in flags or f"{name}:INTERNAL=1" not in known, flag
    assert "-fstack-clash-protection" in flags and "-D_FORTIFY_SOURCE=" in flags


def test_the_link_takes_no_option_from_a_library():
    """libetpan.pc names a spec file of dpkg-dev: a bare machine has none, and it takes PIE away."""
    links = (ROOT / "build" / "release" / "build.ninja").read_text()
    assert "-letpan" in links or "libetpan" in links
    assert "-specs=" not in links


def texts(*folders: str) -> list[str]:
    """Files of words: by their ending, or seeds and scripts without one."""
    return [path for path in tracked() if path.startswith(folders) and not path.endswith("package-lock.json")
            and (path.endswith(TEXTS) or "/seeds/" in path or "." not in pathlib.Path(path).name)]


def test_samples_and_tests_name_nobody_real():
    own = "tests/rules/test_rules.py"  # its bad snippets
    check(rules.find_real_addresses,
          [path for path in texts("src/", "templates/", "subscribers/", "tests/", "README.md")
           if path != own and not (path.startswith("src/") and path.endswith((".c", ".h")))])


def test_nothing_is_left_unfinished():
    own = ("tests/rules/test_rules.py", "tests/rules/house_rules.py")
    check(rules.find_unfinished,
          [path for path in texts("src/", "templates/", "subscribers/", "tests/", "README.md", "CMake")
           if path not in own and "/seeds/" not in path])


def is_formatted(paths: list[str]) -> list[str]:
    done = subprocess.run([CLANG_FORMAT, "--dry-run", "-Werror", f"--style=file:{ROOT}/.clang-format", *paths],
                          capture_output=True, text=True, check=False)
    return [line for line in done.stderr.splitlines() if "clang-format-violations" in line]


@needs(CLANG_FORMAT, "the layout was not checked")
def test_the_layout_is_that_of_clang_format():
    found = is_formatted([str(ROOT / path) for path in sources("src/", "tests/")])
    assert not found, "\n" + "\n".join(found)


def tidy(*words: str) -> str:
    """What clang-tidy finds, by the checks of .clang-tidy; "" for nothing."""
    done = subprocess.run([CLANG_TIDY, "--quiet", f"--config-file={ROOT}/.clang-tidy",
                           "--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-missing-field-initializers",
                           *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if "warning:" in done.stdout or "error:" in done.stdout or done.returncode != 0 else ""


@needs(CLANG_TIDY, "its checks were not made")
def test_clang_tidy_has_nothing_to_say():
    if not (ROOT / "build" / "dev" / "compile_commands.json").exists():
        pytest.skip("no build/dev: build the preset dev first")
    files = sources("src/", ends=(".c",))
    parts = [files[i::24] for i in range(24)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda part: tidy("-p", "build/dev", *part), parts))
    assert not any(found), "\n" + "".join(found)


LONG = "static void f(void)\n{\n" + "    x();\n" * (rules.FUNCTION_LINES - 1) + "}\n"

# Each rule sees its fault …
BAD = [
    (rules.find_broken_walls, "src/digest/a.c", '#include "store/issue.h"'),
    (rules.find_broken_walls, "src/mail/a.c", '#include "mustache/escape.h"'),
    (rules.find_broken_walls, "src/base/a.c", '#include "store/store.h"'),
    (rules.find_broken_walls, "src/deliver/a.c", '#  include "issue/build.h"'),
    (rules.find_broken_walls, "src/smtp/a.c", '#include "store/delivery.h"'),
    (rules.find_broken_walls, "src/smtp/a.c", '#include "deliver/outbox.h"'),
    (rules.find_broken_walls, "src/pick/a.h", '#include "subscribers/list.h"'),
    (rules.find_broken_walls, "src/issue/a.c", '#include "http/server.h"'),
    (rules.find_broken_walls, "src/signup/a.c", '#include "cmd/program.h"'),
    (rules.find_broken_walls, "src/base/a.c", '#include "buf.h"'),
    (rules.find_foreign_libraries, "src/cmd/a.c", "#include <sqlite3.h>"),
    (rules.find_foreign_libraries, "src/bounce/judge.c", "#include <curl/curl.h>"),
    (rules.find_foreign_libraries, "src/deliver/a.c", "#include <openssl/evp.h>"),
    (rules.find_foreign_libraries, "src/digest/a.c", "#include <jansson.h>"),
    (rules.find_foreign_libraries, "src/base/utf8.c", "#include <idn2.h>"),
    (rules.find_foreign_libraries, "src/intake/a.c", '#include "csv.h"'),
    (rules.find_foreign_libraries, "src/cmd/serve.c", "#include <microhttpd.h>"),
    (rules.find_foreign_libraries, "src/mail/message.c", "#include <libetpan/libetpan.h>"),
    (rules.find_banned_calls, "src/a/a.c", "    sprintf(out, \"x\");"),
    (rules.find_banned_calls, "src/a/a.c", "    if (atoi (text) > 1) {"),
    (rules.find_banned_calls, "src/a/a.c", "x = strtok(text, \",\");\n"),
    (rules.find_long_functions, "src/a/a.c", LONG),
    (rules.find_policy_in_cmd, "src/cmd/a.c", "\n" * rules.VERB_LINES),
    (rules.find_policy_in_cmd, "src/cmd/a.c", "    if (!store_begin(program->store, why)) {"),
    (rules.find_policy_in_cmd, "src/cmd/a.c", "    return file_lock(path, &fd, why);"),
    (rules.find_policy_in_cmd, "src/cmd/a.c", "    good = senders_join(&senders, database, why);"),
    (rules.find_long_functions, "src/a/a.c", "\n" * (rules.FILE_LINES + 1)),
    (rules.find_prints_and_exits, "src/deliver/a.c", "    printf(\"hello\\n\");"),
    (rules.find_prints_and_exits, "src/base/a.c", "    fprintf(stderr, \"x\");"),
    (rules.find_prints_and_exits, "src/store/a.c", "    exit(1);"),
    (rules.find_prints_and_exits, "src/store/a.c", "    _exit(1);"),
    (rules.find_prints_and_exits, "src/base/log.c", "    puts(\"x\");"),
    (rules.find_own_clocks, "src/deliver/a.c", "    now = time(NULL);"),
    (rules.find_own_clocks, "src/signup/a.c", "    clock_gettime(CLOCK_MONOTONIC, &t);"),
    (rules.find_own_clocks, "src/signup/a.c", "    n = rand() % 3;"),
    (rules.find_sql, "src/cmd/a.c", '    "SELECT id FROM issue"'),
    (rules.find_sql, "src/signup/a.c", '    run("UPDATE issue SET state = 1");'),
    (rules.find_unchecked, "src/a/a.h", "/* x */\nbool a_do(int x,\n          struct failure *why);\n"),
    (rules.find_second_words, "src/a/a.c", "static bool open_cage(const char *text)\n{\n}\n"),
    (rules.find_second_words, "src/a/a.h", "struct parcel {\n"),
    (rules.find_second_words, "src/a/a.h", "void a_campaign_remove(struct a *a);\n"),
    (rules.find_second_words, "src/a/talk.c", "int a;\n"),
    (rules.find_stray_names, "src/store/bounce.h", "bool erase_all(struct store *store, struct failure *why);\n"),
    (rules.find_missing_paragraph, "src/a/a.h", "#ifndef A_H\n"),
    (rules.find_real_addresses, "tests/a.py", "to = 'somebody@gmail.com'"),
    (rules.find_real_addresses, "tests/a.csv", "ann@notexample.org,Ann"),
    (rules.find_real_addresses, "tests/a.csv", "ann@example.org.evil.com,Ann"),
    (rules.find_unfinished, "src/a/a.c", "/* TODO: later */"),
    (rules.find_unfinished, "src/a/a.c", "/* good enough for now */"),
    (rules.find_unfinished, "src/a/a.c", "/* see " + "/root" + "/checkout */"),
]

# … and leaves alone what only looks like it.
GOOD = [
    (rules.find_broken_walls, "src/digest/a.c", '#include "base/buf.h"\n#include "mustache/escape.h"\n#include <x/y.h>'),
    (rules.find_broken_walls, "src/bounce/a.c", '#include "smtp/refusal.h"'),
    (rules.find_broken_walls, "src/cmd/a.c", '#include "http/server.h"\n#include "issue/build.h"'),
    (rules.find_broken_walls, "src/signup/a.c", '#include "issue/build.h"'),
    (rules.find_broken_walls, "src/main.c", '#include "cmd/program.h"\n#include "bounce/sandbox.h"'),
    (rules.find_foreign_libraries, "src/bounce/mailbox.c", "#include <curl/curl.h>"),
    (rules.find_foreign_libraries, "src/base/json.c", '#include "base/json.h"\n#include <jansson.h>'),
    (rules.find_banned_calls, "src/a/a.c", "snprintf(a, 1, \"atoi(x)\"); /* never sprintf(x) */ s->system(1);"),
    (rules.find_banned_calls, "src/a/a.c", "// strcpy(a, b)\nmy_strcpy(a);"),
    (rules.find_long_functions, "src/a/a.c", LONG.replace("    x();\n", "", 2)),
    (rules.find_policy_in_cmd, "src/cmd/a.c", "\n" * (rules.VERB_LINES - 1)),
    (rules.find_policy_in_cmd, "src/issue/a.c", "    if (!store_begin(store, why)) {"),
    (rules.find_long_functions, "src/a/a.c", "\n" * rules.FILE_LINES),
    (rules.find_prints_and_exits, "src/cmd/a.c", "    printf(\"hello\\n\"); exit(1);"),
    (rules.find_prints_and_exits, "src/base/arena.c", "    _exit(71);"),
    (rules.find_prints_and_exits, "src/bounce/sandbox.c", "    _exit(0);"),
    (rules.find_prints_and_exits, "src/a/a.c", "    fprintf(out, \"stderr\"); /* to stdout */"),
    (rules.find_own_clocks, "src/a/a.c", "    now = clock_now(); random_bytes(x, 1); local_time(1);"),
    (rules.find_sql, "src/a/a.c", '    fail(why, "Please SELECT one"); /* "SELECT x" */'),
    (rules.find_sql, "src/store/a.c", '    "SELECT id FROM issue"'),
    (rules.find_unchecked, "src/a/a.h", "bool a_do(int x, struct failure *why) MUST_CHECK;\n"
                                        "typedef bool (*a_visit)(void *x, struct failure *why);\n"),
    (rules.find_second_words, "src/a/a.c", "    talk_to(gate); /* a cage */\nstatic void email_of(int x)\n"
                                             "struct timestamp {\nvoid a_delete(struct buffer *press);\n"),
    (rules.find_stray_names, "src/store/bounce.h", "bool bounce_add(int x);\nint64_t store_now(void);\n"
                                                   "static inline int half(int x);\n"),
    (rules.find_missing_paragraph, "src/a/a.h", "/* What this is. */\n"),
    (rules.find_real_addresses, "tests/a.py", "a@example.org b@mail.example.com c@x.example d@host.invalid @pytest.x "
                                              "e@localhost f@192.0.2.1 pkg@1.2.3"),
    (rules.find_unfinished, "src/a/a.c", 'mkstemp("a.XXXXXX"); /* a note for nowadays */'),
]


def name_of(row) -> str:
    return f"{row[0].__name__}-{row[2][:30]!r}"


@pytest.mark.parametrize("find, path, text", BAD, ids=map(name_of, BAD))
def test_a_broken_rule_is_found(find, path, text):
    found = find(path, text)
    assert len(found) == 1
    assert found[0].startswith(path)


@pytest.mark.parametrize("find, path, text", GOOD, ids=map(name_of, GOOD))
def test_what_only_looks_like_a_fault_is_left_alone(find, path, text):
    assert find(path, text) == []


def test_a_symbol_over_the_wall_is_found():
    assert rules.find_foreign_symbols("src/cmd/a.c", ["sqlite3_open", "malloc", "json_read", "json_write"])[0:1]
    assert len(rules.find_foreign_symbols("src/base/file.c", ["HMAC", "EVP_Digest", "idn2_lookup_u8"])) == 2
    assert rules.find_foreign_symbols("src/store/a.c", ["sqlite3_open"]) == []


def test_a_struct_name_with_two_meanings_is_found():
    one, two = "struct part {\n    int a;\n};\n", "static const struct part {\n    int b;\n} parts[2];\n"
    assert len(rules.find_defined_twice({"src/a/a.c": one, "src/b/b.h": two})) == 1
    assert rules.find_defined_twice({"src/a/a.c": one, "src/b/b.c": "struct part *p; /* struct part { */\n"}) == []


def test_an_upward_symbol_is_found():
    homes = {"issue_build": "src/issue/build.c", "buf_add": "src/base/buf.c", "verbs": "src/cmd/program.c"}
    assert len(rules.find_upward_symbols("src/store/a.c", ["issue_build", "buf_add", "malloc"], homes)) == 1
    assert len(rules.find_upward_symbols("src/bounce/phrases/a.c", ["verbs"], homes)) == 1
    assert rules.find_upward_symbols("src/main.c", ["verbs", "issue_build"], homes) == []


def test_a_lost_path_of_a_readme_is_found():
    there = sorted({"src/base/buf.h", "tests/README.md", "src/base", "README.md"})
    text = "see `base/buf.h`, `../tests/README.md`, `base/`, `cmd/NAME.c`, `README.md`, `a = b/c`, `name.html`\n"
    assert rules.find_lost_paths("src/README.md", text, there) == []
    assert len(rules.find_lost_paths("src/README.md", "`base/bug.h`, `../tests/`, `gone.c`\n", there)) == 3


def test_a_circle_of_calls_is_found():
    calls = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"e", "a"}}
    assert sorted(rules.find_circles(calls)) == ["these call each other in a circle: b, c",
                                                 "these call each other in a circle: e"]
    assert rules.find_circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_a_header_that_leans_on_another_is_found(tmp_path):
    header = tmp_path / "leaning.h"
    header.write_text("/* Needs stddef.h. */\nsize_t leaning(void);\n")
    assert compile_alone(header)
    header.write_text("/* Brings it. */\n#include <stddef.h>\nsize_t leaning(void);\n")
    assert not compile_alone(header)


@needs(CLANG_TIDY, "its checks were not made")
def test_a_fault_that_clang_tidy_knows_is_found(tmp_path):
    path = tmp_path / "a.c"
    path.write_text("int f(int a);\nint f(int b)\n{\n    if (b) return 1;\n    if (b);\n    return 2;\n}\n")
    found = tidy(str(path), "--", "-std=c17")
    for name in ("braces-around-statements", "suspicious-semicolon", "inconsistent-declaration-parameter-name"):
        assert name in found, found
    path.write_text("int f(int a);\nint f(int a)\n{\n    return a + 1;\n}\n")
    assert tidy(str(path), "--", "-std=c17") == ""


@needs(CLANG_FORMAT, "the layout was not checked")
def test_a_wrong_layout_is_found(tmp_path):
    path = tmp_path / "a.c"
    path.write_text("int  f( void ) { return 1 ; }\n")
    assert is_formatted([str(path)])
