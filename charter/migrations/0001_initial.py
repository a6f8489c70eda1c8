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
        ('structures', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Charter',
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
                ('text', models.JSONField()),
                ('thread', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='charter', to='journal.thread')),
            ],
            options={
                'verbose_name': 'version de la charte',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'abandoned']), models.Q(('adopted_at__isnull', False), ('effective_on__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='charter_charter_adopted_is_frozen'), models.UniqueConstraint(condition=models.Q(('state', 'in_force')), fields=('state',), name='charter_charter_one_in_force')],
            },
        ),
        migrations.CreateModel(
            name='IdentityCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('means', models.CharField(choices=[('call', 'Appel au numéro déclaré'), ('letter', 'Réponse écrite à notre lettre')], max_length=6)),
                ('number', models.CharField(blank=True, max_length=30)),
                ('done_on', models.DateField()),
                ('answered_by', models.CharField(blank=True, max_length=200)),
                ('result', models.CharField(choices=[('confirmed', "La personne confirme qu'elle a signé"), ('denied', "La personne dit qu'elle n'a pas signé"), ('no_answer', "Personne n'a répondu")], max_length=10)),
                ('noted_at', models.DateTimeField()),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proof', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('signatory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identity_checks', to='structures.structure')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('means', 'call'), ('proof', None), models.Q(('number', ''), _negated=True)), models.Q(('means', 'letter'), ('number', '')), _connector='OR'), name='call_back_has_number'), models.CheckConstraint(condition=models.Q(('result', 'no_answer'), models.Q(('answered_by', ''), _negated=True), _connector='OR'), name='identity_answer_has_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('means', 'letter'), _negated=True), ('result', 'no_answer'), ('proof__isnull', False), _connector='OR'), name='identity_letter_has_its_answer')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('articles', models.JSONField()),
                ('text_digest', models.CharField(max_length=64)),
                ('signatory_name', models.CharField(max_length=200)),
                ('quality', models.CharField(max_length=120)),
                ('method', models.CharField(choices=[('code', 'Code reçu par e-mail'), ('paper', 'Signature à la main')], max_length=6)),
                ('signed_at', models.DateTimeField()),
                ('charter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='charter.charter')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charter_signatures', to='structures.structure')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('structure', 'charter'), name='one_signature_per_version'), models.CheckConstraint(condition=models.Q(models.Q(('method', 'paper'), _negated=True), models.Q(('recorded_by__isnull', False), ('scan__isnull', False)), _connector='OR'), name='paper_signature_has_scan')],
            },
        ),
    ]
