"""What the service keeps about people, subject by subject; every model stands in exactly one subject.

A test fails when a model is in none: whoever adds a table says here what it holds, why, and how long.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOBODY = _("Aucune donnée personnelle")
IDENTITY = _("Identité et coordonnées")
WRITTEN = _("Ce que la personne a écrit ou envoyé")
ACTS = _("Qui a fait quoi, et quand")
SIGN_IN_AND_WORDS = _("Connexion au service ; ce qui a été envoyé juste après la fin d'une session")
QUALITY = _("Fonctions, mandats et dates")

TASK = _("Mission d'intérêt public (RGPD, article 6, 1, e)")
DUTY = _("Obligation légale (RGPD, article 6, 1, c)")
CONSENT = _("Mission d'intérêt public, et consentement explicite (RGPD, article 9, 2, a)")
NO_BASIS = _("Sans objet")

ACCOUNT = _("Tant que le compte sert ; puis le nom est remplacé par un pseudonyme.")
DOSSIER = _("Durée du label, puis tableau de gestion de l'Institut.")
PROOF = _("Tableau de gestion de l'Institut ; le texte des raisons peut être effacé.")
SHORT = _(
    "8 heures au plus pour une session ; un code sert 15 minutes et est effacé après un jour, "
    "comme la marque d'un formulaire envoyé."
)
PUBLIC = _("Sans limite : l'histoire d'un label reste vérifiable.")
RUNNING = _("Le temps du traitement.")

DATABASE = _("Base de données du service")
FILES = _("Base de données et fichiers du service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A family of tables that hold the same things for the same reason."""

    what: str | Promise
    holds: str | Promise
    why: str | Promise
    basis: str | Promise = TASK
    kept: str | Promise = DOSSIER
    where: str | Promise = DATABASE
    models: tuple[str, ...]


SUBJECTS = (
    Subject(
        what=_("Comptes des personnes"),
        holds=IDENTITY,
        why=_("Reconnaître les personnes et leur écrire comme elles le souhaitent"),
        kept=ACCOUNT,
        models=("accounts.user", "account.emailaddress"),
    ),
    Subject(
        what=_("Connexion"),
        holds=SIGN_IN_AND_WORDS,
        why=_("Que personne n'entre à la place d'un autre"),
        basis=DUTY,
        kept=SHORT,
        models=(
            "account.emailconfirmation",
            "mfa.authenticator",
            "usersessions.usersession",
            "sessions.session",
            "accounts.onetimecode",
            "accounts.usedform",
            "accounts.staffrecovery",
        ),
    ),
    Subject(
        what=_("Personnes à qui l'on n'écrit plus"),
        holds=_("Personne ou adresse, date, et qui l'a noté ; jamais la raison"),
        why=_("Ne plus rien envoyer à une personne ou à ses proches"),
        kept=_("Tant que le service existe, sauf erreur corrigée."),
        models=("accounts.suppression",),
    ),
    Subject(
        what=_("Fonctions à l'Institut"),
        holds=QUALITY,
        why=_("Que chaque acte soit fait par une personne qui en a le droit ce jour-là"),
        basis=DUTY,
        models=("accounts.rolegrant", "accounts.delegation", "accounts.absence"),
    ),
    Subject(
        what=_("Journal des actes"),
        holds=ACTS,
        why=_("Prouver ce qui a été fait, et le contester si besoin"),
        basis=DUTY,
        kept=PROOF,
        models=("journal.thread", "journal.event", "journal.reason"),
    ),
    Subject(
        what=_("Délais"),
        holds=NOBODY,
        why=_("Respecter et prouver les dates"),
        basis=NO_BASIS,
        models=(
            "deadlines.deadline",
            "deadlines.pause",
            "deadlines.reminder",
            "deadlines.tickrun",
            "deadlines.outage",
            "deadlines.extension",
        ),
    ),
    Subject(
        what=_("Lettres, messages et fichiers"),
        holds=WRITTEN,
        why=_("Échanger avec les associations et leur notifier les décisions"),
        where=FILES,
        models=(
            "letters.letter",
            "letters.mail",
            "letters.exchange",
            "letters.internalnote",
            "letters.storedfile",
            "letters.mailing",
            "letters.mailingrecipient",
        ),
    ),
    Subject(
        what=_("Structures et leurs membres"),
        holds=IDENTITY,
        why=_("Savoir qui représente l'association et qui peut écrire en son nom"),
        models=(
            "structures.structure",
            "structures.registration",
            "structures.membership",
            "structures.invitation",
            "structures.serviceconsent",
            "structures.registercheck",
            "structures.officersread",
            "structures.contactattempt",
        ),
    ),
    Subject(
        what=_("Actions des structures"),
        holds=NOBODY,
        why=_("Décrire ce qui aide les personnes, jamais les personnes elles-mêmes"),
        basis=NO_BASIS,
        models=("structures.solution", "structures.solutionfacet"),
    ),
    Subject(
        what=_("Charte et signatures"),
        holds=QUALITY,
        why=_("Prouver l'engagement de l'association"),
        where=FILES,
        models=("charter.charter", "charter.signature"),
    ),
    Subject(
        what=_("Vérifications de qui a signé"),
        holds=IDENTITY,
        why=_("S'assurer que la personne qui a signé à la main est bien elle"),
        where=FILES,
        models=("charter.identitycheck",),
    ),
    Subject(
        what=_("Dossiers de demande"),
        holds=WRITTEN,
        why=_("Instruire les demandes de label ; un brouillon laissé sans suite est effacé"),
        where=FILES,
        models=(
            "label.application",
            "label.answer",
            "label.document",
            "label.snapshot",
            "label.masking",
            "label.documentrequest",
            "label.requestedpiece",
            "label.finding",
            "label.helprequest",
            "label.paperentry",
        ),
    ),
    Subject(
        what=_("Contributeurs potentiels"),
        holds=_("Noms de personnes ou d'organismes, jamais publiés"),
        why=_("Comprendre qui fait vivre l'action"),
        models=("label.contributor",),
    ),
    Subject(
        what=_("Membres du comité"),
        holds=_("Identité, collège et mandat ; être du collège des patients dit quelque chose de sa santé"),
        why=_("Faire évaluer les dossiers par des patients, des aidants et des soignants"),
        basis=CONSENT,
        models=("reviewers.mandate", "reviewers.mandatehearing"),
    ),
    Subject(
        what=_("Liens d'intérêts"),
        holds=_("Liens avec des organismes, des cinq dernières années"),
        why=_("Que personne n'évalue un dossier avec lequel il a un lien"),
        basis=DUTY,
        models=(
            "reviewers.interestlink",
            "reviewers.linkmatch",
            "reviewers.staffmatch",
            "reviewers.challenge",
        ),
    ),
    Subject(
        what=_("Évaluations et avis"),
        holds=WRITTEN,
        why=_("Donner un avis motivé sur chaque demande"),
        models=(
            "reviewers.assignment",
            "reviewers.score",
            "reviewers.evaluation",
            "reviewers.opinion",
            "reviewers.rapporteur",
            "reviewers.officefinding",
        ),
    ),
    Subject(
        what=_("Séances du comité"),
        holds=_(
            "Présences, pouvoirs, contributions, votes (un vote secret n'est lié à personne), procès-verbaux, "
            "personnes extérieures entendues"
        ),
        why=_("Donner un avis collégial et prouver comment il a été donné"),
        models=(
            "reviewers.session",
            "reviewers.invitation",
            "reviewers.attendance",
            "reviewers.stepout",
            "reviewers.agendaitem",
            "reviewers.itemstatement",
            "reviewers.contribution",
            "reviewers.discussionpoint",
            "reviewers.ballot",
            "reviewers.secretcount",
            "reviewers.deferral",
            "reviewers.secondopinion",
            "reviewers.deliberationact",
            "reviewers.expert",
            "reviewers.minutes",
            "reviewers.chairapproval",
            "reviewers.minuteschange",
            "reviewers.logbookentry",
        ),
    ),
    Subject(
        what=_("Grilles recopiées et résumés en langage simple"),
        holds=WRITTEN,
        why=_("Évaluer sur papier ou par téléphone, et lire l'essentiel d'un dossier"),
        models=("reviewers.gridentry", "reviewers.rereadentry", "reviewers.plainsummary"),
    ),
    Subject(
        what=_("Entraînement des membres"),
        holds=_("Réponses à deux dossiers fictifs, que le membre seul relit, et la date"),
        why=_("Apprendre à évaluer avant le premier dossier"),
        kept=_("Durée du mandat."),
        models=("reviewers.practice",),
    ),
    Subject(
        what=_("Décisions"),
        holds=QUALITY,
        why=_("Décider, expliquer et permettre de contester"),
        basis=DUTY,
        models=("decisions.decision", "decisions.proposedcondition"),
    ),
    Subject(
        what=_("Recours et litiges"),
        holds=_("Ce que la structure conteste et demande, étapes devant le tribunal"),
        why=_("Répondre aux recours, par des personnes qui n'avaient pas décidé"),
        basis=DUTY,
        where=FILES,
        models=(
            "decisions.appeal",
            "decisions.answeredpoint",
            "decisions.silencerequest",
            "decisions.litigation",
            "decisions.litigationstep",
        ),
    ),
    Subject(
        what=_("Labels et certificats"),
        holds=_("Nom et qualité de la personne qui a signé"),
        why=_("Que chacun puisse vérifier un label"),
        kept=PUBLIC,
        where=FILES,
        models=(
            "certificates.label",
            "certificates.recognisedsolution",
            "certificates.suspension",
            "certificates.condition",
            "certificates.interruption",
            "certificates.certificate",
            "certificates.sealrenewal",
        ),
    ),
    Subject(
        what=_("Attestations numériques et listes d'état"),
        holds=NOBODY,
        why=_("Que chacun puisse vérifier un certificat sans nous demander"),
        basis=NO_BASIS,
        kept=PUBLIC,
        models=("certificates.credential", "certificates.statuslist"),
    ),
    Subject(
        what=_("Journal public"),
        holds=NOBODY,
        why=_("Que personne ne change l'histoire d'un label sans que cela se voie"),
        basis=NO_BASIS,
        kept=PUBLIC,
        models=(
            "certificates.loggedfact",
            "certificates.leaf",
            "certificates.treenode",
            "certificates.loghead",
            "certificates.checkpoint",
            "certificates.checkpointstamp",
        ),
    ),
    Subject(
        what=_("Suivi annuel et changements déclarés"),
        holds=_("Dirigeants de la structure, liens avec les industries de santé, personnes appelées"),
        why=_("Vérifier chaque année que le label est toujours mérité"),
        where=FILES,
        models=(
            "certificates.followup",
            "certificates.gap",
            "certificates.consultation",
            "certificates.contact",
            "certificates.change",
            "certificates.mergerrequest",
            "certificates.registeralert",
        ),
    ),
    Subject(
        what=_("Mesures sur un label et procédures de retrait"),
        holds=_("Griefs, observations de la structure, procès-verbal de l'audition, personne qui l'assiste"),
        why=_("Entendre la structure avant toute mesure"),
        basis=DUTY,
        where=FILES,
        models=(
            "certificates.measure",
            "certificates.withdrawal",
            "certificates.withdrawalopinion",
            "certificates.withdrawalproposal",
            "certificates.noticeanswer",
            "certificates.hearing",
            "certificates.ground",
            "certificates.observation",
        ),
    ),
    Subject(
        what=_("Registre public des associations"),
        holds=NOBODY,
        why=_("Ne pas demander ce que l'État sait déjà"),
        basis=NO_BASIS,
        kept=_("Remplacé à chaque mise à jour du registre."),
        models=("structures.registerentry", "structures.importrun"),
    ),
    Subject(
        what=_("Signalements du public"),
        holds=_("Ce qui est signalé, la suite donnée ; jamais qui l'a dit"),
        why=_("Vérifier ce qui est signalé sur une association labellisée"),
        kept=_("Durée de la vérification, puis tableau de gestion ; le texte peut être effacé avant."),
        models=("feedback.report",),
    ),
    Subject(
        what=_("Personnes qui signalent"),
        holds=_("Nom et moyens de joindre la personne, si elle les donne ; empreinte du réseau et du code"),
        why=_("Répondre à la personne ; son nom n'est jamais transmis à l'association"),
        kept=_(
            "6 mois après la fin du signalement, puis effacé ; deux personnes seulement le lisent, et c'est noté."
        ),
        models=("feedback.source",),
    ),
    Subject(
        what=_("Règles et modèles"),
        holds=NOBODY,
        why=_("Savoir quel texte s'appliquait quel jour"),
        basis=NO_BASIS,
        kept=PUBLIC,
        models=("label.edition", "letters.template", "journal.counter"),
    ),
    Subject(
        what=_("Fonctionnement du service"),
        holds=NOBODY,
        why=_("Faire avancer les tâches"),
        basis=NO_BASIS,
        kept=RUNNING,
        models=(
            "auth.permission",
            "auth.group",
            "contenttypes.contenttype",
            "django_tasks_database.dbtaskresult",
            "viewflow.process",
            "viewflow.task",
            "workflows.comparison",
            "workflows.procedure",
            "workflows.obligation",
            "letters.demonstrationmail",
        ),
    ),
)
