"""The flows, readable as the drawing. Node names are append-only; gates read the domain, held by its thread."""

from __future__ import annotations

from typing import Any

from viewflow import this
from viewflow.workflow import flow, lock

from certificates.models import FollowUp, Withdrawal
from decisions.models import Appeal
from journal.moves import Record
from label.models import Application
from workflows.models import Obligation, Procedure


def no_page(request: Any, **kwargs: Any) -> Any:
    """Human nodes have no page here: the pages of the domain call actions, and the flow follows their moves."""
    raise PermissionError("a flow is never driven by a page")


def record_is(*states: str) -> Any:
    """A gate: the state of the record, as its move has just written it while the thread is held."""

    def gate(activation: Any) -> bool:
        return activation.process.record.state in states

    return gate


class HouseFlow(flow.Flow):
    """What the flows of the house share: own tables, the lock, the procedure tied to its record."""

    process_class = Procedure
    task_class = Obligation
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    def open_procedure(self, activation: Any, record: Record) -> Procedure:
        """Tie the procedure to its record."""
        activation.process.record = record
        return activation.process


class CertificationFlow(HouseFlow):
    """From the filed dossier to the decision: one open node per state of the application."""

    process_title = "Certification"

    submitted = (
        flow.StartHandle(this.open_procedure).Annotation(title="Dossier déposé").Next(this.completeness)
    )

    completeness = (
        flow.View(no_page)
        .Annotation(title="Vérification des pièces")
        .Permission("workflows.case_officer")
        .Next(this.after_completeness)
    )
    after_completeness = (
        flow.Switch()
        .Annotation(title="Complet ?")
        .Case(this.corrections, record_is(Application.State.INCOMPLETE))
        .Case(this.panel, record_is(Application.State.ADMISSIBLE))
        .Default(this.end)
    )
    corrections = (
        flow.View(no_page)
        .Annotation(title="Pièces à envoyer")
        .Permission("workflows.association")
        .Next(this.after_corrections)
    )
    after_corrections = (
        flow.Switch()
        .Annotation(title="Pièces reçues ?")
        .Case(this.completeness, record_is(Application.State.SUBMITTED))
        .Default(this.end)
    )
    panel = (
        flow.View(no_page)
        .Annotation(title="Panel à composer")
        .Permission("workflows.secretariat")
        .Next(this.reviews)
    )
    reviews = flow.Handle(this.reviews_over).Annotation(title="Évaluations").Next(this.after_reviews)
    after_reviews = (
        flow.Switch()
        .Annotation(title="Panel complet ?")
        .Case(this.panel, record_is(Application.State.ADMISSIBLE))
        .Default(this.session)
    )
    session = (
        flow.View(no_page)
        .Annotation(title="Séance du comité")
        .Permission("workflows.secretariat")
        .Next(this.after_session)
    )
    after_session = (
        flow.Switch()
        .Annotation(title="Avis rendu ?")
        .Case(this.panel, record_is(Application.State.ADMISSIBLE))
        .Case(this.deferral, record_is(Application.State.DEFERRED))
        .Default(this.decision)
    )
    deferral = (
        flow.View(no_page)
        .Annotation(title="Réponse au comité")
        .Permission("workflows.association")
        .Next(this.session)
    )
    decision = (
        flow.View(no_page)
        .Annotation(title="Décision")
        .Permission("workflows.case_officer")
        .Next(this.after_decision)
    )
    after_decision = (
        flow.Switch()
        .Annotation(title="Second avis ?")
        .Case(this.session, record_is(Application.State.IN_DELIBERATION))
        .Default(this.end)
    )
    end = flow.End()

    def reviews_over(self, activation: Any) -> Procedure:
        """The evaluation is closed, or the panel must be built again."""
        return activation.process


class FollowUpFlow(HouseFlow):
    """From the opening of a follow-up to its end: one open node per state that waits for somebody."""

    process_title = "Suivi annuel"

    opened = flow.StartHandle(this.open_procedure).Annotation(title="Suivi ouvert").Next(this.report)

    report = (
        flow.View(no_page)
        .Annotation(title="Suivi à transmettre")
        .Permission("workflows.association")
        .Next(this.after_report)
    )
    after_report = (
        flow.Switch()
        .Annotation(title="Transmis ?")
        .Case(this.reading, record_is(FollowUp.State.SUBMITTED))
        .Default(this.end)
    )
    reading = (
        flow.View(no_page)
        .Annotation(title="Lecture du suivi")
        .Permission("workflows.case_officer")
        .Next(this.after_reading)
    )
    after_reading = (
        flow.Switch()
        .Annotation(title="Écarts ?")
        .Case(this.gaps, record_is(FollowUp.State.GAPS))
        .Default(this.end)
    )
    gaps = (
        flow.View(no_page)
        .Annotation(title="Écarts à corriger")
        .Permission("workflows.association")
        .Next(this.end)
    )
    end = flow.End()


class WithdrawalFlow(HouseFlow):
    """From the facts to the decision: one open node per state of the procedure."""

    process_title = "Retrait"

    opened = (
        flow.StartHandle(this.open_procedure).Annotation(title="Procédure ouverte").Next(this.qualification)
    )

    qualification = (
        flow.View(no_page)
        .Annotation(title="Examen des faits")
        .Permission("workflows.case_officer")
        .Next(this.after_qualification)
    )
    after_qualification = (
        flow.Switch()
        .Annotation(title="Quelle suite ?")
        .Case(this.compliance, record_is(Withdrawal.State.FORMAL_NOTICE))
        .Case(this.hearing, record_is(Withdrawal.State.HEARING))
        .Default(this.end)
    )
    compliance = (
        flow.View(no_page)
        .Annotation(title="Mise en demeure")
        .Permission("workflows.association")
        .Next(this.after_compliance)
    )
    after_compliance = (
        flow.Switch()
        .Annotation(title="Corrigé ?")
        .Case(this.hearing, record_is(Withdrawal.State.HEARING))
        .Default(this.end)
    )
    hearing = (
        flow.View(no_page)
        .Annotation(title="Contradictoire")
        .Permission("workflows.association")
        .Next(this.after_hearing)
    )
    after_hearing = (
        flow.Switch()
        .Annotation(title="Entendue ?")
        .Case(this.opinion, record_is(Withdrawal.State.HEARING_CLOSED))
        .Default(this.end)
    )
    opinion = (
        flow.View(no_page)
        .Annotation(title="Avis du comité")
        .Permission("workflows.secretariat")
        .Next(this.after_opinion)
    )
    after_opinion = (
        flow.Switch()
        .Annotation(title="Avis rendu ?")
        .Case(this.decision, record_is(Withdrawal.State.ADVISED))
        .Default(this.end)
    )
    decision = (
        flow.View(no_page)
        .Annotation(title="Décision")
        .Permission("workflows.case_officer")
        .Next(this.after_decision)
    )
    after_decision = (
        flow.Switch()
        .Annotation(title="Nouveau grief ?")
        .Case(this.hearing, record_is(Withdrawal.State.HEARING))
        .Default(this.end)
    )
    end = flow.End()


class AppealFlow(HouseFlow):
    """From the receipt to the answer: one open node per state; silence does not close the examination."""

    process_title = "Recours"

    lodged = (
        flow.StartHandle(this.open_procedure).Annotation(title="Recours déposé").Next(this.acknowledgement)
    )

    acknowledgement = (
        flow.View(no_page)
        .Annotation(title="Accusé de réception")
        .Permission("workflows.secretariat")
        .Next(this.after_acknowledgement)
    )
    after_acknowledgement = (
        flow.Switch()
        .Annotation(title="Accusé ?")
        .Case(this.intake, record_is(Appeal.State.ACKNOWLEDGED))
        .Case(this.late_answer, record_is(Appeal.State.IMPLICITLY_REJECTED))
        .Default(this.end)
    )
    intake = (
        flow.View(no_page)
        .Annotation(title="Prise en charge")
        .Permission("workflows.appeal_officer")
        .Next(this.after_intake)
    )
    after_intake = (
        flow.Switch()
        .Annotation(title="Pris en charge ?")
        .Case(this.answer, record_is(Appeal.State.UNDER_REVIEW))
        .Case(this.late_answer, record_is(Appeal.State.IMPLICITLY_REJECTED))
        .Default(this.end)
    )
    answer = (
        flow.View(no_page)
        .Annotation(title="Réponse")
        .Permission("workflows.appeal_officer")
        .Next(this.after_answer)
    )
    after_answer = (
        flow.Switch()
        .Annotation(title="Répondu à temps ?")
        .Case(this.late_answer, record_is(Appeal.State.IMPLICITLY_REJECTED))
        .Default(this.end)
    )
    late_answer = (
        flow.View(no_page)
        .Annotation(title="Réponse après le silence")
        .Permission("workflows.appeal_officer")
        .Next(this.end)
    )
    end = flow.End()


# State of a record -> the one open node of its procedure; the nightly comparison is this table.
NODES: dict[type[Record], dict[Any, Any]] = {
    Application: {
        Application.State.SUBMITTED: CertificationFlow.completeness,
        Application.State.INCOMPLETE: CertificationFlow.corrections,
        Application.State.ADMISSIBLE: CertificationFlow.panel,
        Application.State.UNDER_REVIEW: CertificationFlow.reviews,
        Application.State.IN_DELIBERATION: CertificationFlow.session,
        Application.State.DEFERRED: CertificationFlow.deferral,
        Application.State.ADVISED: CertificationFlow.decision,
    },
    FollowUp: {
        FollowUp.State.OPEN: FollowUpFlow.report,
        FollowUp.State.OVERDUE: FollowUpFlow.report,
        FollowUp.State.SUBMITTED: FollowUpFlow.reading,
        FollowUp.State.GAPS: FollowUpFlow.gaps,
    },
    Withdrawal: {
        Withdrawal.State.OPENED: WithdrawalFlow.qualification,
        Withdrawal.State.FORMAL_NOTICE: WithdrawalFlow.compliance,
        Withdrawal.State.HEARING: WithdrawalFlow.hearing,
        Withdrawal.State.HEARING_CLOSED: WithdrawalFlow.opinion,
        Withdrawal.State.ADVISED: WithdrawalFlow.decision,
    },
    Appeal: {
        Appeal.State.RECEIVED: AppealFlow.acknowledgement,
        Appeal.State.ACKNOWLEDGED: AppealFlow.intake,
        Appeal.State.UNDER_REVIEW: AppealFlow.answer,
        Appeal.State.IMPLICITLY_REJECTED: AppealFlow.late_answer,
    },
}

FLOWS = (CertificationFlow, FollowUpFlow, WithdrawalFlow, AppealFlow)
