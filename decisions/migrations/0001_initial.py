import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('journal', '0001_initial'),
        ('label', '0001_initial'),
        ('letters', '0001_initial'),
        ('reviewers', '0001_initial'),
        ('structures', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('received', 'Reçu'), ('acknowledged', 'Accusé'), ('under_review', 'En instruction'), ('implicitly_rejected', 'Rejet implicite'), ('upheld', 'Admis'), ('partly_upheld', 'Admis en partie'), ('rejected', 'Rejeté'), ('inadmissible', 'Irrecevable'), ('dropped', 'Désistement')], default='received', max_length=50, protected=True)),
                ('received_on', models.DateField()),
                ('implicitly_rejected_on', models.DateField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('contested', models.TextField(max_length=20000, verbose_name='Ce que vous contestez')),
                ('asked', models.TextField(max_length=20000, verbose_name='Ce que vous demandez')),
                ('scores_contested', models.BooleanField(default=False)),
                ('means', models.CharField(choices=[('online', 'En ligne'), ('post', 'Courrier'), ('phone', 'Téléphone'), ('visit', 'Visite')], default='online', max_length=8)),
                ('lodged_at', models.DateTimeField()),
                ('lodged_on', models.DateField()),
                ('read_back_on', models.DateField(blank=True, null=True)),
                ('is_late', models.BooleanField(default=False)),
                ('silence_on', models.DateField()),
                ('outcome', models.CharField(blank=True, choices=[('upheld', 'Faire droit au recours'), ('partly_upheld', 'Faire droit en partie'), ('rejected', 'Rejeter le recours'), ('inadmissible', 'Constater que le recours ne peut pas être examiné')], max_length=16, verbose_name='Sens de la réponse')),
                ('what_changes', models.TextField(blank=True, max_length=5000, verbose_name='Ce qui change')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('files', models.ManyToManyField(related_name='+', to='letters.storedfile')),
                ('lodged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to=settings.AUTH_USER_MODEL)),
                ('receipt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.letter')),
                ('scan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
            ],
            options={
                'verbose_name': 'recours',
                'abstract': False,
                'indexes': [models.Index(fields=['state', 'silence_on', 'id'], name='appeal_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['received', 'acknowledged', 'under_review', 'implicitly_rejected'])), models.Q(models.Q(('state__in', ['received', 'acknowledged', 'under_review', 'implicitly_rejected']), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='decisions_appeal_ended_has_date'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'implicitly_rejected'), _negated=True), ('implicitly_rejected_on__isnull', False), _connector='OR'), name='decisions_appeal_silence_has_date'), models.CheckConstraint(condition=models.Q(models.Q(('means', 'post'), _negated=True), models.Q(('entered_by__isnull', False), ('scan__isnull', False)), _connector='OR'), name='posted_appeal_has_scan'), models.CheckConstraint(condition=models.Q(('received_on__gte', models.F('lodged_on'))), name='appeal_reached_us_after_it_left')],
            },
        ),
        migrations.CreateModel(
            name='AnsweredPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.TextField(max_length=2000)),
                ('answer', models.TextField(max_length=5000)),
                ('appeal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points', to='decisions.appeal')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('prepared', 'Préparée'), ('signed', 'Signée, à notifier'), ('notified', 'Notifiée'), ('final', 'Définitive'), ('replaced', 'Remplacée'), ('annulled', 'Annulée'), ('abandoned', 'Abandonnée')], default='prepared', max_length=50, protected=True)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('notified_on', models.DateField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('grant', 'Octroi du label'), ('grant_with_conditions', 'Octroi avec réserves'), ('refuse', 'Refus'), ('inadmissible', 'Irrecevabilité'), ('close', 'Classement sans suite'), ('implicit', 'Décision implicite'), ('extend', 'Prolongation'), ('conditions', 'Réserves'), ('suspend', 'Suspension'), ('lift', 'Levée de suspension'), ('withdraw', 'Retrait du label'), ('annul', 'Annulation'), ('lapse', 'Caducité'), ('transfer', 'Transfert'), ('appeal_answer', 'Réponse à un recours')], max_length=24)),
                ('prepared_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('reasons_in_law', models.TextField(blank=True, max_length=20000, verbose_name='En droit')),
                ('reasons_in_fact', models.TextField(blank=True, max_length=20000, verbose_name='En fait')),
                ('divergence_reasons', models.TextField(blank=True, max_length=20000, verbose_name="Pourquoi la décision s'écarte de l'avis")),
                ('criteria', models.JSONField(default=list)),
                ('closed_reason', models.CharField(blank=True, max_length=40)),
                ('how_to_improve', models.TextField(blank=True, max_length=10000)),
                ('answers_to_observations', models.TextField(blank=True, max_length=20000)),
                ('suspension_outcome', models.CharField(blank=True, choices=[('ends', 'La suspension prend fin'), ('goes_on', "La suspension continue sur le nouveau label, jusqu'à sa date de fin")], max_length=8)),
                ('signatory_name', models.CharField(blank=True, max_length=200)),
                ('signatory_quality', models.CharField(blank=True, max_length=200)),
                ('signatory_service', models.CharField(blank=True, max_length=200)),
                ('remedies_opposable', models.BooleanField(default=True)),
                ('gracious_until', models.DateField(blank=True, null=True)),
                ('court_until', models.DateField(blank=True, null=True)),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='label.application')),
                ('delegation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.delegation')),
                ('opinion', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviewers.opinion')),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('snapshot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='label.snapshot')),
                ('solutions', models.ManyToManyField(related_name='+', to='structures.solution')),
                ('supersedes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='journal.thread')),
            ],
            options={
                'verbose_name': 'décision',
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'prepared')), fields=['id'], name='decision_to_sign'), models.Index(fields=['-id'], name='decision_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('signed_by', None), ('state__in', ['prepared', 'abandoned'])), ('kind', 'implicit'), models.Q(models.Q(('state__in', ['prepared', 'abandoned']), _negated=True), ('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='decisions_decision_signed_has_signatory'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['notified', 'final']), _negated=True), ('notified_on__isnull', False), _connector='OR'), name='decisions_decision_notified_has_date'), models.CheckConstraint(condition=models.Q(('signed_by', None), models.Q(('signed_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='decisions_decision_signatory_did_not_prepare'), models.UniqueConstraint(condition=models.Q(('kind__in', ['grant', 'grant_with_conditions', 'refuse', 'inadmissible', 'close', 'implicit']), ('state__in', ['prepared', 'signed'])), fields=('application',), name='one_decision_under_way_per_application'), models.UniqueConstraint(condition=models.Q(('state__in', ['prepared', 'signed'])), fields=('application', 'kind'), name='one_act_of_a_kind_under_way'), models.CheckConstraint(condition=models.Q(('state__in', ['prepared', 'abandoned']), ('kind', 'implicit'), models.Q(models.Q(('reasons_in_law', ''), _negated=True), models.Q(('reasons_in_fact', ''), _negated=True), ('delegation__isnull', False)), _connector='OR'), name='signed_decision_has_reasons')],
            },
        ),
        migrations.AddField(
            model_name='appeal',
            name='answer',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers_appeal', to='decisions.decision'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='decisions.decision'),
        ),
        migrations.CreateModel(
            name='Litigation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('court', models.CharField(max_length=200)),
                ('number', models.CharField(max_length=60)),
                ('opened_on', models.DateField()),
                ('brought_by', models.CharField(choices=[('holder', 'La structure qui a reçu la décision'), ('other', "Quelqu'un d'autre")], max_length=6)),
                ('recorded_at', models.DateTimeField()),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='litigations', to='decisions.decision')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('court', 'number'), name='one_litigation_per_number'), models.CheckConstraint(condition=models.Q(('brought_by__in', ['holder', 'other'])), name='litigation_says_who_contests')],
            },
        ),
        migrations.CreateModel(
            name='ProposedCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=2000)),
                ('proof', models.CharField(max_length=300)),
                ('due_on', models.DateField()),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='decisions.decision')),
            ],
        ),
        migrations.CreateModel(
            name='LitigationStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('lodged', 'Requête introduite'), ('interim_asked', 'Référé suspension demandé'), ('interim_ordered', 'Suspension ordonnée par le juge'), ('interim_refused', 'Suspension refusée par le juge'), ('brief_due', 'Mémoire à produire'), ('annulled', 'Décision annulée par le juge'), ('partly_annulled', 'Décision annulée en partie par le juge'), ('dismissed', 'Requête rejetée'), ('abandoned', 'Désistement'), ('resumed', 'Décision remise en effet')], max_length=16)),
                ('happened_on', models.DateField()),
                ('text', models.TextField(blank=True, max_length=5000)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('carried_out_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('conditions', models.ManyToManyField(related_name='annulled_by', to='decisions.proposedcondition')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('litigation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='decisions.litigation')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['happened_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SilenceRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('attestation', "Attestation d'acceptation"), ('reasons', 'Raisons du rejet implicite')], max_length=12)),
                ('asked_on', models.DateField()),
                ('asked_at', models.DateTimeField()),
                ('reasons_in_law', models.TextField(blank=True, max_length=20000, verbose_name='En droit')),
                ('reasons_in_fact', models.TextField(blank=True, max_length=20000, verbose_name='En fait')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='silence_requests', to='decisions.decision')),
                ('letter', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.letter')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('decision', 'kind'), name='one_silence_request_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('letter', None)), models.Q(('answered_at__isnull', False), ('letter__isnull', False)), _connector='OR'), name='answered_silence_request_has_letter')],
            },
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['inadmissible', 'dropped']), _negated=True), fields=('decision',), name='one_appeal_per_decision'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('answer', None), models.Q(('officer__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='answered_appeal_has_officer'),
        ),
    ]
