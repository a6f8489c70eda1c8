import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('journal', '0001_initial'),
        ('letters', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_sha256', models.CharField(max_length=64, unique=True)),
                ('rows_done', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RegisterEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('old_number', models.CharField(blank=True, max_length=40)),
                ('siret', models.CharField(blank=True, max_length=14)),
                ('title', models.CharField(max_length=500)),
                ('short_title', models.CharField(blank=True, max_length=200)),
                ('purpose', models.TextField(blank=True)),
                ('nature', models.CharField(blank=True, max_length=1)),
                ('grouping', models.CharField(blank=True, max_length=1)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('postal_code', models.CharField(blank=True, max_length=12)),
                ('city_code', models.CharField(blank=True, max_length=5)),
                ('city', models.CharField(blank=True, max_length=120)),
                ('website', models.CharField(blank=True, max_length=300)),
                ('created_on', models.DateField(null=True)),
                ('declared_on', models.DateField(null=True)),
                ('dissolved_on', models.DateField(null=True)),
                ('position', models.CharField(default='A', max_length=1)),
                ('replaced_by', models.CharField(blank=True, max_length=20)),
                ('updated_on', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['old_number'], name='register_old_number'), models.Index(fields=['siret'], name='register_siret')],
            },
        ),
        migrations.CreateModel(
            name='Structure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('open', 'Ouvert'), ('frozen', 'En lecture seule')], default='open', max_length=50, protected=True)),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
                ('name', models.CharField(max_length=300, verbose_name='Nom')),
                ('short_name', models.CharField(blank=True, max_length=60, verbose_name='Sigle')),
                ('structure_type', models.CharField(default='association_1901', max_length=40, verbose_name='Type de structure')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='Adresse du siège')),
                ('postal_code', models.CharField(blank=True, max_length=12, verbose_name='Code postal')),
                ('city', models.CharField(blank=True, max_length=120, verbose_name='Commune')),
                ('department', models.CharField(blank=True, max_length=3, verbose_name='Département')),
                ('region', models.CharField(blank=True, max_length=2, verbose_name='Région')),
                ('country', models.CharField(default='FR', max_length=2, verbose_name='Pays')),
                ('website', models.URLField(blank=True, max_length=300, verbose_name='Site internet')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='E-mail public')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='Téléphone public')),
                ('founded_on', models.DateField(blank=True, null=True, verbose_name='Date de création')),
                ('created_at', models.DateTimeField()),
                ('thread', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='structure', to='journal.thread')),
            ],
            options={
                'verbose_name': 'structure',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('frozen_at__isnull', False), ('state', 'frozen')), models.Q(('frozen_at', None), ('state', 'open')), _connector='OR'), name='structures_structure_frozen_has_date')],
            },
        ),
        migrations.CreateModel(
            name='Solution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name="Nom de l'action")),
                ('summary', models.TextField(blank=True, max_length=2000, verbose_name="L'action en quelques phrases")),
                ('main_field', models.CharField(blank=True, max_length=5, verbose_name="Champ d'action principal")),
                ('territory', models.CharField(blank=True, choices=[('national', 'Partout en France'), ('regional', 'Une ou plusieurs régions'), ('departmental', 'Un ou plusieurs départements'), ('local', 'Une ville ou un quartier')], max_length=12, verbose_name='Zone couverte')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='Ville ou quartier')),
                ('remote', models.BooleanField(default=False, verbose_name='Possible à distance')),
                ('is_free', models.BooleanField(blank=True, null=True, verbose_name='Gratuite')),
                ('version', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='solutions', to='structures.structure')),
            ],
        ),
        migrations.CreateModel(
            name='ServiceConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('given_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_consents', to='structures.structure')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('structure',), name='one_live_consent')],
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('rna', 'Numéro RNA'), ('old_rna', 'Ancien numéro de dossier'), ('siren', 'Numéro SIREN'), ('siret', 'Numéro SIRET'), ('alsace_moselle', "Registre d'Alsace ou de Moselle"), ('amalia', 'Numéro AMALIA'), ('foreign', 'Autre registre'), ('none', 'Sans numéro, avec un justificatif')], max_length=16)),
                ('value', models.CharField(max_length=200)),
                ('added_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('other_entity', models.CharField(blank=True, max_length=300)),
                ('other_told_on', models.DateField(blank=True, null=True)),
                ('other_told_how', models.CharField(blank=True, max_length=500)),
                ('other_told_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proof', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='structures.structure')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('superseded_at', None), models.Q(('kind__in', ['none', 'old_rna']), _negated=True)), fields=('kind', 'value'), name='one_structure_per_number'), models.CheckConstraint(condition=models.Q(('other_entity', ''), ('superseded_at__isnull', False), _connector='OR'), name='only_a_replaced_number_was_of_another'), models.CheckConstraint(condition=models.Q(models.Q(('other_told_by', None), ('other_told_how', ''), ('other_told_on', None)), models.Q(models.Q(('other_entity', ''), _negated=True), models.Q(('other_told_how', ''), _negated=True), ('other_told_by__isnull', False), ('other_told_on__isnull', False)), _connector='OR'), name='another_entity_told_by_a_person')],
            },
        ),
        migrations.CreateModel(
            name='RegisterCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40)),
                ('result', models.CharField(choices=[('match', 'Trouvée, même nom'), ('mismatch', 'Trouvée, autre nom'), ('closed', 'Trouvée, dissoute ou fermée'), ('not_found', 'Non trouvée'), ('unavailable', 'Le registre ne répond pas')], max_length=12)),
                ('found_name', models.CharField(blank=True, max_length=500)),
                ('found_number', models.CharField(blank=True, max_length=40)),
                ('found_address', models.CharField(blank=True, max_length=500)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('register_date', models.DateField(blank=True, null=True)),
                ('asked_at', models.DateTimeField()),
                ('conclusion', models.CharField(blank=True, choices=[('confirmed', "C'est bien elle"), ('waived', 'Vérifiée autrement'), ('refused', "Ce n'est pas elle")], max_length=12)),
                ('concluded_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True, max_length=2000)),
                ('concluded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='register_checks', to='structures.structure')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('concluded_by', None), ('conclusion', '')), models.Q(models.Q(('conclusion', ''), _negated=True), ('concluded_at__isnull', False), ('concluded_by__isnull', False)), _connector='OR'), name='conclusion_by_a_person')],
            },
        ),
        migrations.CreateModel(
            name='OfficersRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_on', models.DateField()),
                ('answer', models.CharField(choices=[('same', 'Le registre nomme cette personne'), ('other', "Le registre nomme quelqu'un d'autre"), ('court', 'Une décision de justice nomme cette personne'), ('no_list', 'Aucun registre ne dit qui dirige cette structure')], max_length=8)),
                ('noted_at', models.DateTimeField()),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proof', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='officers_reads', to='structures.structure')),
            ],
            options={
                'indexes': [models.Index(fields=['structure', 'person', '-read_on'], name='officers_read_of')],
            },
        ),
        migrations.CreateModel(
            name='ContactAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('phone', 'Téléphone'), ('post', 'Courrier')], max_length=5)),
                ('tried_on', models.DateField()),
                ('outcome', models.CharField(max_length=500)),
                ('noted_at', models.DateTimeField()),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contact_attempts', to='structures.structure')),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('representative', 'représente la structure (signe et dépose)'), ('editor', 'écrit'), ('reader', 'lit')], max_length=16)),
                ('quality', models.CharField(blank=True, max_length=120, verbose_name='Qualité (présidente, trésorier…)')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('proof', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='structures.structure')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('structure', 'user'), name='member_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('role', 'representative')), fields=('structure',), name='one_representative')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('role', models.CharField(choices=[('representative', 'représente la structure (signe et dépose)'), ('editor', 'écrit'), ('reader', 'lit')], max_length=16)),
                ('quality', models.CharField(blank=True, max_length=120)),
                ('hands_over', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('accepted', models.BooleanField(null=True)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proof', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='structures.structure')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at', None), models.Q(('email', ''), _negated=True)), fields=('structure', 'email'), name='one_open_invitation_per_address')],
            },
        ),
        migrations.CreateModel(
            name='SolutionFacet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facet', models.CharField(choices=[('field', "Champ d'action"), ('cancer', 'Type de cancer'), ('region', 'Région'), ('department', 'Département'), ('audience', 'Public'), ('access', 'Accès'), ('moment', 'Moment')], max_length=12)),
                ('code', models.CharField(max_length=20)),
                ('solution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='facets', to='structures.solution')),
            ],
            options={
                'indexes': [models.Index(fields=['facet', 'code', 'solution'], name='facet_search')],
                'constraints': [models.UniqueConstraint(fields=('solution', 'facet', 'code'), name='facet_code_once')],
            },
        ),
    ]
