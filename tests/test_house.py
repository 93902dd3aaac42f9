"""The rules of the house, where a linter has none. Each message says what to do."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.audit import Action

TOP = Path(__file__).resolve().parent.parent
MODULES = sorted((TOP / "survey").rglob("*.py"))
ROOMS = sorted(path.parent.name for path in (TOP / "survey").glob("*/__init__.py"))

#: The modules that stand between the domain and the web; every other module must be callable without a request.
OF_THE_WEB = {
    "__init__",
    "views",
    "forms",
    "commands",
    "guard",
    "bearer",
    "devices",
    "downloads",
    "sessions",
    "loading",
    "drawing",
    "failures",
    "fragments",
    "frame",
    "problems",
    "sending",
    "sentences",
    "signed",
    "web",
    "cli",
    "db",
}
OF_THE_WEB_ENDINGS = ("_views", "_forms", "_commands")
#: `recension doctor` and `remind` report in the language of their reader; what they find is a sentence.
SPEAKS = {("doctor", "flask_babel"), ("mail_settings", "flask_babel")}
WEB_PACKAGES = {"flask", "flask_babel", "flask_login", "flask_wtf", "wtforms", "werkzeug"}

AT_THE_TOP = {
    "survey", "templates", "migrations", "instance", "tests", ".ci", ".gitignore", ".gitattributes",
    "pyproject.toml", "README.md", "Makefile", "LICENSE", "CHANGELOG.md", "requirements.lock",
}  # fmt: skip

#: The official schemas are neither ours to hold nor in any package: a test that finds none says so.
SCHEMAS = "tests/schemas.py"

LINES, FUNCTION_LINES, MEDIAN = 350, 40, 100
EMPTY_WORDS = re.compile(r"(?i)\butils?\b|_utils?\b|\butils?_|managers?$|helpers?$|services?$")
BORROWED = {"LoginManager", "login_manager"}  # names of other people's
MACHINE_PATH = re.compile(r"(?<![\w.\])}/-])/(?:home|Users|root|work|mnt|opt)/[\w.-]+")
REGISTRY = re.compile(r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|artifactory|nexus|jfrog|simple)[\w./-]*")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (TOP / name).exists()]


def texts() -> Iterator[tuple[str, str]]:
    for name in tracked():
        try:
            yield name, (TOP / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def name_of(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def of_the_domain(path: Path) -> bool:
    return path.stem not in OF_THE_WEB and not path.stem.endswith(OF_THE_WEB_ENDINGS)


def used_elsewhere() -> set[tuple[str, str]]:
    """Module and name of what one module uses of another: what is public in fact."""
    used = set()
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom):
                used |= {((node.module or "").split(".")[-1], alias.name) for alias in node.names}
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used.add((node.value.id, node.attr))
    return used


def complain(found: list[str], what_to_do: str) -> None:
    assert not found, f"{what_to_do}\n  " + "\n  ".join(found)


def test_the_rooms_open_downwards_only():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, f"Move what is shared to the lower room.\n{done.stdout}"


def test_every_room_and_module_stands_in_the_layers():
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layered = {name.strip() for layer in contracts[0]["layers"] for name in layer.split("|")}
    there = {f"survey.{path.stem}" for path in (TOP / "survey").glob("[!_]*.py")} | {f"survey.{room}" for room in ROOMS}
    complain(sorted(there ^ layered), "Say in pyproject.toml (tool.importlinter) above what these stand:")


def test_the_domain_does_not_know_the_web():
    found = []
    for path in filter(of_the_domain, MODULES):
        for node in ast.walk(tree(path)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [
                f"{name_of(path)}:{node.lineno} imports {n}"
                for n in names
                if n.split(".")[0] in WEB_PACKAGES and (path.stem, n) not in SPEAKS
            ]
    complain(
        found, "Pass a session and plain values instead, and leave the request to views.py, forms.py or commands.py:"
    )


def test_modules_and_functions_stay_small():
    found = []
    for path in MODULES:
        if (n := len(path.read_text(encoding="utf-8").splitlines())) > LINES:
            found.append(f"{name_of(path)} has {n} lines, at most {LINES}")
        for function in functions(tree(path)):
            if (n := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES:
                found.append(
                    f"{name_of(path)}:{function.lineno} {function.name} has {n} lines, at most {FUNCTION_LINES}"
                )
    complain(found, "Split by what each part is about:")


def test_the_median_module_is_short():
    median = statistics.median(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES)
    assert median < MEDIAN, (
        f"The median module has {median} lines, it should have fewer than {MEDIAN}: split the long ones."
    )


def test_a_module_opens_with_one_sentence():
    found = []
    for path in MODULES:
        said = ast.get_docstring(tree(path))
        if not said or not re.match(r"[^\n]+[.?!](\n\n|$)", said):
            found.append(f"{name_of(path)} opens with {(said or 'nothing').splitlines()[0]!r}")
    complain(found, "Open the module with a docstring whose first line is a sentence that says what it holds:")


def test_public_functions_say_what_they_do():
    found, used = [], used_elsewhere()
    for path in MODULES:
        found += [
            f"{name_of(path)}:{node.lineno} {node.name}"
            for node in tree(path).body
            if isinstance(node, ast.FunctionDef) and (path.stem, node.name) in used
            if not ast.get_docstring(node) and not answers_an_address(node) and node.name != "init_app"
        ]
    complain(found, "Other modules use these; give each a docstring (shapes, units, errors, source):")


def answers_an_address(function: ast.FunctionDef) -> bool:
    """Whether a function is a view, which its address and its template explain, or a command, which has its help."""
    return any(isinstance(decorator, ast.Call) for decorator in function.decorator_list)


def test_names_are_words_of_the_domain():
    found = []
    for path in [*MODULES, *(TOP / "tests").rglob("*.py")]:
        named = [path.stem] + [
            node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef | ast.FunctionDef)
        ]
        found += [f"{name_of(path)}: {n}" for n in named if EMPTY_WORDS.search(n) and n not in BORROWED]
    complain(found, "Say what it is in the words of a survey, not utils, Manager, Helper or Service:")


def test_an_audit_entry_says_object_and_verb():
    found = [action.value for action in Action if not re.fullmatch(r"[a-z]+\.[a-z_]+", action.value)]
    complain(found, "Write object.verb, as everywhere in survey/audit.py; what is written can never be renamed:")
    uses = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    complain([a.name for a in Action if f"Action.{a.name}" not in uses], "Nothing writes these; take them out:")


def test_the_top_of_the_repository_holds_only_what_it_should():
    found = sorted({name.split("/")[0] for name in tracked()} - AT_THE_TOP)
    complain(found, "Put these in a folder that exists, or say in tests/test_house.py why they stand at the top:")


def test_the_instance_folder_is_not_in_git():
    found = [name for name in tracked() if name.startswith("instance/") and name != "instance/README.md"]
    complain(found, "These belong to one installation: git rm --cached")


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine paths", "registry hosts"])
def test_no_tracked_file_names_a_machine(pattern):
    found = [
        f"{name}: {match.group(0)}"
        for name, text in texts()
        if name != name_of(Path(__file__))
        for match in pattern.finditer(text)
    ]
    complain(found, "This is true on one machine only; take it out:")


def test_no_test_is_skipped():
    word = re.compile(r"\b(?:pytest\.(?:skip|xfail|importorskip)|mark\.(?:skip|skipif|xfail))\b")
    found = [
        f"{name}: {match.group(0)}"
        for name, text in texts()
        if name.startswith("tests/") and name not in (name_of(Path(__file__)), SCHEMAS)
        for match in word.finditer(text)
    ]
    complain(found, "What cannot run here should be made to: tests/outside.py installs what is missing.")


def test_templates_mirror_the_rooms():
    found = [
        name_of(path) for path in (TOP / "templates").iterdir() if path.name not in ROOMS and path.suffix != ".html"
    ]
    complain(found, f"A folder of templates/ has the name of its room ({', '.join(ROOMS)}):")


def test_templates_have_no_inline_style_nor_script():
    attribute = re.compile(r"<[^>]*\s(?:style|on[a-z]+)\s*=", re.IGNORECASE)
    element = re.compile(r"<style\b|<script\b(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.IGNORECASE)
    found = []
    for path in (TOP / "templates").rglob("*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found += [f"{name_of(path)}: {m.group(0)[:60]}" for p in (attribute, element) for m in p.finditer(text)]
    complain(found, "The content security policy blocks it: use a class of style.css, or a module of survey/static/:")


def test_migrations_are_numbered_without_a_gap():
    files = sorted((TOP / "migrations" / "versions").glob("*.py"))
    numbers = [path.name[:4] for path in files]
    assert numbers == [f"{n:04}" for n in range(1, len(files) + 1)], "Number migrations 0001_…, 0002_… without a gap."
    for path in files:
        assert f'revision = "{path.name[:4]}"' in path.read_text().replace(": str", ""), (
            f"{path.name}: its number is its revision."
        )
