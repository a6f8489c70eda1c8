"""A page as it is drawn, and the tree that says what each mark on it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]


@dataclass(slots=True, eq=False)
class Element:
    """One node of the structure tree; `kids` are elements, or (page, mark) on a page, or links."""

    kind: str
    lang: str = ""
    alt: str = ""
    attributes: str = ""
    parent: "Element | None" = None
    kids: "list[Element | tuple[int, int] | Link]" = field(default_factory=list)

    def add(self, kind: str, *, lang: str = "", alt: str = "", attributes: str = "") -> "Element":
        """A new last child."""
        child = Element(kind, lang=lang, alt=alt, attributes=attributes, parent=self)
        self.kids.append(child)
        return child


@dataclass(slots=True, eq=False)
class Link:
    """A zone of a page that opens an address."""

    page: int
    box: Box
    address: str
    label: str
    owner: Element


@dataclass(slots=True)
class Page:
    """What is drawn on one page, as operators; `owners[n]` is the element of mark n."""

    number: int
    operators: list[str] = field(default_factory=list)
    owners: list[Element] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @contextmanager
    def marked(self, element: Element) -> Iterator[None]:
        """What is drawn inside belongs to the element."""
        mark = len(self.owners)
        self.owners.append(element)
        element.kids.append((self.number, mark))
        self.operators.append(f"/{element.kind} <</MCID {mark}>> BDC")
        yield
        self.operators.append("EMC")

    @contextmanager
    def artifact(self, kind: str = "Layout") -> Iterator[None]:
        """What is drawn inside is not read aloud: rules, tints, running heads and feet."""
        self.operators.append(f"/Artifact <</Type /{kind}>> BDC")
        yield
        self.operators.append("EMC")

    def draw(self, operators: str) -> None:
        """Adds drawing operators as they are."""
        self.operators.append(operators)

    def rectangle(self, box: Box, colour: str) -> None:
        """A filled rectangle (left, bottom, width, height)."""
        self.operators.append(rectangle(box, colour))

    def link(self, element: Element, box: Box, address: str, label: str) -> None:
        """Makes the zone (left, bottom, right, top) a link; `element` is its Link in the tree."""
        link = Link(self.number, box, address, label, element)
        self.links.append(link)
        element.kids.append(link)


def rectangle(box: Box, colour: str) -> str:
    """The operators of a filled rectangle (left, bottom, width, height)."""
    return f"{colour} rg {box[0]:.2f} {box[1]:.2f} {box[2]:.2f} {box[3]:.2f} re f"
