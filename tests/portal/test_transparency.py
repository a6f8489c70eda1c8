"""The pages of the public log: what it is, where it stands, proofs that check, and nothing more than may be told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates.log.note import opened
from certificates.log.sequencing import sequence
from certificates.log.tree import leaf_hash
from certificates.log.verify_log import consistency_holds, inclusion_holds
from certificates.models import Checkpoint, Label, LoggedFact
from tests.factories import certificates, decisions, log, measures
from tests.factories.portal import granted
from tests.reading import words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HUGE = 10**30


def leaves(label: Label, count: int) -> None:
    """That many leaves more about a label, in the form of a lift."""
    first = LoggedFact.objects.count()
    for index in range(first, first + count):
        LoggedFact.objects.create(
            label=label,
            kind="lifted",
            source=f"test:{index}",
            facts={"kind": "lifted", "on": "2027-03-02"},
            salt=f"{index:064x}",
            noted_at=timezone.now(),
        )
    sequence(timezone.now())


@pytest.fixture
def grown() -> Label:
    """A log of 5 leaves under a checkpoint, then 11 under another, then 13."""
    label = granted()
    for count in (5, 6):
        leaves(label, count)
        log.take_checkpoint(timezone.now())
    leaves(label, 2)
    return label


def get(client: Client, name: str, *args: object, status: int = 200, **query: object):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status
    return answer


def raw(path: list[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in path]


def test_the_page_says_where_the_log_stands(client: Client) -> None:
    assert "Aucun point de contrôle n'est encore signé" in words(get(client, "log"))
    log.kept(at=timezone.now())
    said = words(get(client, "log"))
    assert "pas même nous" in said
    assert "Point de contrôle à la ligne 0" in said


def test_the_text_of_each_checkpoint_and_its_key(client: Client, grown: Label) -> None:
    (key,) = get(client, "log_keys").content.decode().splitlines()
    last = get(client, "log_checkpoint")
    assert last["Content-Type"] == "text/plain; charset=utf-8"
    assert opened(last.content.decode(), [key]).size == 11
    assert opened(get(client, "log_former", 5).content.decode(), [key]).size == 5
    for size in (6, 13, HUGE):
        get(client, "log_former", size, status=404)
        get(client, "log_stamp", size, status=404)


@pytest.mark.parametrize("index", range(11))
def test_each_leaf_is_proved_under_the_signed_root(client: Client, grown: Label, index: int) -> None:
    told = get(client, "log_proof", index).json()
    signed = opened(told["checkpoint"], [Checkpoint.objects.first().key])
    assert told["root"] == signed.root.hex()
    assert told["leaf_hash"] == leaf_hash(bytes.fromhex(told["commitment"])).hex()
    assert inclusion_holds(
        bytes.fromhex(told["commitment"]), index, told["size"], raw(told["path"]), signed.root
    )
    assert set(told) == {"index", "size", "commitment", "leaf_hash", "path", "root", "checkpoint"}


def test_a_leaf_under_a_smaller_tree(client: Client, grown: Label) -> None:
    told = get(client, "log_proof", 2, taille=5).json()
    assert (told["size"], told["checkpoint"]) == (5, None)
    assert told["root"] == Checkpoint.objects.get(size=5).root
    assert inclusion_holds(
        bytes.fromhex(told["commitment"]), 2, 5, raw(told["path"]), bytes.fromhex(told["root"])
    )


def test_growth_between_any_two_sizes(client: Client, grown: Label) -> None:
    for old in range(1, 12):
        told = get(client, "log_growth", old, 11).json()
        before, after = bytes.fromhex(told["old_root"]), bytes.fromhex(told["new_root"])
        assert consistency_holds(old, before, 11, after, raw(told["path"]))
    assert get(client, "log_growth", 5, 11).json()["old_root"] == Checkpoint.objects.get(size=5).root


@pytest.mark.parametrize(
    ("name", "args", "query"),
    [
        ("log_proof", (11,), {}),  # no checkpoint covers it yet
        ("log_proof", (HUGE,), {}),
        ("log_proof", (1,), {"taille": "12"}),
        ("log_proof", (1,), {"taille": "1"}),
        ("log_proof", (1,), {"taille": "²"}),
        ("log_growth", (5, 12), {}),
        ("log_growth", (7, 6), {}),
        ("log_growth", (0, HUGE), {}),
    ],
)
def test_nothing_is_proved_beyond_what_is_signed(client: Client, grown: Label, name, args, query) -> None:
    assert "error" in get(client, name, *args, status=404, **query).json()


def test_entries_by_pages(client: Client, grown: Label) -> None:
    told = get(client, "log_entries").json()
    assert told["size"] == 11
    assert [one["index"] for one in told["entries"]] == list(range(11))
    assert set(told["entries"][0]) == {"index", "commitment"}
    some = get(client, "log_entries", debut=9, nombre=5).json()["entries"]
    assert [one["index"] for one in some] == [9, 10]
    for query in (
        {"debut": "-1"},
        {"debut": "12"},
        {"nombre": "1001"},
        {"nombre": "x"},
        {"debut": str(HUGE)},
    ):
        assert "error" in get(client, "log_entries", status=400, **query).json()


def test_nothing_before_the_first_checkpoint(client: Client) -> None:
    for name, args in (
        ("log_checkpoint", ()),
        ("log_entries", ()),
        ("log_proof", (0,)),
        ("log_growth", (0, 0)),
    ):
        get(client, name, *args, status=404)
    assert get(client, "log_keys").content == b""


def test_an_answer_is_not_sent_twice(client: Client, grown: Label) -> None:
    for name, args in (("log_proof", (3,)), ("log_checkpoint", ()), ("log_entries", ()), ("log_keys", ())):
        first = get(client, name, *args)
        assert first["Cache-Control"] == "public, no-cache"
        assert first["Access-Control-Allow-Origin"] == "*"
        again = client.get(reverse(name, args=args), headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_constant_number_of_queries(client: Client, django_assert_num_queries) -> None:
    label, today = certificates.label(at=timezone.now() - 20 * DAY), timezone.localdate()
    measures.notified(label, "suspend", at=timezone.now() - 9 * DAY, ends_on=today + 40 * DAY)
    asked = [
        ("log", (), 2),
        ("log_proof", (1,), 4),
        ("log_growth", (1, 2), 3),
        ("log_entries", (), 2),
        ("log_label", (label.number,), 4),
        ("log_label_json", (label.number,), 5),
    ]
    for more in (0, 60):
        leaves(label, more)
        log.kept(at=timezone.now())
        for name, args, count in asked:
            with django_assert_num_queries(count):
                get(client, name, *args)


def test_the_proofs_of_a_label(client: Client) -> None:
    now = timezone.now()
    label = certificates.label(at=now - 20 * DAY)
    assert "Preuves dans le journal public" in words(get(client, "verify_label", label.number))
    assert "Aucune ligne du journal ne peut être montrée" in words(get(client, "log_label", label.number))
    log.make_what_a_crash_left(now)
    sequence(now)
    assert "Elle sera couverte par un point de contrôle demain" in words(
        get(client, "log_label", label.number)
    )
    assert get(client, "log_label_json", label.number).json()["leaves"][0]["path"] is None
    log.kept(at=now)
    assert "Label accordé" in words(get(client, "log_label", label.number))
    told = get(client, "log_label_json", label.number).json()
    (leaf,) = told["leaves"]
    assert leaf["facts"]["label"] == label.number
    root = opened(told["checkpoint"], [Checkpoint.objects.first().key]).root
    assert inclusion_holds(
        bytes.fromhex(leaf["commitment"]), leaf["index"], told["size"], raw(leaf["path"]), root
    )


def test_a_measure_leaves_pages_and_its_leaf_stays(client: Client) -> None:
    now = timezone.now()
    label = certificates.label(at=now - 40 * DAY)
    measures.notified(label, "suspend", at=now - 30 * DAY)
    log.kept(at=now)
    assert "Label suspendu" in words(get(client, "log_label", label.number))
    assert len(get(client, "log_label_json", label.number).json()["leaves"]) == 2
    measures.notified(label, "lift", at=now - 2 * DAY)
    log.kept(at=now)
    assert "suspen" not in words(get(client, "log_label", label.number)).lower()
    (leaf,) = get(client, "log_label_json", label.number).json()["leaves"]
    assert leaf["facts"]["kind"] == "issued"
    assert len(get(client, "log_entries").json()["entries"]) == 3


def test_a_suspension_that_is_over_is_told_for_the_days_set(client: Client, settings) -> None:
    now = timezone.now()
    label = certificates.label(at=now - 40 * DAY)
    measures.notified(label, "suspend", at=now - 30 * DAY)
    measures.notified(label, "lift", at=now - 2 * DAY)
    log.kept(at=now)
    settings.MEASURE_TOLD_DAYS = 3
    for name in ("verify_label", "log_label"):
        said = words(get(client, name, label.number))
        assert "Label suspendu" in said
        assert "Suspension levée" in said


def test_an_annulled_label_shows_no_leaf(client: Client) -> None:
    now = timezone.now()
    label = certificates.label(at=now - 40 * DAY)
    log.kept(at=now)
    certificates.moved(label, "annul", on=timezone.localdate(), at=now)
    log.kept(at=now)
    assert "Preuves dans le journal public" not in words(get(client, "verify_label", label.number))
    assert get(client, "log_label_json", label.number).json()["leaves"] == []
    assert len(get(client, "log_entries").json()["entries"]) == 2


def test_nobody_is_led_to_a_label_before_its_holder_knows(client: Client) -> None:
    label = Label.objects.get(decision=decisions.signed())
    log.kept(at=timezone.now())
    for name in ("log_label", "log_label_json"):
        for number in (label.number, "LBL-2099-000001-00", "x"):
            get(client, name, number, status=404)
    assert get(client, "log_entries").json()["entries"] == []


def test_a_number_typed_otherwise_leads_to_its_page(client: Client) -> None:
    label = certificates.label(at=timezone.now() - 2 * DAY)
    answer = get(client, "log_label", label.number.lower(), status=301)
    assert answer["Location"] == reverse("log_label", args=[label.number])


def test_a_measure_annulled_by_a_judge_is_gone_from_past_days_too(client: Client) -> None:
    today: date = timezone.localdate()
    now = timezone.now()
    label = certificates.label(at=now - 60 * DAY)
    act = measures.notified(label, "suspend", at=now - 30 * DAY)
    assert get(client, "verify_label_json", label.number, on=today - 10 * DAY).json()["status"] == "suspended"
    label.suspensions.filter(decision=act).update(annulled_at=now, lifted_on=today)
    assert get(client, "verify_label_json", label.number, on=today - 11 * DAY).json()["status"] == "valid"
