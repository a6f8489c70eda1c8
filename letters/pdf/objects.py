"""PDF objects written as bytes. reportlab numbers them and writes the file around them."""

import zlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFDocument, PDFObject

rl_config.pdfComments = 0


class Raw(PDFObject):
    """An object whose bytes are given; always referred to by its number."""

    __RefOnly__ = 1

    def __init__(self, content: bytes = b"") -> None:
        self.content = content

    def format(self, _document: PDFDocument) -> bytes:
        """The bytes, as reportlab asks for them."""
        return self.content


class _Information(Raw):
    invariant = 1

    def digest(self, _digest: object) -> None:
        """Nothing: what makes a file itself is its pages."""


class Objects:
    """The objects of one file."""

    def __init__(self) -> None:
        self._document = PDFDocument(compression=1, invariant=1, pdfVersion=(1, 7))

    def add(self, content: bytes = b"") -> Raw:
        """A new object; its content may be given later."""
        item = Raw(content)
        self._document.Reference(item)
        return item

    def ref(self, item: Raw) -> str:
        """How other objects name this one."""
        number: int = self._document.idToObjectNumberAndVersion[item.__InternalName__][0]
        return f"{number} 0 R"

    def stream(self, content: bytes, entries: dict[str, str] | None = None) -> Raw:
        """A new stream of bytes as they are, ended as PDF/A wants it."""
        entries = {**(entries or {}), "Length": str(len(content))}
        return self.add(dictionary(entries) + b"\nstream\n" + content + b"\nendstream")

    def packed(self, content: bytes, entries: dict[str, str] | None = None) -> Raw:
        """A new stream of bytes already compressed by zlib."""
        return self.stream(content, {**(entries or {}), "Filter": "/FlateDecode"})

    def assemble(self, catalogue: dict[str, str], information: dict[str, str]) -> bytes:
        """The whole file. Its identity is the digest of its objects: same content, same bytes."""
        document = self._document
        for item in list(document.idToObject.values()):
            if isinstance(item, Raw):
                document.updateSignature(item.content)
        document.Catalog = document._catalog = Raw(dictionary(catalogue))
        document.info = _Information(dictionary(information))
        return bytes(document.GetPDFData(None))


def dictionary(entries: dict[str, str]) -> bytes:
    """A PDF dictionary; empty values are left out."""
    inside = " ".join(f"/{key} {value}" for key, value in entries.items() if value)
    return f"<<{inside}>>".encode("ascii")


def text_string(text: str) -> str:
    """A text as a PDF string, for titles, languages and alternative texts."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"({escaped})"
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def pdf_name(text: str) -> str:
    """A text as a PDF name, without its first sign: what is neither a letter nor a figure is written by its code."""
    return "".join(
        sign if sign.isascii() and sign.isalnum() else "".join(f"#{byte:02X}" for byte in sign.encode())
        for sign in text
    )


def numbers(values: Iterable[float]) -> str:
    """An array of numbers."""
    return f"[{' '.join(f'{value:g}' for value in values)}]"


def pdf_date(at: datetime) -> str:
    """A moment in UTC as a PDF string."""
    return f"({at:D:%Y%m%d%H%M%S}+00'00')"


@lru_cache(maxsize=256)
def to_unicode(codes: tuple[int, ...]) -> bytes:
    """The table, compressed, that gives back the characters of a cut font, also those beyond U+FFFF."""
    rows = [
        f"<{place:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for place, code in enumerate(codes)
    ]
    blocks = [rows[start : start + 100] for start in range(1, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    table = (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )
    return zlib.compress(table.encode("ascii"))


def xmp(*, title: str, author: str, lang: str, keywords: str, producer: str, dated: datetime | None) -> bytes:
    """The metadata of the file, with the marks of PDF/UA-1 and PDF/A-3a.

    PDF/A wants the schema of any property it does not know, here that of PDF/UA.
    """
    moment = f"{dated:%Y-%m-%dT%H:%M:%SZ}" if dated else ""
    created, changed = (
        f"<xmp:CreateDate>{moment}</xmp:CreateDate>",
        f"<xmp:ModifyDate>{moment}</xmp:ModifyDate>",
    )
    dates = created + changed if dated else ""
    words = f"<pdf:Keywords>{escape(keywords)}</pdf:Keywords>" if keywords else ""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{escape(lang)}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{escape(producer)}</pdf:Producer>{words}{dates}
<pdfuaid:part>1</pdfuaid:part><pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>part</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()
