"""Tagged PDF files: pages, structure tree, metadata, fonts. Knows nothing of letters.

reportlab has no tags (structure tree, artifacts, language, XMP of PDF/UA): it cuts the fonts and assembles
the objects, which are written here.
"""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from operator import itemgetter

from letters.pdf import faces
from letters.pdf.objects import (
    Objects,
    Raw,
    dictionary,
    numbers,
    pdf_date,
    pdf_name,
    text_string,
    to_unicode,
    xmp,
)
from letters.pdf.pages import Element, Link, Page

A4 = (595.276, 841.89)
PRODUCER = "label associatif (reportlab)"


class _FontUse:
    """One font in one file: the characters used, in sets of 255, each set a font of the file."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        self.places: dict[str, tuple[int, int]] = {}
        self.codes: dict[int, int] = {}
        """The characters of the first set, which is the only one of nearly all files."""
        self.sets: list[list[int]] = []

    def encode(self, text: str) -> Iterator[tuple[str, str]]:
        """(resource name, hexadecimal codes) for each stretch drawn from one set."""
        if self.places.keys() >= set(text) and len(self.sets) == 1:
            yield self.resource(0), text.translate(self.codes).encode("latin-1").hex()
            return
        current, codes = -1, bytearray()
        for char in text:
            part, code = self.places.get(char) or self._place(char)
            if part != current:
                if codes:
                    yield self.resource(current), codes.hex()
                current, codes = part, bytearray()
            codes.append(code)
        if codes:
            yield self.resource(current), codes.hex()

    def resource(self, part: int) -> str:
        """The name of a set in the pages."""
        return f"F{self.number}S{part}"

    def _place(self, char: str) -> tuple[int, int]:
        if not self.sets or len(self.sets[-1]) > 255:
            self.sets.append([0])
        self.sets[-1].append(ord(char))
        self.places[char] = (len(self.sets) - 1, len(self.sets[-1]) - 1)
        self.codes.setdefault(ord(char), self.places[char][1])
        return self.places[char]


class TaggedFile:
    """A PDF under construction: ask for pages, draw on them, then take the bytes once."""

    def __init__(
        self, title: str, *, lang: str, author: str, keywords: str = "", dated: datetime | None = None
    ) -> None:
        self.title = faces.written(title)
        self.lang = lang
        self.author = faces.written(author)
        self.keywords = faces.written(keywords)
        self.dated = dated.astimezone(UTC) if dated else None
        self.pages: list[Page] = []
        self.root = Element("Document", lang=lang)
        self._fonts: dict[str, _FontUse] = {}
        self._attached: list[tuple[str, Raw]] = []
        self._objects = Objects()

    def new_page(self) -> Page:
        """One more page, A4 upright."""
        page = Page(len(self.pages))
        self.pages.append(page)
        return page

    def show(self, runs: Sequence[tuple[str, str]], size: float) -> str:
        """The operators that draw these runs of (font, text) one after the other, inside BT and ET."""
        parts: list[str] = []
        for name, text in runs:
            use = self._fonts.get(name)
            if use is None:
                use = self._fonts[name] = _FontUse(name, len(self._fonts))
            parts += [f"/{resource} {size:g} Tf <{codes}> Tj" for resource, codes in use.encode(text)]
        return " ".join(parts)

    def attach(self, name: str, content: bytes, *, kind: str, description: str) -> None:
        """A file that goes with the document, as its data (PDF/A-3, 6.8); `kind` is its media type."""
        objects = self._objects
        moment = pdf_date(self.dated) if self.dated else ""
        checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()  # the one that PDF knows
        described = {"Size": str(len(content)), "ModDate": moment, "CheckSum": f"<{checksum}>"}
        embedded = objects.packed(
            zlib.compress(content),
            {
                "Type": "/EmbeddedFile",
                "Subtype": f"/{pdf_name(kind)}",
                "Params": dictionary(described).decode("ascii"),
            },
        )
        file = objects.add(
            dictionary(
                {
                    "Type": "/Filespec",
                    "F": text_string(name),
                    "UF": text_string(name),
                    "AFRelationship": "/Data",
                    "Desc": text_string(description),
                    "EF": f"<</F {objects.ref(embedded)} /UF {objects.ref(embedded)}>>",
                }
            )
        )
        self._attached.append((name, file))

    def finish(self) -> bytes:
        """The bytes of the file."""
        objects = self._objects
        tree, folder = objects.add(), objects.add()
        fonts = objects.add(dictionary(self._embed_fonts()))
        pages = [objects.add() for _ in self.pages]
        elements = {element: objects.add() for element in _all(self.root)}
        links = self._write_links(elements)
        self._write_pages(folder, fonts, pages, links)
        folder.content = dictionary(
            {"Type": "/Pages", "Kids": f"[{' '.join(map(objects.ref, pages))}]", "Count": str(len(pages))}
        )
        for element, target in elements.items():
            target.content = self._element(element, elements, links, tree, pages)
        owners = [
            f"[{' '.join(objects.ref(elements[owner]) for owner in page.owners)}]" for page in self.pages
        ]
        owners += [objects.ref(elements[link.owner]) for link in links]
        nums = " ".join(f"{key} {value}" for key, value in enumerate(owners))
        parents = objects.add(dictionary({"Nums": f"[{nums}]"}))
        tree.content = dictionary(
            {
                "Type": "/StructTreeRoot",
                "K": objects.ref(elements[self.root]),
                "ParentTree": objects.ref(parents),
                "ParentTreeNextKey": str(len(owners)),
            }
        )
        return objects.assemble(self._catalogue(tree, folder), self._information())

    def _catalogue(self, tree: Raw, folder: Raw) -> dict[str, str]:
        objects = self._objects
        packet = xmp(
            title=self.title, author=self.author, lang=self.lang, keywords=self.keywords, producer=PRODUCER,
            dated=self.dated,
        )  # fmt: skip
        metadata = objects.stream(packet, {"Type": "/Metadata", "Subtype": "/XML"})
        profile = objects.packed(faces.colour_profile(), {"N": "3"})
        files = " ".join(objects.ref(file) for _, file in self._attached)
        named = " ".join(
            f"{text_string(name)} {objects.ref(file)}"
            for name, file in sorted(self._attached, key=itemgetter(0))
        )
        return {
            "Type": "/Catalog",
            "Pages": objects.ref(folder),
            "StructTreeRoot": objects.ref(tree),
            "MarkInfo": "<</Marked true>>",
            "Lang": text_string(self.lang),
            "ViewerPreferences": "<</DisplayDocTitle true>>",
            "Metadata": objects.ref(metadata),
            "AF": f"[{files}]" if files else "",
            "Names": f"<</EmbeddedFiles <</Names [{named}]>>>>" if named else "",
            "OutputIntents": "[<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB)"
            f" /Info (sRGB) /DestOutputProfile {objects.ref(profile)}>>]",
        }

    def _information(self) -> dict[str, str]:
        moment = pdf_date(self.dated) if self.dated else ""
        return {
            "Title": text_string(self.title),
            "Author": text_string(self.author),
            "Keywords": text_string(self.keywords) if self.keywords else "",
            "Producer": text_string(PRODUCER),
            "CreationDate": moment,
            "ModDate": moment,
        }

    def _embed_fonts(self) -> dict[str, str]:
        return {
            use.resource(part): self._objects.ref(self._embed(use, part, tuple(codes)))
            for use in self._fonts.values()
            for part, codes in enumerate(use.sets)
        }

    def _embed(self, use: _FontUse, part: int, codes: tuple[int, ...]) -> Raw:
        objects, font = self._objects, faces.face(use.name)
        letters = "".join(
            chr(65 + digit) for digit in (use.number, part // 676 % 26, part // 26 % 26, part % 26)
        )
        name = f"/LB{letters}+{use.name}"
        length, program = faces.subset(use.name, codes)
        file = objects.packed(program, {"Length1": str(length)})
        descriptor = objects.add(
            dictionary(
                {
                    "Type": "/FontDescriptor",
                    "FontName": name,
                    "Flags": "4",
                    "FontFile2": objects.ref(file),
                    "FontBBox": numbers(font.bbox),
                    "ItalicAngle": f"{font.italicAngle:g}",
                    "StemV": f"{font.stemV:g}",
                    "Ascent": f"{font.ascent:g}",
                    "Descent": f"{font.descent:g}",
                    "CapHeight": f"{font.capHeight:g}",
                    "MissingWidth": f"{font.defaultWidth:g}",
                }
            )
        )
        return objects.add(
            dictionary(
                {
                    "Type": "/Font",
                    "Subtype": "/TrueType",
                    "BaseFont": name,
                    "FirstChar": "0",
                    "LastChar": str(len(codes) - 1),
                    "Widths": numbers([font.getCharWidth(code) for code in codes]),
                    "FontDescriptor": objects.ref(descriptor),
                    "ToUnicode": objects.ref(objects.packed(to_unicode(codes))),
                }
            )
        )

    def _write_links(self, elements: dict[Element, Raw]) -> dict[Link, Raw]:
        found = [link for page in self.pages for link in page.links]
        return {
            link: self._objects.add(
                dictionary(
                    {
                        "Type": "/Annot",
                        "Subtype": "/Link",
                        "Rect": numbers(round(side, 2) for side in link.box),
                        "Border": "[0 0 0]",
                        "F": "4",
                        "StructParent": str(len(self.pages) + place),
                        "Contents": text_string(faces.written(link.label)),
                        "A": f"<</S /URI /URI {text_string(faces.address(link.address))}>>",
                    }
                )
            )
            for place, link in enumerate(found)
        }

    def _write_pages(self, folder: Raw, fonts: Raw, pages: list[Raw], links: dict[Link, Raw]) -> None:
        objects = self._objects
        for page, target in zip(self.pages, pages, strict=True):
            annotations = " ".join(objects.ref(links[link]) for link in page.links)
            contents = objects.packed(zlib.compress("\n".join(page.operators).encode("ascii")))
            target.content = dictionary(
                {
                    "Type": "/Page",
                    "Parent": objects.ref(folder),
                    "MediaBox": numbers((0, 0, *A4)),
                    "Resources": f"<</Font {objects.ref(fonts)} /ProcSet [/PDF /Text]>>",
                    "Contents": objects.ref(contents),
                    "StructParents": str(page.number),
                    "Tabs": "/S",
                    "Annots": f"[{annotations}]" if annotations else "",
                }
            )

    def _element(
        self,
        element: Element,
        elements: dict[Element, Raw],
        links: dict[Link, Raw],
        tree: Raw,
        pages: list[Raw],
    ) -> bytes:
        ref = self._objects.ref
        home = next((kid[0] for kid in element.kids if isinstance(kid, tuple)), None)
        kids: list[str] = []
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(ref(elements[kid]))
            elif isinstance(kid, Link):
                kids.append(f"<</Type /OBJR /Obj {ref(links[kid])} /Pg {ref(pages[kid.page])}>>")
            elif kid[0] == home:
                kids.append(str(kid[1]))
            else:
                kids.append(f"<</Type /MCR /Pg {ref(pages[kid[0]])} /MCID {kid[1]}>>")
        return dictionary(
            {
                "Type": "/StructElem",
                "S": f"/{element.kind}",
                "P": ref(elements[element.parent] if element.parent else tree),
                "K": f"[{' '.join(kids)}]",
                "Pg": ref(pages[home]) if home is not None else "",
                "Lang": text_string(element.lang) if element.lang else "",
                "Alt": text_string(faces.written(element.alt)) if element.alt else "",
                "A": f"<<{element.attributes}>>" if element.attributes else "",
            }
        )


def _all(root: Element) -> Iterator[Element]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [kid for kid in reversed(element.kids) if isinstance(kid, Element)]
