import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('certificates', '0001_initial'),
        ('journal', '0001_initial'),
        ('letters', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('received', 'Reçu'), ('acknowledged', 'Accusé'), ('qualified', 'Qualifié'), ('under_inquiry', 'En enquête'), ('founded', 'Fondé'), ('closed', 'Clos'), ('unfounded', 'Non fondé'), ('inadmissible', 'Écarté'), ('passed_on', "Transmis à l'autorité")], default='received', max_length=50, protected=True)),
                ('received_at', models.DateTimeField()),
                ('qualified_at', models.DateTimeField(blank=True, null=True)),
                ('proposed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reference', models.CharField(max_length=24, unique=True)),
                ('about', models.CharField(blank=True, max_length=300)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('safety', "Quelqu'un peut être en danger"), ('false_information', 'Une information fausse ou trompeuse'), ('money', "Un problème d'argent"), ('respect', 'Un manque de respect, une pression'), ('data', 'Des données personnelles mal protégées'), ('other', 'Autre chose')], max_length=20, verbose_name='Que se passe-t-il ?')),
                ('text', models.TextField(blank=True, max_length=10000)),
                ('text_erased_at', models.DateTimeField(blank=True, null=True)),
                ('severity', models.CharField(blank=True, choices=[('safety', 'Sécurité'), ('ethics', 'Éthique'), ('quality', 'Qualité'), ('data', 'Données')], max_length=8)),
                ('alerted_at', models.DateTimeField(blank=True, null=True)),
                ('seen_by_signatory_at', models.DateTimeField(blank=True, null=True)),
                ('facts', models.TextField(blank=True, max_length=10000)),
                ('conclusion', models.CharField(blank=True, choices=[('unfounded', 'Les faits ne sont pas établis'), ('founded', 'Les faits sont établis')], max_length=10)),
                ('measure', models.CharField(blank=True, choices=[('recommendation', "Une recommandation à l'association"), ('gap', 'Un écart dans le suivi annuel'), ('withdrawal', 'Une procédure de retrait du label')], max_length=16)),
                ('reasons', models.TextField(blank=True, max_length=10000)),
                ('told', models.TextField(blank=True, max_length=5000)),
                ('answer', models.TextField(blank=True, max_length=5000)),
                ('gap_terms', models.JSONField(default=dict)),
                ('authority', models.CharField(blank=True, max_length=300)),
                ('sealed', models.TextField(blank=True, max_length=10000)),
                ('asked', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.exchange')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('duplicate_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='linked', to='feedback.report')),
                ('gap', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certificates.gap')),
                ('label', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='certificates.label')),
                ('officer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='journal.thread')),
            ],
            options={
                'verbose_name': 'signalement',
                'abstract': False,
                'indexes': [models.Index(fields=['state', 'received_at', 'id'], name='report_by_state'), models.Index(fields=['-id'], name='report_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['received', 'acknowledged']), models.Q(('officer__isnull', False), ('qualified_at__isnull', False)), _connector='OR'), name='feedback_report_qualified_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['founded', 'closed', 'unfounded']), _negated=True), models.Q(('confirmed_by__isnull', False), ('proposed_by__isnull', False), models.Q(('confirmed_by', models.F('proposed_by')), _negated=True), models.Q(('confirmed_by', models.F('officer')), _negated=True)), _connector='OR'), name='feedback_report_concluded_by_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['closed', 'unfounded', 'inadmissible', 'passed_on'])), models.Q(models.Q(('state__in', ['closed', 'unfounded', 'inadmissible', 'passed_on']), _negated=True), ('ended_at', None)), _connector='OR'), name='feedback_report_ended_has_date'), models.CheckConstraint(condition=models.Q(('state__in', ['received', 'acknowledged']), models.Q(('severity', ''), _negated=True), _connector='OR'), name='report_qualified_has_severity'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'passed_on'), _negated=True), models.Q(('authority', ''), _negated=True), _connector='OR'), name='report_passed_on_names_the_authority'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['founded', 'closed']), _negated=True), models.Q(('measure', ''), _negated=True), _connector='OR'), name='report_founded_has_a_measure')],
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('address', models.TextField(blank=True, max_length=500)),
                ('secret', models.CharField(max_length=64)),
                ('form_key', models.CharField(max_length=32, unique=True)),
                ('network', models.CharField(blank=True, max_length=32)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='source', to='feedback.report')),
            ],
            options={
                'indexes': [models.Index(fields=['network', '-id'], name='source_network')],
            },
        ),
    ]
