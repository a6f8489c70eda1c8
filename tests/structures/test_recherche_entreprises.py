"""The public API, against a small local server that speaks its shape."""

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import TestCase

from structures import recherche_entreprises
from structures.models import RegisterCheck, Structure
from structures.recherche_entreprises import find
from structures.tasks import ask_online_register
from tests.factories.structures import structure

NUMBER = "W990000001"


def unit(**changes):
    """One legal unit as the API writes it; invented."""
    return {
        "siren": "389486242",
        "nom_complet": "ESCALE ANEMONE (EA)",
        "nom_raison_sociale": "ESCALE ANEMONE",
        "sigle": "EA",
        "nature_juridique": "9220",
        "etat_administratif": "A",
        "date_creation": "2011-05-03",
        "date_fermeture": None,
        "dirigeants": [{"nom": "PERSONNE", "prenoms": "INVENTEE"}],
        "siege": {
            "siret": "38948624200032",
            "adresse": "3 RUE DES ANEMONES 69100 VILLEURBANNE",
            "code_postal": "69100",
            "libelle_commune": "VILLEURBANNE",
        },
        "complements": {"est_association": True, "identifiant_association": NUMBER},
        **changes,
    }


def page(*units):
    return json.dumps(
        {"results": list(units), "total_results": len(units), "page": 1, "per_page": 5, "total_pages": 1}
    )


class Server(ThreadingHTTPServer):
    """Gives the answers prepared, one per request, and remembers the requests."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = []
        self.asked = []
        self.release = threading.Event()

    def handle_error(self, request, client_address):
        """A client that does not wait for the end closes the line: that is what is tested."""

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self)
        status, headers, body = self.server.answers.pop(0)
        if body is None:
            self.server.release.wait(10)
            body = ""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else body.encode())

    def log_message(self, *args):
        """Silence."""


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever, args=(0.05,))
    thread.start()
    yield running
    running.release.set()
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def waits():
    return []


def ask(server, waits, *, kind="rna", value=NUMBER, name="Escale Anémone", timeout=2.0):
    return find(kind, value, name, base=server.address, timeout=timeout, wait=waits.append)


def test_the_same_name(server, waits):
    server.answers = [(200, {}, page(unit()))]
    found = ask(server, waits)
    assert (found.result, found.found_name, found.found_number) == ("match", "ESCALE ANEMONE", NUMBER)
    assert (found.postal_code, found.created_on) == ("69100", date(2011, 5, 3))
    request = server.asked[0]
    assert parse_qs(urlsplit(request.path).query)["q"] == [NUMBER]
    assert "label-associatif" in request.headers["User-Agent"]


def test_another_name(server, waits):
    server.answers = [(200, {}, page(unit()))]
    found = ask(server, waits, name="Les Amis du Lac")
    assert (found.result, found.found_name) == ("mismatch", "ESCALE ANEMONE")


def test_closed(server, waits):
    server.answers = [(200, {}, page(unit(etat_administratif="C", date_fermeture="2024-12-31")))]
    found = ask(server, waits)
    assert (found.result, found.closed_on) == ("closed", date(2024, 12, 31))


def test_neighbours_of_the_full_text_search_are_not_taken_for_it(server, waits):
    other = unit(siren="443121975", complements={"identifiant_association": "W990000002"})
    server.answers = [(200, {}, page(other)), (200, {}, page(other, unit())), (200, {}, page(unit()))]
    assert ask(server, waits).result == "not_found"
    assert ask(server, waits).result == "match"
    assert ask(server, waits, kind="siret", value="38948624200032").result == "match"


def test_a_null_association_number_is_no_match_and_no_crash(server, waits):
    server.answers = [(200, {}, page(unit(complements={"identifiant_association": None})))]
    assert ask(server, waits).result == "not_found"


def test_busy_then_right_waits_as_asked(server, waits):
    server.answers = [(429, {"Retry-After": "3"}, ""), (200, {}, page(unit()))]
    assert ask(server, waits).result == "match"
    assert waits == [3.0]


def test_busy_for_ever_gives_up_after_three_tries(server, waits):
    server.answers = [(429, {"Retry-After": "1"}, "")] * 4
    assert ask(server, waits).result == "unavailable"
    assert (len(server.asked), waits) == (3, [1.0, 1.0])


@pytest.mark.parametrize("retry_after", ["3600", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "1e9", "٣"])
def test_a_long_or_odd_wait_is_not_waited(server, waits, retry_after):
    server.answers = [(429, {"Retry-After": retry_after.encode().decode("latin-1")}, "")]
    assert ask(server, waits).result == "unavailable"
    assert waits == []


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, "down"),
        (404, {}, ""),
        (200, {}, "<html>maintenance</html>"),
        (200, {}, b"\xff\xfe\x00"),
        (200, {}, "[1, 2]"),
        (200, {}, '{"results": "none"}'),
        (200, {}, "[" * 100_000),
        (200, {}, json.dumps({"results": [], "filler": "x" * (recherche_entreprises.MAXIMUM_BYTES + 10)})),
        (200, {"Content-Length": "1000"}, "{"),
        (302, {"Location": "file:///etc/hostname"}, ""),
    ],
)
def test_what_cannot_be_read_is_unavailable(server, waits, answer):
    server.answers = [answer]
    assert ask(server, waits).result == "unavailable"


@pytest.mark.parametrize(
    "odd",
    [
        {"siege": None, "complements": {"identifiant_association": NUMBER}},
        {"siege": "x", "date_creation": "yesterday", "nom_raison_sociale": None},
        {"siege": {"code_postal": 69100, "adresse": ["x"]}, "sigle": {"a": 1}},
        {"nom_complet": "ESCALE ANEMONE\x00" + "x" * 9000},
    ],
)
def test_odd_fields_are_tolerated(server, waits, odd):
    server.answers = [(200, {}, page(unit(**odd), None, "text"))]
    found = ask(server, waits)
    assert found.result in {"match", "mismatch"}
    assert "\x00" not in found.found_name and len(found.found_name) <= 300


def test_too_late(server, waits):
    server.answers = [(200, {}, None)]
    assert ask(server, waits, timeout=0.3).result == "unavailable"


def test_nobody_there(waits):
    assert find(NUMBER, NUMBER, "x", base="http://127.0.0.1:1").result == "unavailable"
    assert find("rna", NUMBER, "x", base="http://127.0.0.1:1", wait=waits.append).result == "unavailable"
    assert find("rna", NUMBER, "x", base="file:///etc").result == "unavailable"


def test_off_by_default():
    assert find("rna", NUMBER, "Escale Anémone").result == "unavailable"


@pytest.mark.django_db
def test_opening_a_space_queues_the_question_only_when_the_api_is_on(settings):
    from django_tasks_db.models import DBTaskResult

    with TestCase.captureOnCommitCallbacks(execute=True):
        structure()
    assert not DBTaskResult.objects.filter(task_path__contains="ask_online_register").exists()
    settings.RECHERCHE_ENTREPRISES_URL = "http://127.0.0.1:1"
    with TestCase.captureOnCommitCallbacks(execute=True):
        found = structure()
        structure(registration_kind="foreign", raw_number="BE 0403019261")
    queued = DBTaskResult.objects.get(task_path__contains="ask_online_register")
    assert queued.args_kwargs == {"args": [found.pk], "kwargs": {}}


@pytest.mark.django_db
def test_the_task_notes_the_answer_and_concludes_nothing(settings, server):
    settings.RECHERCHE_ENTREPRISES_URL = server.address
    found = structure(raw_number=NUMBER)
    server.answers = [(200, {}, page(unit()))]
    ask_online_register.call(found.pk)
    check = RegisterCheck.objects.get(structure=found, source="recherche_entreprises")
    assert (check.result, check.conclusion, check.found_name) == ("match", "", "ESCALE ANEMONE")
    assert Structure.objects.get(pk=found.pk).name == "Escale Anémone"
