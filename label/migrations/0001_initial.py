import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('charter', '0001_initial'),
        ('journal', '0001_initial'),
        ('letters', '0001_initial'),
        ('structures', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('draft', 'Brouillon'), ('submitted', 'Déposé, à vérifier'), ('incomplete', 'Incomplet'), ('admissible', 'Recevable, panel à composer'), ('under_review', 'En évaluation'), ('in_deliberation', 'En délibération'), ('deferred', 'Ajourné'), ('advised', 'Avis rendu'), ('granted', 'Accordé'), ('refused', 'Refusé'), ('inadmissible', 'Irrecevable'), ('withdrawn', 'Désisté'), ('closed', 'Classé sans suite'), ('purged', 'Purgé')], default='draft', max_length=50, protected=True)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('admissible_at', models.DateTimeField(blank=True, null=True)),
                ('advised_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reference', models.CharField(max_length=24, unique=True)),
                ('kind', models.CharField(choices=[('initial', 'Première demande'), ('renewal', 'Renouvellement'), ('addition', 'Nouvelle action')], default='initial', max_length=10)),
                ('opened_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField()),
                ('implicit_decision_on', models.DateField(blank=True, null=True)),
                ('received_on', models.DateField(blank=True, null=True)),
                ('draft_reading_asked_at', models.DateTimeField(blank=True, null=True)),
                ('public_summary', models.TextField(blank=True, max_length=1000)),
                ('case_officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='case_files', to=settings.AUTH_USER_MODEL)),
                ('charter_signature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='charter.signature')),
                ('edited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('previous', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='label.application')),
                ('reopens', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reopened_by', to='label.application')),
                ('solutions', models.ManyToManyField(related_name='applications', to='structures.solution')),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='structures.structure')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='application', to='journal.thread')),
            ],
            options={
                'verbose_name': 'dossier',
                'abstract': False,
                'indexes': [models.Index(fields=['-id'], name='application_newest'), models.Index(fields=['state', '-id'], name='application_by_state'), models.Index(fields=['case_officer', '-id'], name='application_by_officer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'purged']), models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='label_application_submitted_has_date'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'draft'), _negated=True), models.Q(('ended_at', None), ('submitted_at', None)), _connector='OR'), name='label_application_draft_has_no_date'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['granted', 'refused', 'inadmissible', 'withdrawn', 'closed', 'purged'])), models.Q(models.Q(('state__in', ['granted', 'refused', 'inadmissible', 'withdrawn', 'closed', 'purged']), _negated=True), ('ended_at', None)), _connector='OR'), name='label_application_ended_if_final'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['admissible', 'under_review', 'in_deliberation', 'deferred', 'advised', 'refused']), _negated=True), ('admissible_at__isnull', False), _connector='OR'), name='label_application_review_needs_admissible'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['advised', 'refused']), _negated=True), ('advised_at__isnull', False), _connector='OR'), name='label_application_advised_has_date'), models.UniqueConstraint(condition=models.Q(('state__in', ['granted', 'refused', 'inadmissible', 'withdrawn', 'closed', 'purged']), _negated=True), fields=('structure',), name='one_open_application_per_structure')],
            },
        ),
        migrations.CreateModel(
            name='Contributor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name="Nom de la personne ou de l'organisme")),
                ('part', models.CharField(max_length=300, verbose_name="Ce qu'elle ou il apportera")),
                ('is_confirmed', models.BooleanField(default=False, verbose_name='A donné son accord')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contributors', to='label.application')),
            ],
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description', models.CharField(max_length=200, verbose_name="De quoi s'agit-il, en une ligne ?")),
                ('criteria', models.JSONField(default=list)),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='label.application')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
            ],
        ),
        migrations.CreateModel(
            name='DocumentRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='document_requests', to='label.application')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.letter')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at', None)), fields=('application',), name='one_open_document_request')],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('draft', 'Projet'), ('adopted', 'Adopté'), ('in_force', 'En vigueur'), ('superseded', 'Remplacé'), ('archived', 'Archivé'), ('abandoned', 'Abandonné')], default='draft', max_length=50, protected=True)),
                ('adopted_at', models.DateTimeField(blank=True, null=True)),
                ('effective_on', models.DateField(blank=True, null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('opinion', models.TextField(blank=True, max_length=5000)),
                ('opinion_on', models.DateField(blank=True, null=True)),
                ('immediate_reason', models.TextField(blank=True, max_length=2000)),
                ('version', models.CharField(max_length=20, unique=True)),
                ('title_fr', models.CharField(max_length=200)),
                ('title_en', models.CharField(max_length=200)),
                ('data', models.JSONField()),
                ('thread', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='edition', to='journal.thread')),
            ],
            options={
                'verbose_name': 'édition du référentiel',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'abandoned']), models.Q(('adopted_at__isnull', False), ('effective_on__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='label_edition_adopted_is_frozen'), models.UniqueConstraint(condition=models.Q(('state', 'in_force')), fields=('state',), name='label_edition_one_in_force')],
            },
        ),
        migrations.AddField(
            model_name='application',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='label.edition'),
        ),
        migrations.CreateModel(
            name='HelpRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=30, verbose_name='Numéro où vous rappeler')),
                ('when', models.CharField(max_length=120, verbose_name='Quand vous rappeler')),
                ('asked_at', models.DateTimeField()),
                ('handled_at', models.DateTimeField(blank=True, null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='help_requests', to='label.application')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('handled_at', None)), fields=['id'], name='help_request_waiting')],
            },
        ),
        migrations.CreateModel(
            name='PaperEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('means', models.CharField(choices=[('post', 'Courrier'), ('phone', 'Téléphone'), ('visit', 'Visite')], max_length=6)),
                ('postmarked_on', models.DateField(blank=True, null=True)),
                ('received_on', models.DateField()),
                ('read_back_on', models.DateField(blank=True, null=True)),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper_entry', to='label.application')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('on_behalf_of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('read_back_letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.letter')),
                ('scan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('means', 'post'), _negated=True), models.Q(('postmarked_on__isnull', False), ('scan__isnull', False)), _connector='OR'), name='posted_entry_has_postmark_and_scan')],
            },
        ),
        migrations.CreateModel(
            name='RequestedPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60)),
                ('what', models.CharField(max_length=300)),
                ('why', models.TextField(max_length=2000)),
                ('answer', models.TextField(blank=True, max_length=10000)),
                ('cannot_provide', models.BooleanField(default=False)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='label.documentrequest')),
            ],
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('content', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('edition_version', models.CharField(max_length=20)),
                ('charter_version', models.CharField(max_length=20)),
                ('made_at', models.DateTimeField()),
                ('masked', models.PositiveSmallIntegerField(default=0)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='label.application')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application', 'number'), name='snapshot_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Masking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('places', models.JSONField()),
                ('why', models.CharField(choices=[('health', "La santé d'une personne que l'on peut reconnaître"), ('private', "La vie privée d'une personne que l'on peut reconnaître"), ('contact', "Le nom ou les coordonnées d'une personne qui n'a pas donné son accord")], max_length=8)),
                ('before', models.CharField(max_length=64)),
                ('after', models.CharField(max_length=64)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.event')),
                ('letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.letter')),
                ('snapshot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='maskings', to='label.snapshot')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('snapshot', 'number'), name='snapshot_masking_once'), models.UniqueConstraint(fields=('letter', 'number'), name='letter_masking_once'), models.CheckConstraint(condition=models.Q(models.Q(('letter__isnull', False), ('snapshot', None)), models.Q(('letter', None), ('snapshot__isnull', False)), _connector='OR'), name='masking_of_one_content')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=60)),
                ('verdict', models.CharField(choices=[('present', 'Présent'), ('missing', 'Manquant'), ('unclear', 'À préciser')], max_length=8)),
                ('comment', models.TextField(blank=True, max_length=2000)),
                ('made_at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='label.application')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='label.snapshot')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('snapshot', 'item'), name='finding_once_per_item')],
            },
        ),
        migrations.AddField(
            model_name='application',
            name='snapshot',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='label.snapshot'),
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=60)),
                ('text', models.TextField(blank=True, max_length=20000)),
                ('version', models.PositiveIntegerField(default=1)),
                ('tab', models.CharField(blank=True, max_length=16)),
                ('saved_at', models.DateTimeField()),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='label.application')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application', 'question'), name='answer_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'purged']), ('snapshot__isnull', False), _connector='OR'), name='submitted_application_has_snapshot'),
        ),
    ]
