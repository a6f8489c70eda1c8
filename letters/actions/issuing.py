"""A letter is previewed, then issued: its text is frozen, its PDF made and its arrival announced after commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import TransitionNotAllowed

from accounts.models import Role, RoleGrant, User
from accounts.rules import delegation_of
from journal.models import Thread
from journal.moves import Actor, Record, note, subject_key
from journal.refusals import Missing, block_unless_empty
from letters import parts, registry, rendering, templates
from letters.actions.mails import TITLE_LENGTH, Words, queue_mail
from letters.checklist import compulsory_parts, written_to_nobody
from letters.models import Letter, Mail, Template
from letters.pdf import LetterContent, Signatory
from letters.typography import french_date

HOUSE = "Institut national du cancer"


@dataclass(frozen=True)
class Preview:
    """A letter as it would leave: its content, its compulsory parts (name, present), and what is missing."""

    code: str
    content: LetterContent
    parts: list[tuple[str, bool]]
    missing: list[Missing]
    template: Template
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """Everything that a letter is written from."""

    code: str
    record: Record
    addressee: User | None
    signed_by: User | None
    channel: str
    at: datetime

    @property
    def day(self) -> date:
        """The day in Paris."""
        return timezone.localdate(self.at)


def preview(
    code: str,
    /,
    *,
    record: Record,
    at: datetime,
    addressee: User | None = None,
    channel: str = Letter.Channel.ONLINE,
    signed_by: User | None = None,
    **extra: Any,
) -> Preview:
    """The letter as it would leave now, with what is missing; nothing is written.

    Raises LookupError when no app declared the letter or when it has no text in force. `extra` goes to the facts.
    """
    draft = Draft(code, record, addressee, signed_by, channel, at)
    return _written(draft, extra)


@transaction.atomic
def issue(
    code: str,
    /,
    *,
    record: Record,
    addressee: User | None,
    channel: str,
    at: datetime,
    by: Actor,
    signed_by: User | None = None,
    announced: bool = True,
    **extra: Any,
) -> Letter:
    """Freeze a letter about a record that is held, note it on the journal, queue its PDF and its announcement.

    `signed_by` is who signs, by default the actor; acts need somebody who holds a delegation of signature that
    day (L212-1). With `announced=False` the caller tells the addressee in its own words. Raises Blocked with what
    is missing, LookupError as `preview`.
    """
    if "_thread" not in record.__dict__:
        raise TransitionNotAllowed("issue: take the record with hold() first")
    signatory = signed_by or (None if code in parts.EDITED_BY_THE_SERVICE else by.user)
    written = _written(Draft(code, record, addressee, signatory, channel, at), extra)
    block_unless_empty(written.missing)
    data = rendering.as_data(written.content)
    letter = Letter.objects.create(
        thread=record._thread,
        subject=subject_key(record),
        template=written.template,
        code=code,
        reference=written.facts["reference"],
        title=Truncator(written.content.subject).chars(TITLE_LENGTH),
        content=data,
        digest=rendering.digest(data),
        addressee=addressee,
        signed_by=signatory,
        issued_by=by.user,
        issued_at=at,
        channel=channel,
    )
    note(record, what=f"letter_{code}", at=at, by=by)
    mail = _announcement_of(letter, str(written.facts.get("structure") or HOUSE), at) if announced else None
    transaction.on_commit(lambda: _ask_for_the_pdf(letter, mail), robust=True)
    return letter


def _ask_for_the_pdf(letter: Letter, mail: Mail | None) -> None:
    from letters.tasks import make_letter_pdf  # noqa: PLC0415 - tasks know letters

    make_letter_pdf.enqueue(letter.pk, mail.pk if mail else None)


def _announcement_of(letter: Letter, name: str, at: datetime) -> Mail | None:
    """Tell the addressee where to read the letter, or that it comes by post; never what it says (mail M8)."""
    if letter.addressee is None:
        return None
    is_online = letter.channel == Letter.Channel.ONLINE
    title, text = _words(letter.code, is_online, name)
    return queue_mail(
        kind="letter",
        key=str(letter.pk),
        recipient=letter.addressee,
        title=title,
        text=text,
        at=at,
        thread=letter.thread,
        path=f"/espace/courriers/{letter.pk}/" if is_online else "",
        alone=False,
    )


def _words(code: str, is_online: bool, name: str) -> tuple[Words, Words]:
    if code in parts.ACTS:
        text = (
            _where_the_act_is(code)
            if is_online
            else gettext_lazy("Une décision vous concerne. Elle vous arrive par courrier recommandé.")
        )
        return (lambda: _("Une décision est disponible : {structure}").format(structure=name)), text
    if is_online:
        return gettext_lazy("Un courrier vous attend"), gettext_lazy(
            "Un courrier vous attend dans votre espace."
        )
    return gettext_lazy("Un courrier vous arrive"), gettext_lazy(
        "Un courrier vous arrive par courrier recommandé."
    )


def _where_the_act_is(code: str) -> Words:
    if code in parts.ON_A_LABEL:
        return gettext_lazy(
            "Une décision sur votre label est dans votre espace. "
            "Elle explique les raisons, et comment contester."
        )
    return gettext_lazy(
        "La décision sur votre demande est dans votre espace. "
        "Elle explique les raisons, et comment contester."
    )


def _written(draft: Draft, extra: Mapping[str, Any]) -> Preview:
    declared = registry.declared.get(draft.code)
    thread = _thread_of(draft.record)
    template, rank = templates.next_in(thread, draft.code, on=draft.day)
    if declared is None or template is None:
        raise LookupError(f"letter {draft.code}: no facts or no text in force")
    if declared.about not in ("", draft.record._meta.label_lower):
        raise LookupError(f"letter {draft.code} is about {declared.about}")
    signatory = signatory_of(draft.signed_by, code=draft.code, on=draft.day)
    with translation.override("fr"):  # a letter is French, whatever the language of the person at work
        facts: dict[str, Any] = {**parts.of_the_house(), **declared.facts(draft.record, **extra)}
        facts["reference"] = f"{thread.reference}/{draft.code}-{rank}"
        facts["dossier"] = thread.reference
        facts["channel"] = draft.channel
        facts.setdefault("addressee_lines", _address(draft, facts))
        facts["signatory"] = signatory and f"{signatory.first_name} {signatory.name}"
        content = _content(
            draft, template, facts, signatory or Signatory(first_name="", name="", quality="", service="")
        )
    present = compulsory_parts(draft.code, declared.compulsory, facts, content)
    return Preview(
        draft.code,
        content,
        [(parts.label(name), is_there) for name, is_there in present],
        [
            *written_to_nobody(draft.addressee),
            *(Missing(_missing_words(name), code=name) for name, is_there in present if not is_there),
        ],
        template,
        facts,
    )


def _content(
    draft: Draft, template: Template, facts: Mapping[str, Any], signatory: Signatory
) -> LetterContent:
    body = rendering.blocks(template.body, facts)
    officer = f"Votre interlocuteur ou interlocutrice : {facts['officer']}" if facts.get("officer") else ""
    call = [facts["service_phone"], facts["service_hours"]]
    contact = [officer, ", ".join(words for words in call if words), facts["service_email"]]
    return LetterContent(
        code=draft.code,
        subject=rendering.line(template.subject, facts),
        place_date=f"Le {french_date(draft.day)}",
        sender_lines=[HOUSE, facts["service_name"]],
        service_lines=[facts["service_address"], facts["service_phone"], facts["service_email"]],
        addressee_lines=list(facts["addressee_lines"]),
        reference=facts["reference"],
        summary_lines=rendering.lines(template.summary, facts),
        body_blocks=body.blocks,
        signatory=signatory,
        legal_references=body.laws,
        attachments=body.attachments,
        data_protection=facts["data_protection"],
        contact_lines=[line for line in contact if line],
        hand_signature_space=draft.channel == Letter.Channel.POST,
        dated=draft.at,
    )


def signatory_of(user: User | None, *, code: str, on: date) -> Signatory | None:
    """Who is named at the foot of a letter on that day: first name, name, quality, service (L212-1).

    An act is signed under a delegation valid that day; another letter by anybody who holds a role at the
    Institute; a receipt edited by the service bears the service. None when the person may not sign.
    """
    if user is None:
        return _service_itself(code) if code in parts.EDITED_BY_THE_SERVICE else None
    delegation = delegation_of(user, on=on)
    if delegation is not None:
        quality, service, act = delegation.quality, delegation.service, delegation.act_reference
    elif code in parts.ACTS:
        return None
    else:
        grant = RoleGrant.objects.valid(on=on).filter(user=user).order_by("pk").first()
        if grant is None:
            return None
        quality, service, act = str(Role(grant.role).label), grant.service or parts.service_name(), ""
    return Signatory(
        first_name=user.first_name, name=user.last_name, quality=quality, service=service, delegation=act
    )


def _service_itself(code: str) -> Signatory | None:
    name = parts.service_name()
    if not name:
        return None
    what = "Accusé de réception" if code in ("L1", "L1m", "L1r") else "Courrier"
    return Signatory(first_name="", name=name, quality=f"{what} édité par le service", service=HOUSE)


def _address(draft: Draft, facts: Mapping[str, Any]) -> list[str]:
    """The lines of the envelope; nothing when a letter must be posted and no address is known."""
    person = draft.addressee
    lines = [str(line) for line in facts.get("address_lines") or () if str(line).strip()]
    if not lines and person is not None:
        lines = [*person.address.splitlines(), f"{person.postal_code} {person.city}".strip()]
        lines = [line for line in lines if line]
    if draft.channel == Letter.Channel.POST and not lines:
        return []
    names = [str(facts.get("structure") or ""), person.get_full_name() if person else ""]
    return [*(name for name in names if name), *lines]


def _missing_words(name: str) -> str:
    if name == "signatory":
        return _("La personne qui signe n'a pas de délégation de signature valable ce jour.")
    return _("Il manque : {part}.").format(part=parts.label(name))


def _thread_of(record: Record) -> Thread:
    """The thread of a record, held or not; None fails loudly: every record has one."""
    if "_thread" in record.__dict__:
        return record._thread
    path = record.thread_path
    key = type(record)._default_manager.filter(pk=record.pk).values_list(path, flat=True).get()
    return Thread.objects.get(pk=key)
