"""Rules of the house that a machine can hold: each one names the file that breaks it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from journal.moves import Record

ROOT = Path(settings.BASE_DIR)
ROOMS = (
    "journal",
    "accounts",
    "deadlines",
    "letters",
    "structures",
    "charter",
    "label",
    "reviewers",
    "decisions",
    "certificates",
    "feedback",
    "portal",
    "workflows",
    "desks",
)
FORBIDDEN_FOLDERS = {"common", "utils", "core", "helpers"}
LONGEST_FILE = 420
DATA = {
    "desks/demonstration/structures.py",
    "desks/journal_words.py",
}  # lists of stories and of words, not code
LONGEST_FUNCTION = 60
SPEAKING = ("actions", "rules", "checklist", "models", "lifecycle", "calendar", "status", "scoring")
FORBIDDEN_WORDS = ("valider", "soumettre", "invalide", "malheureusement")


def sources(*names: str) -> Iterator[tuple[Path, ast.Module]]:
    for room in (*ROOMS, "config"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" in path.parts or (names and not _is_named(path.relative_to(ROOT), names)):
                continue
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def _is_named(path: Path, names: tuple[str, ...]) -> bool:
    return path.stem in names or any(folder in names for folder in path.parts[:-1])


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_no_junk_drawer() -> None:
    assert not [path for path in ROOT.iterdir() if path.name in FORBIDDEN_FOLDERS]
    assert not [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.stem in FORBIDDEN_FOLDERS]


def test_files_stay_easy_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for room in (*ROOMS, "config")
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long.keys() - DATA == set()


def test_functions_stay_easy_to_read() -> None:
    long = {
        f"{path}:{node.name}": node.end_lineno - node.lineno
        for path, tree in sources()
        for node in functions(tree)
        if node.end_lineno - node.lineno > LONGEST_FUNCTION
    }
    assert long == {}


def states_written(tree: ast.Module) -> Iterator[int]:
    """Lines that write the state of a record otherwise than by a move, or records without their journal."""
    records = {model.__name__ for model in apps.get_models() if issubclass(model, Record)}
    known = {name: node.value for node in ast.walk(tree) for name in _names_given(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets) if any(_is_state(target) for target in targets):
                yield node.lineno
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target) if _is_state(target):
                yield node.lineno
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value="state"), _]):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="update" | "update_or_create"), keywords=keywords):
                if any(_gives_state(keyword, known) for keyword in keywords):
                    yield node.lineno
            case ast.Call(func=ast.Attribute(attr="bulk_update")) if "'state'" in ast.unparse(node):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="bulk_create", value=of)):
                made = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
                if records & (made | {ast.unparse(of).partition(".")[0]}):
                    yield node.lineno


def _is_state(target: ast.expr) -> bool:
    """`record.state`, or `values["state"]` of what is then written."""
    match target:
        case ast.Attribute(attr="state") | ast.Subscript(slice=ast.Constant(value="state")):
            return True
    return False


def _names_given(node: ast.AST) -> list[str]:
    """The names to which this statement gives one value."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _gives_state(keyword: ast.keyword, known: dict[str, ast.expr]) -> bool:
    """`state=...`, `defaults={"state": ...}`, or `**values` of which one is the state."""
    value = (
        known.get(keyword.value.id, keyword.value) if isinstance(keyword.value, ast.Name) else keyword.value
    )
    inside = {
        ast.unparse(key)
        for inner in ast.walk(value)
        if isinstance(inner, ast.Dict)
        for key in inner.keys
        if key
    }
    inside |= {repr(inner.arg) for inner in ast.walk(value) if isinstance(inner, ast.keyword)}
    return keyword.arg == "state" or (keyword.arg in {None, "defaults"} and "'state'" in inside)


def test_a_state_is_written_by_moves_only() -> None:
    guilty = [
        f"{path}:{line}"
        for path, tree in sources()
        if not _is_named(path, ("lifecycle",))
        for line in states_written(tree)
    ]
    assert guilty == []


@pytest.mark.parametrize(
    "sample",
    [
        "application.state = 'granted'",
        "application.state: str = 'granted'",
        "setattr(application, 'state', 'granted')",
        "Application.objects.filter(pk=1).update(state='granted')",
        "Application.objects.filter(pk=1).update(**{'state': 'granted'})",
        "Application.objects.filter(pk=1).update(**dict(state='granted'))",
        "values = {'state': 'granted'}\nApplication.objects.update(**values)",
        "values['state'] = 'granted'\nApplication.objects.update(**values)",
        "Application.objects.update_or_create(pk=1, defaults={'state': 'granted'})",
        "Application.objects.bulk_update(found, ['state'])",
        "Application.objects.bulk_update(found, fields=['state', 'ended_at'])",
        "Application.objects.bulk_create(rows)",
        "Application._base_manager.bulk_create(Application(structure=one) for one in found)",
    ],
)
def test_each_way_round_a_move_is_seen(sample: str) -> None:
    assert list(states_written(ast.parse(sample)))


@pytest.mark.parametrize(
    "sample",
    [
        "application.grant(by=by, at=at)",
        "Application.objects.filter(state='granted').update(ended_at=at)",
        "Reminder.objects.bulk_create(Reminder(deadline=one) for one in found)",
    ],
)
def test_what_is_allowed_is_not_taken_for_one(sample: str) -> None:
    assert list(states_written(ast.parse(sample))) == []


def test_records_are_never_refreshed() -> None:
    assert [str(path) for path, _ in sources() if "refresh_from_db" in (ROOT / path).read_text()] == []


def test_no_mixin_of_the_machine_is_used() -> None:
    banned = ("FSMModelMixin", "ConcurrentTransitionMixin", "on_error=", "conditions=")
    guilty = [
        f"{path}: {word}"
        for path, _ in sources("lifecycle", "models")
        for word in banned
        if word in (ROOT / path).read_text()
    ]
    assert guilty == []


def test_only_moves_of_lifecycles_are_transitions() -> None:
    guilty = [
        str(path)
        for path, tree in sources()
        for node in functions(tree)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id in {"move", "transition"}
        and not _is_named(path, ("lifecycle",))
    ]
    assert guilty == []


def test_every_move_takes_by_and_at() -> None:
    for model in apps.get_models():
        if issubclass(model, Record):
            for move in model._meta.get_field("state").get_all_transitions(model):
                arguments = (
                    move.method.__wrapped__.__code__
                    if hasattr(move.method, "__wrapped__")
                    else move.method.__code__
                )
                assert {"by", "at"} <= set(arguments.co_varnames), f"{model.__name__}.{move.name}"


def test_the_domain_does_not_read_the_clock() -> None:
    readers = (
        "actions",
        "lifecycle",
        "models",
        "rules",
        "checklist",
        "due",
        "effects",
        "visibility",
        "correspondence",
    )
    guilty = [
        str(path)
        for path, tree in sources(*readers)
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"now", "today", "utcnow"}
        )
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "localdate"
            and not node.args
        )
    ]
    assert guilty == []


# What stands in actions without being the act of anybody: questions, parts of an act whose `by` was already
# checked, clocks and mails that follow an act, work of the machine.
WITHOUT_BY = {
    "accounts/actions/rights.py": {"keep_one_administrator"},
    "certificates/actions/follow_ups/planning.py": {"drop_clocks", "plan_what_is_left"},
    "certificates/actions/issuing.py": {"make_certificate", "make_what_a_crash_left", "renew_seals"},
    "certificates/actions/register_watch.py": {"watch_registers"},
    "certificates/actions/reissuing.py": {"issue_again", "replace_lost_credentials", "seal_what_was_not"},
    "charter/actions/signatures.py": {"purpose"},
    "deadlines/actions/outages.py": {"extend", "in_effect", "touched_by"},
    "deadlines/actions/clocks.py": {
        "compute_again",
        *(
            "start",
            "pause",
            "resume",
            "meet",
            "let_pass",
            "drop",
            "interrupt",
            "wrongly_computed",
            "settle",
            "running",
            "recomputed_due_on",
        ),
    },
    "decisions/actions/acts.py": {"preview_letter"},
    "feedback/actions/filing.py": {"anybody", "raise_alarm"},
    "feedback/actions/handling.py": {"hold_with_label"},
    "label/actions/completeness.py": {"finding_token"},
    "label/actions/drafting.py": {"already_open", "person_of"},
    "label/actions/editions.py": {"missing_to_adopt"},
    "label/actions/filing.py": {"channel_of"},
    "certificates/actions/deciding.py": {"end_under_way"},
    "certificates/actions/hearings.py": {"held_hearing", "held_label", "wait_for_the_post"},
    "certificates/actions/measures.py": {"act_under_way", "terms_of", "token_of_measure"},
    "certificates/actions/withdrawals.py": {
        *(
            "grounds_of",
            "decision_is_awaited",
            "open_proposal",
            "open_hearing",
            "held_withdrawal",
            "drop_waiting",
        ),
    },
    "letters/actions/exchanges.py": {"mark_read"},
    "letters/actions/issuing.py": {"preview", "signatory_of"},
    "letters/actions/mails.py": {"queue_mail", "queue_mail_without_name"},
    "letters/actions/serving.py": {"presume_receipts"},
    "reviewers/actions/departures.py": {"held", "hold_mandates", "start_review_clock"},
    "reviewers/actions/staff_matches.py": {"match_new_names", "match_staff"},
    "reviewers/actions/evaluations.py": {
        *("close_if_complete", "evaluate_again", "latest", "held_application", "sheets_of", "digest_of"),
        *("evaluate_second_round", "first_round"),
    },
    "reviewers/actions/hearings.py": {"open_hearing"},
    "reviewers/actions/mandates.py": {"start_interests_clock"},
    "reviewers/actions/matches.py": {"match_dossier", "match_link"},
    "reviewers/actions/opinions.py": {"missing_to_adopt", "evaluation_in_deliberation"},
    "reviewers/actions/sessions/ballots.py": {"cast_by"},
    "reviewers/actions/sessions/convening.py": {
        *(
            "holder_of_same_college",
            "already_holds",
            "paper_copies",
            "target_day",
            "line_of",
        ),
    },
    "reviewers/actions/sessions/deferrals.py": {"open_deferral"},
    "reviewers/actions/sessions/holding.py": {
        *(
            "mandate_of",
            "invitations_of",
            "under_way",
            "open_room",
            "refuse_unless_open",
            "refuse_a_chair_with_a_link",
            "refuse_without_reason",
        ),
    },
    "reviewers/actions/sessions/planning.py": {"refresh_points", "listed_items", "best_order"},
    "reviewers/actions/sessions/attendance.py": {"leave_for_conflict", "come_back"},
    "reviewers/actions/sessions/voting.py": {"counted", "awaited", "who_voted"},
    "structures/actions/registers.py": {"ask_registers"},
    "structures/actions/spaces.py": {"acting_person", "refuse_when_frozen", "refuse_without_reason"},
}


def nobody_acts(tree: ast.Module) -> Iterator[str]:
    """Public functions of a module of actions of which nobody is the author: no `by` that must be named."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            required = dict(
                zip((one.arg for one in node.args.kwonlyargs), node.args.kw_defaults, strict=True)
            )
            if required.get("by", node) is not None:
                yield node.name


def by_is_not_last(tree: ast.Module) -> Iterator[str]:
    """Actions whose `by` is followed by something else that must be given."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = [one.arg for one in node.args.kwonlyargs]
            if "by" in names and None in node.args.kw_defaults[names.index("by") + 1 :]:
                yield node.name


def test_every_action_has_its_author() -> None:
    found = {str(path): set(nobody_acts(tree)) for path, tree in sources("actions")}
    assert {path: names for path, names in found.items() if names} == WITHOUT_BY


def test_who_acts_is_named_last() -> None:
    assert [f"{path}:{name}" for path, tree in sources("actions") for name in by_is_not_last(tree)] == []


@pytest.mark.parametrize(
    "arguments", ["", "*, at", "by", "application, by, *, at", "*, at, by=None", "*, at, **by"]
)
def test_an_act_of_nobody_is_seen(arguments: str) -> None:
    assert list(nobody_acts(ast.parse(f"def grant({arguments}): ..."))) == ["grant"]


def test_an_author_in_the_middle_is_seen() -> None:
    assert list(by_is_not_last(ast.parse("def grant(*, by, at): ..."))) == ["grant"]
    assert list(by_is_not_last(ast.parse("def grant(*, at, by, note=''): ..."))) == []


EMPTY_SHAPES = {
    "letters/actions/serving.py",
    "reviewers/paper_checklist.py",
}  # numbers and codes, checked as such
REASON_FIELD = re.compile(r"^ +(reasons?|answer|observations|statement) = forms\.CharField\(", re.MULTILINE)


def test_a_text_is_asked_for_with_the_one_question_whether_it_can_be_read() -> None:
    """`strip()` leaves a zero-width space: `journal.wording.is_blank` and `journal.fields.WordsField` do not."""
    checks = {
        f"{path}:{node.lineno}"
        for path, tree in sources(
            "actions", "checklist", "mandate_checklist", "session_checklist", "paper_checklist"
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.Not)
        and ".strip()" in ast.unparse(node.operand)
        if path.as_posix() not in EMPTY_SHAPES
    }
    fields = {
        str(path)
        for path, _tree in sources()
        if REASON_FIELD.search((ROOT / path).read_text(encoding="utf-8"))
    }
    assert checks == set()
    assert fields == set()


def test_public_functions_say_what_they_do() -> None:
    guilty = [
        f"{path}:{node.name}"
        for path, tree in sources(
            "actions", "rules", "checklist", "models", "lifecycle", "calendar", "status", "scoring"
        )
        for node in functions(tree)
        if not node.name.startswith("_") and not ast.get_docstring(node) and _is_public(node, tree)
    ]
    assert guilty == []


def _is_public(node: ast.FunctionDef, tree: ast.Module) -> bool:
    nested = {inner for outer in functions(tree) for inner in ast.walk(outer) if inner is not outer}
    private = {
        inner
        for outer in ast.walk(tree)
        if isinstance(outer, ast.ClassDef) and outer.name.startswith("_")
        for inner in ast.walk(outer)
    }
    return node not in nested | private


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        yield str(path.relative_to(ROOT / "templates")), path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "word", ["fr-accordion", "fr-tabs", "fr-modal", "onclick=", "style=", "<script>", " disabled"]
)
def test_templates_work_without_script_under_a_strict_policy(word: str) -> None:
    assert [name for name, text in templates() if word in text] == []


def test_every_template_is_used() -> None:
    code = "\n".join((ROOT / path).read_text() for path, _ in sources()) + "\n".join(
        text for _, text in templates()
    )
    code += "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    called_by_libraries = re.compile(
        r"^(django/forms/|account/|mfa/|usersessions/|40\d|500|403_csrf|base\.html|allauth/)"
    )
    unused = [name for name, _ in templates() if not called_by_libraries.match(name) and name not in code]
    assert unused == []


def test_words_that_blame_or_scare_are_not_on_screen() -> None:
    catalogue = (ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8").lower()
    sentences = re.findall(r'^(?:msgid )?"(.*)"$', catalogue, re.M)
    assert [word for word in FORBIDDEN_WORDS for line in sentences if re.search(rf"\b{word}\b", line)] == []


def test_the_glossary_names_every_record() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    told = set(re.findall(r"\b[A-Z][A-Za-z]+\b", glossary))
    ours = {model.__name__ for model in apps.get_models() if model._meta.app_label in ROOMS}
    through = {name for name in ours if "_" in name}
    assert ours - told - through == set()


def test_only_workflows_knows_viewflow() -> None:
    guilty = [
        str(path)
        for path, tree in sources()
        for node in ast.walk(tree)
        if (
            (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "viewflow")
            or (
                isinstance(node, ast.Import)
                and any(name.name.split(".")[0] == "viewflow" for name in node.names)
            )
        )
        and path.parts[0] != "workflows"
    ]
    assert guilty == []


def test_no_package_host_and_no_path_of_a_machine_is_named() -> None:
    words = (
        "py" + "pi.org",
        "python" + "hosted",
        "registry." + "npmjs",
        "deb." + "debian",
        "/" + "work/",
        "/" + "root/",
    )
    guilty = [
        f"{path.relative_to(ROOT)}: {word}"
        for folder in (*ROOMS, "config", "tests", "docs", "requirements", "templates", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in {".py", ".md", ".txt", ".in", ".html", ".toml", ""}
        for word in words
        if word in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert guilty == []
