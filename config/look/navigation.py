"""Which links the header shows to whom: one query for the hats of a person, one for what awaits them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, F, Model, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Hats:
    """What a person is here: INCa roles, committee member, member of at least one structure."""

    roles: frozenset[str] = frozenset()
    is_member_of_committee: bool = False
    has_structures: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the header before it is shown: its words and the name of its address."""

    words: Words
    name: str
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the header as shown."""

    words: Words
    address: str
    is_current: bool = False
    count: int = 0


PUBLIC = (
    Entry(_("Annuaire"), "register"),
    Entry(_("Vérifier un label"), "verify"),
    Entry(_("Demander le label"), "apply"),
)
STRUCTURE = (
    Entry(_("À faire"), "space", counted=True),
    Entry(_("Dossiers"), "space_applications"),
    Entry(_("Label"), "space_label"),
    Entry(_("Personnes"), "structure_people"),
    Entry(_("Messages"), "space_messages"),
)
COMMITTEE = (
    Entry(_("À faire"), "committee", counted=True),
    Entry(_("Mes évaluations"), "committee_reviews"),
    Entry(_("Séances"), "committee_sessions"),
    Entry(_("Mes liens d'intérêts"), "committee_interests"),
)
STAFF_DESK = (
    Entry(_("À faire"), "staff", counted=True),
    Entry(_("Dossiers"), "staff_applications"),
    Entry(_("Comité"), "staff_committee"),
    Entry(_("Labels"), "staff_labels"),
    Entry(_("Échéances"), "staff_deadlines"),
)
# The order is the order of preference when one person holds several roles.
BY_ROLE: dict[str, tuple[Entry, ...]] = {
    "secretariat": STAFF_DESK,
    # Members and mandates are not shown to who runs the files (reviewers.visibility).
    "case_officer": (
        *(entry for entry in STAFF_DESK if entry.name != "staff_committee"),
        Entry(_("Signalements"), "staff_reports"),
    ),
    "signatory": (
        Entry(_("À signer"), "staff", counted=True),
        Entry(_("Dossiers"), "staff_applications"),
        Entry(_("Chiffres"), "staff_figures"),
        Entry(_("Signalements"), "staff_reports"),
    ),
    "ethics_officer": (
        Entry(_("À analyser"), "staff", counted=True),
        Entry(_("Membres"), "staff_members"),
        Entry(_("Récusations"), "staff_challenges"),
    ),
    "appeal_officer": (
        Entry(_("Recours"), "staff", counted=True),
        Entry(_("Échéances"), "staff_deadlines"),
    ),
    "data_protection_officer": (Entry(_("Registre, accès, demandes"), "staff"),),
    "technical_administrator": (Entry(_("État du service"), "staff"), Entry(_("Comptes"), "staff_people")),
}
SPACES = {
    "space": _("Espace de l'association"),
    "committee": _("Espace du comité"),
    "staff": _("Espace de l'Institut"),
}


# A person approached for the committee sees its space, to answer the proposal; one whose term ended, to finish.
SEATED = ("approached", "appointed", "active", "paused", "interests_overdue")


def hats_of(user: Any, *, on: date) -> Hats:
    """What that person is on that day, in one query whatever the number of hats."""
    if not user.is_authenticated:
        return Hats()
    rows: list[QuerySet[Any, Any]] = []
    if model := _model("accounts", "RoleGrant"):
        valid = model.objects.valid(on=on).filter(user=user.pk)  # type: ignore[attr-defined]
        rows.append(valid.annotate(hat=F("role")).values_list("hat", flat=True).order_by())
    finishing = Q(state="ended", ended_at__gte=_midnight(on - timedelta(days=settings.MANDATE_FINISH_DAYS)))
    for app, name, hat, state in (
        ("reviewers", "Mandate", "committee", Q(state__in=SEATED) | finishing),
        ("structures", "Membership", "structure", Q(ended_at=None)),
    ):
        if model := _model(app, name):
            kept = model._default_manager.filter(state, user=user.pk)
            named = kept.annotate(hat=Value(hat, output_field=CharField()))
            rows.append(named.values_list("hat", flat=True).order_by())
    found = set(rows[0].union(*rows[1:])) if rows else set()
    return Hats(frozenset(found - {"committee", "structure"}), "committee" in found, "structure" in found)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _model(app: str, name: str) -> type[Model] | None:
    try:
        return apps.get_model(app, name)
    except LookupError:
        return None


@dataclass
class Navigation:
    """All that the header and the footer need, computed only when the page asks."""

    request: HttpRequest
    count_for: Callable[[HttpRequest, str], int] | None = None
    _addresses: dict[str, str] = field(default_factory=dict)

    @cached_property
    def hats(self) -> Hats:
        """What the person of this request is today."""
        user = getattr(self.request, "user", None)
        return hats_of(user, on=timezone.localdate()) if user is not None else Hats()

    @cached_property
    def area(self) -> str:
        """`space`, `committee`, `staff` or `public`: by the address of the page, else by the first hat."""
        path = self.request.path
        for name, allowed in (
            ("staff", bool(self.hats.roles)),
            ("committee", self.hats.is_member_of_committee),
            ("space", self.hats.has_structures),
        ):
            start = self.address(name)
            if allowed and start and path.startswith(start):
                return name
        if self.hats.roles:
            return "staff"
        if self.hats.is_member_of_committee:
            return "committee"
        return "space" if self.hats.has_structures else "public"

    @cached_property
    def links(self) -> list[Link]:
        """At most five links, the current one marked, the count of what awaits in the first."""
        shown = [(entry, self.address(entry.name)) for entry in self._entries()]
        shown = [(entry, address) for entry, address in shown if address]
        path = self.request.path
        holders = [address for _entry, address in shown if path.startswith(address) and address != "/"]
        current = max(holders, key=len, default="")
        return [
            Link(entry.words, address, address == current, self._count() if entry.counted else 0)
            for entry, address in shown[:5]
        ]

    def _entries(self) -> tuple[Entry, ...]:
        if self.area == "staff":
            return next((entries for role, entries in BY_ROLE.items() if role in self.hats.roles), ())
        return {"committee": COMMITTEE, "space": STRUCTURE}.get(self.area, PUBLIC)

    @cached_property
    def other_spaces(self) -> list[Link]:
        """The spaces of this person other than the present one."""
        held = {
            "space": self.hats.has_structures,
            "committee": self.hats.is_member_of_committee,
            "staff": bool(self.hats.roles),
        }
        return [
            Link(words, address)
            for name, words in SPACES.items()
            if held[name] and name != self.area and (address := self.address(name))
        ]

    @property
    def is_staff_area(self) -> bool:
        """Whether the page belongs to the space of the Institute."""
        return self.area == "staff"

    def address(self, name: str) -> str:
        """The address of that page, empty when this installation does not have it."""
        if name not in self._addresses:
            try:
                self._addresses[name] = reverse(name)
            except NoReverseMatch:
                self._addresses[name] = ""
        return self._addresses[name]

    @property
    def pages(self) -> "Pages":
        """`{{ navigation.pages.home }}` in templates: the address by the name of the page."""
        return Pages(self)

    def _count(self) -> int:
        if self.count_for is None:
            return 0
        return self.count_for(self.request, self.area)


@dataclass(frozen=True, slots=True)
class Pages:
    """Addresses by name for templates, empty when the page does not exist here."""

    navigation: Navigation

    def __getitem__(self, name: str) -> str:
        return self.navigation.address(name)


def counter() -> Callable[[HttpRequest, str], int] | None:
    """The function (request, area) named by settings.TODO_COUNTER, one query at most; None without it."""
    path = str(getattr(settings, "TODO_COUNTER", ""))
    if not path or find_spec(path.rpartition(".")[0]) is None:
        return None
    return import_string(path)
