"""The house rules as checkers: each looks at one source file and yields what breaks its rule."""

import ast
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

MOST_LINES, MOST_FUNCTION_LINES, MOST_METHODS, MOST_ARGUMENTS = 400, 70, 12, 6
PRODUCT = ("casework", "sync", "server", "desktop")
CATCH_ALL_ALLOWED = {"desktop/app.py", "desktop/crash.py", "sync/worker.py"}
LATE_IMPORTS_ALLOWED = {"desktop/app.py"}
ONLY_IN = {"requests": "sync/http.py", "keyring": "sync/credentials.py"}
TABLES = {"casework/tables.py", "sync/tables.py", "server/tables.py", "tests/covers.py"}
# modules under the GPL, or of a doubtful licence, inside wheels that say LGPL
NOT_LGPL = {"QtCharts", "QtDataVisualization", "QtGraphs", "QtNetworkAuth", "QtVirtualKeyboard"}
# what shows text as rich text: a name with markup in it could open files, or lose what looks like a tag
RICH_TEXT = {"setHtml", "insertHtml", "appendHtml", "setMarkdown", "insertMarkdown"}
RICH_TEXT |= {"RichText", "MarkdownText", "AutoText", "QErrorMessage"}
UNSAFE_CALLS = {"eval", "exec", "pickle", "marshal", "shelve", "os.system", "yaml.load"}
EMPTY_NAMES = re.compile(r"(Manager|Helper|Helpers|Util|Utils|Handler|Base)$")
EMPTY_MODULES = {"utils", "util", "helpers", "helper", "misc", "manager", "managers", "handler", "handlers"}
# written in pieces, so that this file does not break the rule itself
REGISTRY = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "/simple" + "/", "registry" + r"\.npm"]))
MACHINE_PATH = re.compile(r"(?<![\w/.~-])/(?:work|farm|root|home/\w+|Users/\w+|tmp/boot)/|\b[A-Z]:\\Users\\")


@dataclass(frozen=True)
class Source:
    """One file of the project: its path from the root, with forward slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def package(self) -> str:
        return PurePosixPath(self.path).parts[0]

    @property
    def is_test(self) -> bool:
        return self.package == "tests"

    @property
    def is_table(self) -> bool:
        """Database tables, migrations and generated files are as long as what they list."""
        generated = PurePosixPath(self.path).name.startswith("generated")
        return generated or "/migrations/" in self.path or self.path in TABLES


Checker = Callable[[Source], Iterator[str]]
CHECKERS: list[Checker] = []
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def house_rule(checker: Checker) -> Checker:
    CHECKERS.append(checker)
    return checker


def problems(source: Source) -> list[str]:
    """All that this Python file breaks, each as `path:line what`."""
    return [f"{source.path}:{problem}" for checker in CHECKERS for problem in checker(source)]


def dotted(node: ast.AST) -> str:
    """`a.b.c` as text, empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def imports(source: Source) -> Iterator[tuple[int, str]]:
    """Every imported name with its module, as `module` or `module.name`."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module or ''}.{alias.name}") for alias in node.names)


@house_rule
def opens_with_one_sentence(source: Source) -> Iterator[str]:
    words = ast.get_docstring(source.tree) or ""
    first = words.split("\n\n")[0].strip()
    if not first.endswith("."):
        yield "1 a module opens with one sentence of what it is for"


@house_rule
def is_short(source: Source) -> Iterator[str]:
    length = source.text.count("\n")
    if length > MOST_LINES and not source.is_table:
        yield f"1 {length} lines, {MOST_LINES} at most"
    for node in source.nodes:
        if not isinstance(node, FUNCTIONS) or source.is_table:
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MOST_FUNCTION_LINES:
            yield f"{node.lineno} {node.name} has {length} lines, {MOST_FUNCTION_LINES} at most"


@house_rule
def classes_are_small(source: Source) -> Iterator[str]:
    if source.package not in PRODUCT:
        return
    for node in source.nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        methods = [part for part in node.body if isinstance(part, FUNCTIONS)]
        # Qt's virtuals are in camelCase, and how many there are is Qt's choice
        public = [method.name for method in methods if re.fullmatch(r"[a-z][a-z0-9_]*", method.name)]
        if len(public) > MOST_METHODS:
            yield f"{node.lineno} {node.name} has {len(public)} public methods, {MOST_METHODS} at most"
        for method in methods:
            taken = len(method.args.posonlyargs + method.args.args + method.args.kwonlyargs) - 1
            if method.name == "__init__" and taken > MOST_ARGUMENTS:
                yield f"{method.lineno} {node.name} takes {taken} arguments, {MOST_ARGUMENTS} at most"


@house_rule
def names_say_something(source: Source) -> Iterator[str]:
    if PurePosixPath(source.path).stem in EMPTY_MODULES:
        yield "1 this file name says nothing about its content"
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and EMPTY_NAMES.search(node.name):
            yield f"{node.lineno} the name {node.name} says nothing about what it is"


@house_rule
def catches_what_it_knows(source: Source) -> Iterator[str]:
    if source.path in CATCH_ALL_ALLOWED:
        return
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            everything = any(kind is None or dotted(kind) in {"Exception", "BaseException"} for kind in kinds)
            if everything and not _only_cleans_up(node):
                yield f"{node.lineno} catches everything: name the faults that can happen"


def _only_cleans_up(handler: ast.ExceptHandler) -> bool:
    """Whether what was caught goes on its way unchanged: nothing is swallowed."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


@house_rule
def imports_at_the_top(source: Source) -> Iterator[str]:
    if source.path in LATE_IMPORTS_ALLOWED:
        return
    for function in source.nodes:
        if not isinstance(function, FUNCTIONS):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{node.lineno} imports inside {function.name}"


@house_rule
def imports_what_it_may(source: Source) -> Iterator[str]:
    for line, name in imports(source):
        root = name.split(".")[0]
        if source.package in PRODUCT and root in ONLY_IN and source.path != ONLY_IN[root]:
            yield f"{line} only {ONLY_IN[root]} imports {root}"
        if root == "PySide6" and source.package in PRODUCT and source.package != "desktop":
            yield f"{line} Qt stays in desktop/"
        if root == "PySide6" and NOT_LGPL & set(name.split(".")):
            yield f"{line} {name} is not under the LGPL"
        if root in UNSAFE_CALLS and root not in {"os", "yaml"}:
            yield f"{line} {root} runs what it reads"


@house_rule
def calls_nothing_unsafe(source: Source) -> Iterator[str]:
    for node in source.nodes:
        if isinstance(node, ast.Assign) and getattr(node.value, "value", None) is False:
            switched_off = [target for target in node.targets if dotted(target).endswith(".verify")]
            yield from (f"{target.lineno} verify=False" for target in switched_off)
        if not isinstance(node, ast.Call):
            continue
        if dotted(node.func) in UNSAFE_CALLS:
            yield f"{node.lineno} {dotted(node.func)} runs what it reads"
        for keyword in node.keywords:
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if (keyword.arg, value) in {("verify", False), ("shell", True)}:
                yield f"{node.lineno} {keyword.arg}={value!r}"


@house_rule
def shows_text_as_text(source: Source) -> Iterator[str]:
    if source.package != "desktop":
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in RICH_TEXT:
            yield f"{node.lineno} {node.attr}: text from data must not reach Qt as rich text"
        if source.path.startswith("desktop/widgets/"):
            continue
        made = [node.func] if isinstance(node, ast.Call) else node.bases if isinstance(node, ast.ClassDef) else []
        if any(dotted(name).split(".")[-1] == "QLabel" for name in made):
            yield f"{getattr(node, 'lineno', 1)} QLabel: use the plain-text labels of desktop/widgets/labels.py"
    for line, name in imports(source):
        if name.split(".")[-1] == "QErrorMessage":
            yield f"{line} QErrorMessage shows rich text"


@house_rule
def tests_state_facts(source: Source) -> Iterator[str]:
    if not PurePosixPath(source.path).name.startswith("test_") or not source.is_test:
        return
    for node in source.nodes:
        if isinstance(node, FUNCTIONS) and re.match(r"test(?!_that_)", node.name):
            yield f"{node.lineno} {node.name}: the name of a test states a fact (test_that_...)"


@house_rule
def tests_use_real_parts(source: Source) -> Iterator[str]:
    for line, name in imports(source):
        if re.match(r"unittest\.mock|mock(\.|$)|pytest_mock|.*\.MagicMock$", name):
            yield f"{line} {name}: real parts or fakes, no mocks"
    if not source.is_test:
        return
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and "mocker" in {argument.arg for argument in node.args.args}:
            yield f"{node.lineno} mocker: real parts or fakes, no mocks"
        if isinstance(node, ast.Call) and dotted(node.func).endswith("monkeypatch.setattr") and node.args:
            target = node.args[0]
            name = str(target.value) if isinstance(target, ast.Constant) else dotted(target)
            if name.split(".")[0] in _own_names(source):
                yield f"{node.lineno} replaces a part of our own code: hand a fake in instead"


def _own_names(source: Source) -> set[str]:
    """The names under which this file knows something of the product."""
    own = set(PRODUCT)
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PRODUCT:
            own |= {alias.asname or alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            own |= {alias.asname for alias in node.names if alias.asname and alias.name.split(".")[0] in PRODUCT}
    return own


@house_rule
def tests_run_and_wait_for_facts(source: Source) -> Iterator[str]:
    if not source.is_test:
        return
    for node in source.nodes:
        name = dotted(node)
        if name in {"time.sleep", "asyncio.sleep", "qtbot.wait", "QTest.qWait", "QTest.qSleep"}:
            yield f"{getattr(node, 'lineno', 1)} {name}: wait for a fact, not for time"
        if re.fullmatch(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)", name):
            yield f"{getattr(node, 'lineno', 1)} {name}: a test runs and passes, or goes"
    for line, name in imports(source):
        if name == "time.sleep":
            yield f"{line} time.sleep: wait for a fact, not for time"


def names_no_place(source: Source) -> Iterator[str]:
    """For any text file: no host of a package registry, no path of the machine where it was written."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if REGISTRY.search(line):
            yield f"{source.path}:{number} names the host of a package registry"
        if MACHINE_PATH.search(line):
            yield f"{source.path}:{number} bears a path of one machine"


def draws_only(source: Source) -> Iterator[str]:
    """For an SVG: it parses, scales, and neither runs nor fetches anything."""
    try:
        root = ET.fromstring(source.text)
    except ET.ParseError as error:
        yield f"{source.path}:1 does not parse: {error}"
        return
    if "viewBox" not in root.attrib:
        yield f"{source.path}:1 has no viewBox, so it does not scale"
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag in {"script", "foreignObject", "image"}:
            yield f"{source.path}:1 has a <{tag}>"
        for name, value in element.attrib.items():
            plain = name.rpartition("}")[2]
            if plain.startswith("on") or (plain == "href" and not value.startswith("#")):
                yield f"{source.path}:1 {plain} runs or fetches something"
