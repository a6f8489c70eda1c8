import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('journal', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=40)),
                ('started_on', models.DateField()),
                ('months', models.PositiveSmallIntegerField(default=0)),
                ('days', models.PositiveSmallIntegerField(default=0)),
                ('franc', models.BooleanField(default=False)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('proof', models.CharField(blank=True, max_length=200)),
                ('handled_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, max_length=20)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='journal.thread')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['due_on', 'id'], name='deadline_running'), models.Index(condition=models.Q(('ended_at', None), ('handled_at', None)), fields=['due_on', 'id'], name='deadline_unhandled'), models.Index(fields=['subject'], name='deadline_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('subject', 'kind'), name='one_running_deadline_per_kind')],
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('cause', models.CharField(max_length=80)),
                ('deadline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='deadlines.deadline')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('begins_on')), _connector='OR'), name='pause_period'), models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('deadline',), name='one_open_pause_per_deadline')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offset_days', models.SmallIntegerField()),
                ('due_on', models.DateField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('deadline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='deadlines.deadline')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('dropped_at', None), ('sent_at', None)), fields=['due_on'], name='reminder_waiting')],
                'constraints': [models.UniqueConstraint(fields=('deadline', 'offset_days'), name='one_reminder_per_offset')],
            },
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('what', models.TextField(max_length=500)),
                ('recorded_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dropped_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='outage', to='journal.thread')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at__gt', models.F('began_at'))), name='outage_has_a_length'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), models.Q(('confirmed_by', models.F('recorded_by')), _negated=True)), _connector='OR'), name='outage_confirmed_by_somebody_else'), models.CheckConstraint(condition=models.Q(models.Q(('dropped_at', None), ('dropped_by', None)), models.Q(('confirmed_at', None), ('dropped_at__isnull', False), ('dropped_by__isnull', False)), _connector='OR'), name='outage_dropped_is_whole'), models.UniqueConstraint(condition=models.Q(('dropped_at', None)), fields=('began_at', 'ended_at'), name='one_outage_per_period')],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=40)),
                ('whose', models.CharField(max_length=80)),
                ('was_due_on', models.DateField()),
                ('due_on', models.DateField()),
                ('outcome', models.CharField(choices=[('moved', 'Date déplacée'), ('given_back', 'Rouvert, date déplacée'), ('to_do', "Déjà clos : une personne s'en occupe"), ('nothing', 'Rien à rendre')], max_length=10)),
                ('made_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('deadline', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='deadlines.deadline')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='journal.thread')),
                ('outage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='deadlines.outage')),
            ],
            options={
                'indexes': [models.Index(fields=['subject'], name='extension_subject'), models.Index(fields=['whose', 'due_on'], name='extension_whose'), models.Index(condition=models.Q(('outcome', 'to_do'), ('settled_at', None)), fields=['made_at'], name='extension_to_do')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deadline__isnull', False)), fields=('outage', 'deadline'), name='one_extension_per_deadline'), models.UniqueConstraint(condition=models.Q(('deadline', None)), fields=('outage', 'subject', 'kind'), name='one_extension_per_date'), models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('was_due_on'))), name='extension_gives_days'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('settled_by', None)), models.Q(('outcome', 'to_do'), ('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='extension_settled_is_whole')],
            },
        ),
        migrations.CreateModel(
            name='TickRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=60)),
                ('slot', models.DateField()),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job', 'slot'), name='one_run_per_slot')],
            },
        ),
    ]
