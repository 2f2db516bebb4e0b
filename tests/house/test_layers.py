"""The plan of docs/structure.md, kept: which files a feature has, and who may import whom."""

from __future__ import annotations

import ast

import pytest

from forum import FEATURES
from tests.house.modules import CODE, ROOT, Module, feature_modules, modules

# What a file may import from its own feature.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "models": {"models"},
    "events": set(),
    "rules": {"models", "rules"},
    "queries": {"models", "rules", "queries"},
    "documents": {"models", "queries", "rules", "documents"},
    "emails": {"models", "rules", "queries", "emails"},
    "actions": {"models", "events", "rules", "queries", "emails", "documents", "actions"},
    "subscribers": {"events", "queries", "actions", "models", "rules", "subscribers"},
    "jobs": {"queries", "actions", "documents", "models", "rules", "jobs"},
    "forms": {"models", "rules", "queries", "actions", "documents", "forms"},
}
EDGES = {"views", "api", "cli"}
for _edge in EDGES:
    MAY_IMPORT[_edge] = {*MAY_IMPORT, *EDGES} - {"jobs", "subscribers"}

OPEN = {"models", "events", "rules", "queries", "actions", "documents"}
"""The files that higher features may use."""

TOOLS = ("demo", "operations", "bench")
"""They stand on top and are programs more than features: beside the files of the list they name some of their own."""

STAMPING = ("template", "fields", "shaping", "glyphs", "document", "checks")
"""The files of `core/stamping` that look into WeasyPrint: what it laid out, its fonts, its file, its colours."""

FLASK = {"views", "api", "cli", "forms"}
"""Where Flask may appear in a feature."""


def edges(module: Module) -> list[tuple[str, str]]:
    """Return the features and files that a module imports: `("people", "models")`."""
    found = []
    for name in module.imports():
        parts = name.split(".")
        if parts[0] == "forum" and len(parts) > 2 and parts[1] in FEATURES:
            found.append((parts[1], parts[2]))
    return found


def test_every_folder_is_a_feature_that_has_its_place_in_the_order() -> None:
    folders = {path.name for path in CODE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders == {*FEATURES, "core", "bootstrap"}


def test_features_have_the_files_of_the_list() -> None:
    strange = {
        module.name
        for module in feature_modules()
        if module.feature not in TOOLS and module.file and module.file not in MAY_IMPORT
    }
    assert strange == set()


def test_a_feature_says_in_a_sentence_what_it_is_about() -> None:
    wrong = [
        module.name
        for module in modules()
        if len(module.place) == 1
        and module.path.name == "__init__.py"
        and not (ast.get_docstring(module.tree) and len(module.tree.body) == 1)
    ]
    assert wrong == []


def test_the_core_knows_no_feature() -> None:
    found = {(module.name, edge) for module in modules() if module.feature == "core" for edge in edges(module)}
    assert found == set()


def test_a_feature_uses_only_those_below_it() -> None:
    upwards = {
        (module.name, ".".join(edge))
        for module in feature_modules()
        for edge in edges(module)
        if FEATURES.index(edge[0]) > FEATURES.index(module.feature)
    }
    assert upwards == set()


def test_only_the_open_files_of_a_feature_are_used_from_above() -> None:
    hidden = {
        (module.name, ".".join(edge))
        for module in feature_modules()
        for edge in edges(module)
        if edge[0] != module.feature and edge[0] not in TOOLS and edge[1] not in OPEN
    }
    assert hidden == set()


def test_files_use_what_stands_before_them_in_their_own_feature() -> None:
    wrong = {
        (module.name, edge[1])
        for module in feature_modules()
        for edge in edges(module)
        if edge[0] == module.feature not in TOOLS
        and edge[1] in MAY_IMPORT
        and edge[1] not in MAY_IMPORT[module.file or "__init__"]
    }
    assert wrong == set()


def uses(module: Module, package: str) -> bool:
    """Tell whether a module imports a package."""
    return any(name.split(".")[0] == package for name in module.imports())


def test_flask_stays_at_the_edges() -> None:
    wrong = {
        module.name
        for module in feature_modules()
        if module.feature not in TOOLS and module.file not in FLASK and uses(module, "flask")
    }
    # Letters are written from templates; printed documents are rendered, and kept in the instance's folder.
    allowed = {"forum.messages.actions", "forum.badges.documents.files", "forum.site.documents"}
    assert wrong - allowed == set()


def test_rules_views_and_forms_know_no_database() -> None:
    wrong = {
        (module.name, name)
        for module in feature_modules()
        if module.file in ("rules", "views", "forms") and module.feature not in (*TOOLS, "site")
        for name in module.imports()
        if name.split(".")[0] == "sqlalchemy"
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("package", "home"),
    [
        (
            "weasyprint",
            {"forum.core.documents", "forum.bench.presses", *(f"forum.core.stamping.{file}" for file in STAMPING)},
        ),
        ("pydyf", {f"forum.core.stamping.{file}" for file in ("document", "tags", "usage")}),
        ("uharfbuzz", {"forum.core.stamping.glyphs", "forum.core.stamping.shaping"}),
        ("isal", {"forum.core.stamping.document"}),
        ("qrcode", {"forum.core.qr"}),
        ("pypdfium2", {"forum.core.pictures"}),
        ("PIL", {"forum.core.pictures"}),
        ("smtplib", {"forum.core.email"}),
        ("flask_limiter", {"forum.core.limits"}),
        ("structlog", {"forum.core.logs"}),
        ("openpyxl", {"forum.core.sheets"}),
        ("xlsxwriter", {"forum.core.sheets"}),
        ("argon2", {"forum.people.rules"}),
        ("granian", {"forum.operations.server"}),
        ("stripe", {"forum.core.cards"}),
        ("facturx", {"forum.payments.documents.invoices"}),
    ],
)
def test_a_library_has_one_home(package: str, home: set[str]) -> None:
    assert {module.name for module in modules() if uses(module, package)} == home


def test_time_is_asked_at_the_edge_only() -> None:
    askers = {
        module.name
        for module in feature_modules()
        if module.feature not in TOOLS and module.file in ("models", "rules", "queries", "emails", "documents")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date", "clock")
    }
    assert askers == set()


def test_the_plan_names_every_feature() -> None:
    plan = (ROOT / "docs/structure.md").read_text("utf-8")
    assert [feature for feature in FEATURES if f"`{feature}`" not in plan] == []


def test_the_plan_names_every_file_of_the_core() -> None:
    plan = (ROOT / "docs/structure.md").read_text("utf-8")
    files = [module.path.name for module in modules() if module.feature == "core" and module.place[1:]]
    assert [file for file in files if f"`{file}`" not in plan] == []


def test_nothing_is_left_to_do() -> None:
    word = "TO" + "DO"
    places = [*CODE.rglob("*.py"), *(ROOT / "templates").rglob("*.*"), *(ROOT / "tests").rglob("*.py")]
    assert [str(path.relative_to(ROOT)) for path in places if word in path.read_text("utf-8", errors="replace")] == []
