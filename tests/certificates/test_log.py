"""What happens to a label is a leaf of the public log: the moment of each, checkpoints, and every way of tampering."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from certificates import actions
from certificates.log import checkpoints, note
from certificates.log.sequencing import sequence
from certificates.log.signing import log_signer
from certificates.log.telling import told_leaves
from certificates.log.verifying import log_breaks
from certificates.models import Certificate, Checkpoint, Label, Leaf, LoggedFact, LogHead, TreeNode
from deadlines.tick import Report, handle_due, tick
from decisions import actions as acts
from journal.moves import subject_key
from journal.verification import Checkpoint as JournalCheckpoint
from journal.verification import checkpoint as journal_checkpoint
from structures.models import Registration
from tests.factories import appeals, certificates, decisions, log, measures, renewals, structures, withdrawals
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, representative_of
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(label: Label, *, on) -> list[str]:
    """The kinds of leaves that pages show that day."""
    return [one.kind for one in told_leaves(certificates.read(label), on=on)]


# --- one leaf for each move, at its moment ---------------------------------------------------------------------------
def issued() -> Label:
    return certificates.label()


def corrected() -> Label:
    label = certificates.label()
    Registration.objects.filter(structure=label.structure).update(superseded_at=AT)
    number = structures.rna_number()
    Registration.objects.create(structure=label.structure, kind="rna", value=number, added_at=AT)
    by = measures.officer_of(label).because("Faute de frappe.")
    actions.reissue_certificate(label_pk=label.pk, at=AT, by=by)
    return label


def suspended() -> Label:
    label = certificates.label()
    measures.notified(label, "suspend", at=AT + DAY)
    return label


def suspended_twice() -> Label:
    label = suspended()
    later = AT + 70 * DAY
    measures.notified(label, "suspend", at=later, ends_on=(later + 60 * DAY).date())
    handle_due(AT + 82 * DAY, Report())
    return label


def lifted() -> Label:
    label = suspended()
    measures.notified(label, "lift", at=AT + 9 * DAY)
    return label


def lifted_by_its_end() -> Label:
    label = suspended()
    handle_due(AT + 85 * DAY, Report())
    return label


def expired() -> Label:
    label = certificates.label()
    handle_due(AT + 1200 * DAY, Report())
    return label


def withdrawn() -> Label:
    return Label.objects.get(measures__decision=withdrawals.withdrawn())


def annulled() -> Label:
    found = withdrawals.advised(withdrawals.heard(withdrawals.in_hearing(measure="annul")))
    return Label.objects.get(measures__decision=withdrawals.withdrawn(found, kind="annul"))


def relinquished() -> Label:
    label = certificates.label()
    by = representative_of(label.structure)
    return actions.relinquish(label_pk=label.pk, statement=label.number, at=AT + DAY, by=by)


def transferred() -> Label:
    label = certificates.label()
    measures.taken_over(label)
    return label


def renewed() -> Label:
    label = certificates.label()
    on = label.ends_on - 250 * DAY
    decisions.receive(
        renewals.decided(renewals.filed(renewals.draft(label, on=on), on=on), on=on + 60 * DAY),
        at=renewals.noon(on + 61 * DAY),
    )
    return label


def extended_by_an_action() -> Label:
    label = certificates.label()
    on = AT.date() + 30 * DAY
    decision = renewals.decided(renewals.filed(renewals.addition(label, on=on), on=on), on=on)
    decisions.receive(decision, at=renewals.noon(on + DAY))
    return label


def restored() -> Label:
    act = withdrawals.withdrawn()
    at = act.signed_at + 10 * DAY
    appeals.answered(appeals.taken(appeals.lodged(act, at=at), at=at), "upheld", at=at)
    return Label.objects.get(measures__decision=act)


LIVES = [
    (issued, ["issued"]),
    (corrected, ["issued", "corrected"]),
    (extended_by_an_action, ["issued", "corrected"]),
    (suspended, ["suspended", "issued"]),
    (suspended_twice, ["suspended", "suspended", "issued"]),
    (lifted, ["suspended", "lifted", "issued"]),
    (lifted_by_its_end, ["suspended", "lifted", "issued"]),
    (expired, ["expired", "issued"]),
    (withdrawn, ["withdrawn", "issued"]),
    (annulled, ["annulled", "issued"]),
    (relinquished, ["relinquished", "issued"]),
    (transferred, ["transferred", "issued"]),
    (renewed, ["renewed", "issued"]),
    (restored, ["withdrawn", "restored", "issued", "corrected"]),
]


@pytest.mark.parametrize(("live", "expected"), LIVES, ids=lambda one: getattr(one, "__name__", ""))
def test_each_move_has_its_leaf(live: Callable[[], Label], expected: list[str]) -> None:
    """The file of the certificate is made last here, as when a worker was late: its leaf comes with it."""
    label = live()
    assert log.kinds(label) == expected
    assert log.kinds(label) == expected  # nothing again
    assert list(log_breaks()) == []
    for fact in LoggedFact.objects.filter(label=label):
        assert fact.facts["label"] == label.number
        assert label.structure.name not in json.dumps(fact.facts)


def test_a_leaf_names_the_file_of_its_certificate() -> None:
    label = certificates.label()
    log.kept()
    fact, certificate = LoggedFact.objects.get(), Certificate.objects.get()
    assert fact.facts == {
        "kind": "issued",
        "label": label.number,
        "on": AT.date().isoformat(),
        "issue": "1",
        "valid_from": label.starts_on.isoformat(),
        "valid_until": label.ends_on.isoformat(),
        "pdf_sha256": certificate.file.sha256,
    }
    canonical = json.dumps(fact.facts, sort_keys=True, separators=(",", ":")).encode()
    salted = hashlib.sha256(bytes.fromhex(fact.salt) + canonical).hexdigest()
    assert fact.leaf.commitment == salted


def test_a_grant_on_its_way_has_no_leaf_before_its_holder_knows() -> None:
    decision = decisions.signed()
    label = Label.objects.get(decision=decision)
    assert log.kinds(label) == []
    assert LoggedFact.objects.count() == 1
    decisions.receive(decision)
    assert log.kinds(label) == ["issued"]


@pytest.mark.parametrize("kind", ["suspend", "withdraw"])
def test_a_measure_on_its_way_has_no_leaf_before_its_receipt(kind: str) -> None:
    if kind == "suspend":
        label = certificates.label()
        act, at = measures.signed(label, "suspend", at=AT + DAY), AT + DAY
    else:
        found = withdrawals.advised()
        at = AT + 50 * DAY
        act, label = withdrawals.signed(found, at=at), found.label
    assert log.kinds(label) == ["issued"]
    decisions.receive(act, at=at)
    assert len(log.kinds(label)) == 2


def test_a_renewal_on_its_way_says_nothing_of_the_label_before() -> None:
    label = certificates.label()
    on = label.ends_on - 250 * DAY
    renewals.decided(renewals.filed(renewals.draft(label, on=on), on=on), on=on + 60 * DAY)
    assert Label.objects.get(pk=label.pk).state == "renewed"
    log.kept()
    assert [one.fact.kind for one in Leaf.objects.all()] == ["issued"]


def test_a_suspension_that_starts_later_has_its_leaf_on_its_first_day() -> None:
    label = certificates.label()
    starts_on = AT.date() + 10 * DAY
    measures.notified(label, "suspend", at=AT + DAY, starts_on=starts_on)
    assert log.kinds(label) == ["issued"]
    handle_due(AT + 10 * DAY, Report())
    assert log.kinds(label) == ["issued", "suspended"]
    assert LoggedFact.objects.get(kind="suspended").facts["on"] == starts_on.isoformat()


def test_a_signature_writes_no_leaf() -> None:
    decision = decisions.to_sign()
    with CaptureQueriesContext(connection) as seen:
        acts.sign(decision_pk=decision.pk, at=AT, by=acting(signatory(), Role.SIGNATORY))
    assert not [one for one in seen.captured_queries if "logg" in one["sql"] or "leaf" in one["sql"]]


# --- what pages may show ---------------------------------------------------------------------------------------------
def test_a_measure_is_told_while_it_stands_or_for_the_days_set(settings) -> None:
    label = lifted()
    log.kept()
    assert told(label, on=AT.date()) == ["issued"]
    assert told(label, on=AT.date() + 5 * DAY) == ["suspended", "issued"]
    assert told(label, on=AT.date() + 9 * DAY) == ["issued"]
    settings.MEASURE_TOLD_DAYS = 30
    assert told(label, on=AT.date() + 38 * DAY) == ["suspended", "lifted", "issued"]
    assert told(label, on=AT.date() + 39 * DAY) == ["issued"]


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (expired, ["expired", "issued"]),
        (withdrawn, ["withdrawn", "issued"]),
        (relinquished, ["relinquished", "issued"]),
        (transferred, ["transferred", "issued"]),
        (renewed, ["renewed", "issued"]),
        (annulled, []),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_how_a_label_ended_is_told(live: Callable[[], Label], expected: list[str]) -> None:
    label = live()
    log.kept()
    assert told(label, on=AT.date() + 2000 * DAY) == expected


def test_a_label_given_back_on_appeal_says_so_for_the_days_set(settings) -> None:
    label = restored()
    log.kept()
    back = label.interruptions.get().restored_on
    assert told(label, on=back) == ["withdrawn", "restored", "issued", "corrected"]
    settings.RESTORED_TOLD_DAYS = 0
    assert told(label, on=back) == ["issued", "corrected"]


@pytest.mark.parametrize("kind", ["suspend", "withdraw"])
@pytest.mark.parametrize("interim", [False, True])
def test_a_measure_annulled_by_a_judge_is_told_no_more_and_its_leaf_stays(
    kind: str, interim: bool, settings
) -> None:
    settings.MEASURE_TOLD_DAYS = settings.RESTORED_TOLD_DAYS = 3660
    if kind == "suspend":
        label = certificates.label()
        act = measures.notified(label, "suspend", at=AT + DAY)
    else:
        act = withdrawals.withdrawn()
        label = Label.objects.get(measures__decision=act)
    before = log.kinds(label)
    at = act.signed_at + 10 * DAY
    assert told(label, on=at.date()) == before
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    case = acts.open_litigation(
        decision_pk=act.pk,
        court="TA",
        number="1",
        brought_by="holder",
        opened_on=at.date(),
        at=at,
        by=by,
    )
    if interim:
        step = {"litigation_pk": case.pk, "happened_on": at.date(), "at": at, "by": by}
        acts.add_step(kind="interim_ordered", **step)
    at += 20 * DAY
    acts.add_step(kind="annulled", litigation_pk=case.pk, happened_on=at.date(), at=at, by=by)
    after = log.kinds(label, at=at)
    assert after[:2] == before
    # A credential that was revoked never comes back: the certificate is issued again.
    assert after[2:] == {"suspend": ["lifted"], "withdraw": ["restored", "corrected"]}[kind]
    assert told(label, on=at.date()) == {"suspend": ["issued"], "withdraw": ["issued", "corrected"]}[kind]
    assert list(log_breaks()) == []


def test_a_grant_annulled_by_a_judge_leaves_its_leaves_and_no_word() -> None:
    decision = decisions.notified()
    label = Label.objects.get(decision=decision)
    assert log.kinds(label) == ["issued"]
    at = AT + 10 * DAY
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    case = acts.open_litigation(
        decision_pk=decision.pk,
        court="TA",
        number="1",
        brought_by="other",
        opened_on=at.date(),
        at=at,
        by=by,
    )
    acts.add_step(kind="annulled", litigation_pk=case.pk, happened_on=at.date(), at=at, by=by)
    assert log.kinds(label, at=at) == ["issued", "annulled"]
    assert told(label, on=at.date()) == []


# --- leaves and checkpoints ------------------------------------------------------------------------------------------
def test_the_same_thing_is_never_logged_twice() -> None:
    label = certificates.label()
    log.kept()
    source = subject_key(Certificate.objects.get())
    with pytest.raises(IntegrityError), transaction.atomic():
        LoggedFact.objects.create(label=label, kind="issued", source=source, facts={}, salt="00", noted_at=AT)


def test_leaves_and_checkpoints_are_append_only() -> None:
    certificates.label()
    log.kept()
    for rows, change in (
        (Leaf.objects, {"commitment": "0" * 64}),
        (TreeNode.objects, {"digest": "0" * 64}),
        (Checkpoint.objects, {"text": ""}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all()._raw_delete("default")


def test_leaves_are_given_in_a_constant_number_of_statements() -> None:
    label = certificates.label()

    def statements(facts: int) -> int:
        for index in range(facts):
            source = f"test:{facts}:{index}"
            LoggedFact.objects.create(
                label=label, kind="lifted", source=source, facts={"on": "2027-01-04"}, salt="00", noted_at=AT
            )
        with CaptureQueriesContext(connection) as seen:
            assert sequence(AT) == facts
        return len(seen)

    sequence(AT)
    statements(3)
    assert statements(1) == statements(40)
    assert list(log_breaks()) == []
    with CaptureQueriesContext(connection) as seen:
        sequence(AT)
    assert len([one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]) == 2


def test_the_clock_signs_once_a_day_and_at_each_withdrawal() -> None:
    label = certificates.label()
    tick(AT)
    tick(AT + timedelta(minutes=1))
    assert [one.size for one in Checkpoint.objects.all()] == [0]  # the file was made afterwards
    tick(AT + DAY)
    assert [one.size for one in Checkpoint.objects.order_by("pk")] == [0, 1]
    at = AT + DAY + timedelta(minutes=5)
    measures.notified(label, "suspend", at=at)
    tick(at)
    assert Checkpoint.objects.count() == 2  # a suspension waits for the day
    certificates.withdrawn(label, on=at.date(), at=at)
    tick(at + timedelta(minutes=1))
    tick(at + timedelta(minutes=2))
    assert [one.size for one in Checkpoint.objects.order_by("pk")] == [0, 1, 3]


def test_a_checkpoint_is_a_signed_note() -> None:
    certificates.label()
    made = log.kept()
    lines = made.text.split("\n")
    assert lines[:2] == ["127.0.0.1:8000/transparence", "1"]
    assert lines[3:5] == [f"time {AT:%Y-%m-%dT%H:%M:%SZ}", ""]
    assert lines[5].startswith("— 127.0.0.1:8000/transparence ")
    assert note.opened(made.text, [made.key]).root.hex() == made.root
    other = log_signer().__class__("other", ed25519.Ed25519PrivateKey.generate())
    changed = made.text.replace("\n1\n", "\n2\n", 1)
    for text, keys in ((changed, [made.key]), (made.text, [other.verifier_key]), ("x", [made.key])):
        with pytest.raises(note.InvalidNote):
            note.opened(text, keys)


def test_an_empty_log_is_signed_too() -> None:
    assert checkpoints.take_checkpoint(AT).root == hashlib.sha256().hexdigest()
    assert list(log_breaks()) == []


# --- keys ------------------------------------------------------------------------------------------------------------
def test_a_development_key_is_made_once_for_its_owner_alone(settings, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    first = log_signer()
    assert log_signer().public == first.public
    made = tmp_path / "keys" / "log.pem"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_production_signs_with_its_own_key_only(settings, tmp_path: Path) -> None:
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="LOG_KEY: the key is missing"):
        log_signer()
    private = ed25519.Ed25519PrivateKey.generate()
    for key, said in (
        (private, ""),
        (ec.generate_private_key(ec.SECP256R1()), "Ed25519"),
        (None, "cannot be read"),
    ):
        path = tmp_path / f"{said or 'good'}.pem"
        pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        path.write_bytes(key.private_bytes(*pem) if key else b"nothing")
        settings.LOG_KEY = str(path)
        if said:
            with pytest.raises(ImproperlyConfigured, match=said):
                log_signer()
        else:
            assert log_signer().public == private.public_key().public_bytes_raw()


# --- tampering, by somebody who owns the database --------------------------------------------------------------------
@pytest.fixture
def three() -> Label:
    """A log of three leaves under a checkpoint."""
    label = lifted()
    log.kept()
    assert LogHead.objects.get().size == 3
    return label


def remove_last() -> None:
    Leaf.objects.filter(pk=2).delete()
    TreeNode.objects.filter(pk__in=[4]).delete()
    LoggedFact.objects.filter(leaf=None).delete()
    LogHead.objects.update(size=2)


def cut_everything() -> None:
    Checkpoint.objects.all().delete()
    remove_last()


def rewrite_from_the_start() -> None:
    """Everything made again without the suspension, with its own checkpoint: whole in itself."""
    for rows in (Checkpoint, Leaf, TreeNode):
        rows.objects.all().delete()
    LoggedFact.objects.filter(kind="suspended").delete()
    LoggedFact.objects.update(sequenced_at=None)
    LogHead.objects.update(size=0)
    log.kept()


TAMPERING = {
    "a leaf removed in the middle": (
        lambda: Leaf.objects.filter(pk=1).delete(),
        ["leaf 1 is missing", "fact 2 has lost its leaf"],
    ),
    "the last leaf removed": (remove_last, ["checkpoint 1: it had 3 leaves, 2 are left"]),
    "a leaf changed": (
        lambda: Leaf.objects.filter(pk=0).update(commitment="0" * 64),
        [
            "leaf 0: what it says was changed",
            "subtree 0 is not",
            "subtree 1 is not",
            "checkpoint 1: its root",
        ],
    ),
    "a fact changed": (
        lambda: LoggedFact.objects.filter(kind="suspended").update(facts={"kind": "issued"}),
        ["leaf 0: what it says was changed"],
    ),
    "a subtree changed": (
        lambda: TreeNode.objects.filter(pk=1).update(digest="0" * 64),
        ["subtree 1 is not that of the leaves"],
    ),
    "a checkpoint changed": (
        lambda: Checkpoint.objects.update(root="0" * 64),
        ["checkpoint 1: what is signed is not what is kept", "checkpoint 1: its root"],
    ),
    "a signature changed": (
        lambda: Checkpoint.objects.update(text="nothing"),
        ["checkpoint 1: this is not a checkpoint of a log"],
    ),
    "the head changed": (
        lambda: LogHead.objects.update(size=9),
        ["the log does not end where its head says"],
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_seen(three: Label, how: str) -> None:
    change, expected = TAMPERING[how]
    with log.owner():
        change()
    first = Checkpoint.objects.order_by("pk").first()
    said = [one.replace(f"checkpoint {first.pk}", "checkpoint 1") if first else one for one in log_breaks()]
    said = [one.split("fact ")[0] + "fact 2 has lost its leaf" if "lost" in one else one for one in said]
    assert len(said) == len(expected)
    assert all(found.startswith(start) for found, start in zip(said, expected, strict=True)), said


@pytest.mark.parametrize("change", [cut_everything, rewrite_from_the_start])
def test_an_old_checkpoint_shows_a_log_rewritten_whole(
    three: Label, change: Callable[[], None], tmp_path: Path, capsys
) -> None:
    """Bad input of the issue: an old checkpoint with a removed leaf."""
    old = Checkpoint.objects.get().text
    with log.owner():
        change()
    assert list(log_breaks()) == []
    (said,) = log_breaks(old)
    assert said.startswith("the checkpoint given: it had 3 leaves")
    published = tmp_path / "checkpoint.txt"
    published.write_text(old, encoding="utf-8")
    call_command("verify_journal")
    with pytest.raises(CommandError, match="1 breaks"):
        call_command("verify_journal", since=published)
    assert "log: the checkpoint given: it had 3 leaves, 2 are left" in capsys.readouterr().out


def test_a_checkpoint_by_somebody_else_proves_nothing(three: Label) -> None:
    other = log_signer().__class__(log_signer().name, ed25519.Ed25519PrivateKey.generate())
    forged = other.sign(note.body(other.name, 1, b"0" * 32, AT))
    assert list(log_breaks(forged)) == ["the checkpoint given: no key of this log signed this checkpoint"]


def test_the_checkpoint_of_the_journal_holds_that_of_the_log(three: Label, tmp_path: Path, capsys) -> None:
    kept = tmp_path / "kept.json"
    call_command("verify_journal", to=kept)
    assert json.loads(kept.read_text())["others"] == {"log": Checkpoint.objects.get().text}
    assert JournalCheckpoint.from_text(kept.read_text()) == journal_checkpoint()
    call_command("verify_journal", since=kept)
    with log.owner():
        cut_everything()
    with pytest.raises(CommandError, match="1 breaks"):
        call_command("verify_journal", since=kept)


def test_an_erased_fact_leaves_the_tree_whole(three: Label) -> None:
    LoggedFact.objects.filter(kind="suspended").update(facts=None, salt="", erased_at=AT)
    assert list(log_breaks()) == []
    assert "suspended" not in told(three, on=AT.date() + 5 * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        LoggedFact.objects.filter(kind="issued").update(salt="")


def test_check_integrity_tells_of_the_log(three: Label) -> None:
    assert list(breaches()) == []
    with log.owner():
        Leaf.objects.filter(fact__kind="issued").delete()
        LoggedFact.objects.filter(kind="issued").delete()
        Checkpoint.objects.all().delete()
    said = list(breaches())
    assert f"{three.number}: the log says nothing of certificate 1" in said
    assert "log: the log does not end where its head says" in said
