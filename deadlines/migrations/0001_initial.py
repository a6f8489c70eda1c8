import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('journal', '0001_initial'),
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
