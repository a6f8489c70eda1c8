"""`import_rna`: the three sets of columns, the encodings, a kill and its resumption. All rows are invented."""

import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from structures import register, rna
from structures.models import ImportRun, RegisterEntry

pytestmark = pytest.mark.django_db

HEADER_39 = (
    "id;id_ex;siret;rup_mi;gestion;date_creat;date_decla;date_publi;date_disso;nature;groupement;titre;titre_court;"
    "objet;objet_social1;objet_social2;adrs_complement;adrs_numvoie;adrs_repetition;adrs_typevoie;adrs_libvoie;"
    "adrs_distrib;adrs_codeinsee;adrs_codepostal;adrs_libcommune;adrg_declarant;adrg_complemid;adrg_complemgeo;"
    "adrg_libvoie;adrg_distrib;adrg_codepostal;adrg_achemine;adrg_pays;dir_civilite;siteweb;publiweb;observation;"
    "position;maj_time"
)
HEADER_26 = (
    "id;id_ex;siret;gestion;date_creat;date_publi;nature;groupement;titre;objet;objet_social1;objet_social2;adr1;adr2;"
    "adr3;adrs_codepostal;libcom;adrs_codeinsee;dir_civilite;telephone;siteweb;email;observation;position;rup_mi;"
    "maj_time"
)
COLUMNS_39, COLUMNS_26 = HEADER_39.split(";"), HEADER_26.split(";")
COLUMNS_41 = [*COLUMNS_39]
COLUMNS_41.insert(COLUMNS_41.index("dir_civilite") + 1, "telephone")
COLUMNS_41.insert(COLUMNS_41.index("siteweb") + 1, "email")

WALDEC = {
    "id": "W990000001",
    "id_ex": "0991012345",
    "siret": "38948624200032",
    "gestion": "991P",
    "date_creat": "2011-05-03",
    "date_decla": "2020-01-15",
    "date_publi": "0001-01-01",
    "date_disso": "0001-01-01",
    "nature": "D",
    "groupement": "S",
    "titre": "ESCALE ANÉMONE",
    "titre_court": "ESCALE",
    "objet": 'écouter ; accompagner "autrement"',
    "adrs_numvoie": "3",
    "adrs_typevoie": "RUE",
    "adrs_libvoie": "des Anémones",
    "adrs_distrib": "_",
    "adrs_codeinsee": "69266",
    "adrs_codepostal": "69100",
    "adrs_libcommune": "Villeurbanne",
    "adrg_declarant": "Madame SECRET",
    "dir_civilite": "PF",
    "siteweb": "https://escale.exemple",
    "publiweb": "1",
    "position": "A",
    "maj_time": "2026-02-01 10:00:00",
    "telephone": "0612345678",
    "email": "secret@exemple.fr",
}


def text(columns, *rows):
    out = io.StringIO()
    writer = csv.DictWriter(
        out, columns, delimiter=";", quoting=csv.QUOTE_ALL, extrasaction="ignore", restval=""
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def file(tmp_path, content, *, encoding="utf-8", name="rna.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def run(path, **options):
    out = io.StringIO()
    call_command("import_rna", str(path), stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("columns", [COLUMNS_39, COLUMNS_41], ids=["39", "41"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
def test_every_encoding_and_both_waldec_headers(tmp_path, columns, encoding):
    said = run(file(tmp_path, text(columns, WALDEC), encoding=encoding))
    assert "imported: 1 lines, 0 left out" in said
    entry = RegisterEntry.objects.get()
    assert (entry.number, entry.old_number, entry.siret) == ("W990000001", "0991012345", "38948624200032")
    assert (entry.title, entry.purpose) == ("ESCALE ANÉMONE", 'écouter ; accompagner "autrement"')
    assert (entry.address, entry.postal_code, entry.city) == ("3 RUE des Anémones", "69100", "Villeurbanne")
    assert (entry.created_on, entry.declared_on, entry.dissolved_on) == (
        date(2011, 5, 3),
        date(2020, 1, 15),
        None,
    )
    assert (entry.position, entry.updated_on, entry.website) == (
        "A",
        date(2026, 2, 1),
        "https://escale.exemple",
    )


def test_the_curly_apostrophe_of_cp1252(tmp_path):
    run(file(tmp_path, text(COLUMNS_39, {**WALDEC, "titre": "L’ESCALE"}), encoding="cp1252"))
    assert RegisterEntry.objects.get().title == "L’ESCALE"


def test_bytes_that_no_table_knows_are_read_anyway(tmp_path):
    content = text(COLUMNS_39, {**WALDEC, "titre": "@@"}).encode("latin-1").replace(b"@@", b"\x81\xe9")
    run(file(tmp_path, content))
    assert RegisterEntry.objects.get().title.endswith("é")


def test_the_26_columns_of_rna_import(tmp_path):
    old = {
        "id": "991P0991012345",
        "titre": "LES AMIS DU LAC",
        "adr1": "MAIRIE",
        "adr3": "PLACE DU LAC",
        "adrs_codepostal": "74000",
        "libcom": "ANNECY",
        "position": "R",
        "observation": "Reprise sous le numéro w990000007 ; M. SECRET, 0612345678",
        "date_creat": "1976-04-01",
        "siteweb": "https://personnel.exemple",
    }
    run(file(tmp_path, text(COLUMNS_26, old)))
    entry = RegisterEntry.objects.get()
    assert (entry.number, entry.old_number, entry.position) == ("991P0991012345", "991P0991012345", "R")
    assert (entry.replaced_by, entry.address, entry.city) == ("W990000007", "MAIRIE PLACE DU LAC", "ANNECY")
    assert entry.website == ""


@pytest.mark.parametrize("columns", [COLUMNS_39, COLUMNS_41, COLUMNS_26], ids=["39", "41", "26"])
def test_nothing_about_people_is_kept(tmp_path, columns):
    row = {**WALDEC, "observation": "Madame SECRET", "adr1": "rue", "libcom": "Lyon"}
    run(file(tmp_path, text(columns, row)))
    kept = " ".join(str(value) for value in RegisterEntry.objects.values_list()[0])
    assert "SECRET" not in kept and "secret@" not in kept and "0612345678" not in kept


def test_a_site_that_may_not_be_published_is_not_kept(tmp_path):
    run(file(tmp_path, text(COLUMNS_39, {**WALDEC, "publiweb": "0"})))
    assert RegisterEntry.objects.get().website == ""


@pytest.mark.parametrize(("written", "kept"), [("D", "D"), ("s", "S"), ("R", "R"), ("", "A"), ("Z", "?")])
def test_positions(tmp_path, written, kept):
    run(file(tmp_path, text(COLUMNS_39, {**WALDEC, "position": written})))
    assert RegisterEntry.objects.get().position == kept


def test_a_position_that_nobody_knows_is_told_and_never_active(tmp_path):
    said = run(file(tmp_path, text(COLUMNS_39, {**WALDEC, "position": "Z"})))
    entry = RegisterEntry.objects.get()
    assert "position unknown: 1 entries" in said
    assert register.find("rna", entry.number, entry.title).result == "unavailable"


def test_odd_lines_are_left_out_and_counted(tmp_path):
    content = text(COLUMNS_39, WALDEC, {**WALDEC, "id": ""}, {**WALDEC, "id": "X" * 30})
    content += '"W990000002";"too short"\r\n'
    content += text(
        COLUMNS_39, {**WALDEC, "id": "W990000003", "date_creat": "pas une date", "titre": "A\x00B" * 400}
    ).split("\r\n", 1)[1]
    assert "imported: 5 lines, 3 left out" in run(file(tmp_path, content))
    odd = RegisterEntry.objects.get(number="W990000003")
    assert odd.created_on is None and len(odd.title) == 500 and "\x00" not in odd.title


def test_a_newer_file_renews_and_an_older_one_does_not(tmp_path):
    newer = {**WALDEC, "titre": "NOUVEAU NOM", "maj_time": "2026-06-01 00:00:00"}
    older = {**WALDEC, "titre": "NOM D'AVANT", "maj_time": "2024-06-01 00:00:00"}
    for place, row in enumerate([WALDEC, newer, older]):
        run(file(tmp_path, text(COLUMNS_39, row), name=f"{place}.csv"))
    assert RegisterEntry.objects.get().title == "NOUVEAU NOM"


def test_two_lines_of_one_number_in_one_file_keep_the_newest(tmp_path):
    newer = {**WALDEC, "titre": "NOUVEAU NOM", "maj_time": "2026-06-01 00:00:00"}
    assert "2 lines" in run(file(tmp_path, text(COLUMNS_39, newer, WALDEC)))
    assert RegisterEntry.objects.get().title == "NOUVEAU NOM"


def test_a_file_imported_whole_is_not_imported_twice_unless_asked(tmp_path):
    path = file(tmp_path, text(COLUMNS_39, WALDEC))
    run(path)
    RegisterEntry.objects.all().delete()
    assert "already imported: 1 lines" in run(path)
    assert not RegisterEntry.objects.exists()
    run(path, again=True)
    assert RegisterEntry.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"id,titre\nW1,x\n", "separated by semicolons"),
        (b"id;titre;couleur\nW1;x;bleu\n", "columns missing: id_ex"),
        (b"%PDF-1.4\n\x00\x01", "separated by semicolons"),
        (text(COLUMNS_39).encode() + b'"' + b"x" * 200_000, "cannot be read as CSV"),
    ],
)
def test_a_wrong_file_is_told_and_leaves_nothing(tmp_path, content, said):
    with pytest.raises(CommandError, match=said):
        run(file(tmp_path, content))
    assert not ImportRun.objects.exists() and not RegisterEntry.objects.exists()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="no such file"):
        run(tmp_path / "nowhere.csv")


def rows(count, start=1):
    return [
        {**WALDEC, "id": f"W99{number:07d}", "titre": f"ASSOCIATION {number}"}
        for number in range(start, start + count)
    ]


class Killed(BaseException):
    """The machine stops."""


def test_a_killed_import_goes_on_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(rna, "BATCH", 10)
    path = file(tmp_path, text(COLUMNS_39, *rows(35)))
    seen = rna.fingerprint(path)
    work = ImportRun.objects.create(file_sha256=seen.sha256, started_at="2027-01-04T09:00:00Z")

    def killed_at_20(done, left_out):
        if done == 20:
            raise Killed

    with pytest.raises(Killed):
        rna.import_file(path, run=work, encoding=seen.encoding, told=killed_at_20)
    assert (RegisterEntry.objects.count(), ImportRun.objects.get().rows_done) == (20, 20)
    RegisterEntry.objects.all().delete()  # what was done is not done again
    said = run(path)
    assert "going on after line 20" in said
    assert "imported: 35 lines" in said
    assert RegisterEntry.objects.count() == 15
    assert ImportRun.objects.get().finished_at is not None


def test_two_imports_of_one_file_do_not_run_side_by_side(tmp_path, monkeypatch):
    monkeypatch.setattr(rna, "BATCH", 10)
    path = file(tmp_path, text(COLUMNS_39, *rows(20)))
    seen = rna.fingerprint(path)
    work = ImportRun.objects.create(file_sha256=seen.sha256, started_at="2027-01-04T09:00:00Z")

    def the_other_one(done, left_out):
        ImportRun.objects.update(rows_done=done + 10)

    with pytest.raises(rna.WrongFile, match="another import"):
        rna.import_file(path, run=work, encoding=seen.encoding, told=the_other_one)
    assert RegisterEntry.objects.count() == 10


def test_progress_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(rna, "BATCH", 10)
    monkeypatch.setattr("structures.management.commands.import_rna.TELL_EVERY", 20)
    said = run(file(tmp_path, text(COLUMNS_39, *rows(45))))
    assert "20 lines, 0 left out," in said and "40 lines, 0 left out," in said


def test_help_is_there(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("import_rna", "--help")
    assert ended.value.code == 0
    assert "RNA_waldec" in capsys.readouterr().out
