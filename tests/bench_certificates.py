"""Certificates: a complete one, beside bare reportlab on the same words and bare pyHanko on the same file.

The limits are half of what was measured when the parts were chosen (knowledge/certificates.md, sections 1, 3 and 8), as
ratios between rates of one core: complete 28.8 a second, bare reportlab 60, bare pyHanko 29; the floors on an idle core
are 14 complete ones a second, 30 files and 25 seals.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

LABELS, TIMES = 10, 25
COMPLETE, REPORTLAB, PYHANKO = 28.8, 60, 29


def certificates_made() -> Iterator[Any]:
    """One certificate made and stored as a worker does, its file alone, its seal alone, beside the bare ones."""
    from certificates.credential import proof
    from certificates.credential.keys import signing_key
    from certificates.documents import render_certificate
    from certificates.facts import page_facts
    from certificates.models import Certificate
    from certificates.seal.sealing import seal
    from tests.bench import Row, at_least, side_by_side
    from tests.certificates.credential.test_proof import AT, document

    made = _one_after_another()
    made()
    certificate = Certificate.objects.select_related("credential").filter(file__isnull=False)[0]
    facts, credential = page_facts(certificate.facts), certificate.credential.content
    plain = render_certificate(facts, credential=credential)

    def page() -> None:
        _page(facts)

    def whole() -> None:
        """As the floor was measured: nothing is kept."""
        signed = proof.sign(document(), key=signing_key(), at=AT)
        seal(render_certificate(facts, credential=json.dumps(signed)))

    def signature() -> None:
        _signature(plain)

    ours, bare = side_by_side(made, page, times=TIMES)
    limit = COMPLETE / 2 / REPORTLAB
    yield at_least("one complete certificate", bare / ours, limit, "of bare reportlab", 1 / bare)
    yield Row("one complete certificate, rate", round(1 / ours, 1), "per second", 0, True)
    ours, bare = side_by_side(whole, signature, times=TIMES)
    limit = COMPLETE / 2 / PYHANKO
    yield at_least("the same, before it is stored", bare / ours, limit, "of bare pyHanko", 1 / bare)
    ours, bare = side_by_side(lambda: render_certificate(facts, credential=credential), page, times=TIMES)
    yield at_least("its file", bare / ours, 30 / REPORTLAB, "of bare reportlab", 1 / bare)
    ours, bare = side_by_side(lambda: seal(plain), signature, times=TIMES)
    yield at_least("its seal", bare / ours, 25 / PYHANKO, "of bare pyHanko", 1 / bare)


def _one_after_another() -> Any:
    """Makes a certificate that waits, each time another one: labels that were really granted, issued again."""
    from certificates.actions import make_certificate
    from certificates.models import Certificate
    from tests.factories import certificates
    from tests.factories.structures import AT

    granted = [certificates.label() for _ in range(LABELS)]
    waiting = [one.certificates.get() for one in granted]
    # Turn by turn: a label with many issues would have as many bits compared for each.
    waiting += [
        Certificate.objects.create(label=first.label, issue=issue, facts=first.facts, issued_at=AT)
        for issue in range(2, 3 + 2 * TIMES // LABELS)
        for first in waiting[:LABELS]
    ]
    keys = iter([one.pk for one in waiting])

    def made() -> None:
        assert make_certificate(certificate_pk=next(keys), at=AT).sealed_at

    return made


def _page(facts: Any) -> bytes:
    """The words and the code of a certificate on one page, as anybody draws them with reportlab: no tag, no archive."""
    import segno
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    from letters.pdf.faces import FOLDER

    for name in ("DejaVuSans", "DejaVuSans-Bold"):
        registerFont(TTFont(name, FOLDER / f"{name}.ttf"))
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setFont("DejaVuSans-Bold", 22)
    canvas.drawString(60, 760, facts.title_fr)
    canvas.drawString(60, 700, facts.structure_name)
    canvas.setFont("DejaVuSans", 10)
    lines = [
        facts.title_en,
        f"{facts.seat} {facts.registration}",
        *(f"{name} : {', '.join(fr)} / {', '.join(en)}" for name, fr, en in facts.solutions),
        facts.number,
        f"{facts.granted_on} {facts.starts_on} {facts.ends_on}",
        f"{facts.signatory_name}, {facts.signatory_quality}, {facts.service}",
        *facts.conditions_fr,
        *facts.conditions_en,
        facts.verify_url,
    ]
    for place, line in enumerate(lines):
        canvas.drawString(60, 660 - 16 * place, line)
    for row, modules in enumerate(segno.make(facts.verify_url, error="q", micro=False).matrix):
        for column, dark in enumerate(modules):
            if dark:
                canvas.rect(440 + 3 * column, 160 - 3 * row, 3, 3, stroke=0, fill=1)
    canvas.linkURL(facts.verify_url, (60, 60, 400, 80))
    canvas.save()
    return file.getvalue()


def _signature(plain: bytes) -> bytes:
    """The same file signed as the manual of pyHanko says, with the same key."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

    from certificates.keys import development

    place = development.folder()
    root = str(place / "root.pem")
    signer = SimpleSigner.load(str(place / "seal.key.pem"), str(place / "seal.pem"), ca_chain_files=(root,))
    metadata = PdfSignatureMetadata(
        field_name="Sceau",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
    )
    signed = sign_pdf(IncrementalPdfFileWriter(io.BytesIO(plain)), metadata, signer)
    return bytes(signed.getvalue())
