import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=3)),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('prefix', 'year'), name='counter_once')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('subject', models.CharField(max_length=80)),
                ('move', models.CharField(max_length=60)),
                ('source', models.CharField(blank=True, max_length=40)),
                ('target', models.CharField(blank=True, max_length=40)),
                ('role', models.CharField(max_length=40)),
                ('on_behalf_of', models.CharField(blank=True, max_length=80)),
                ('reason_digest', models.CharField(blank=True, max_length=64)),
                ('snapshot', models.CharField(blank=True, max_length=64)),
                ('norm_version', models.CharField(blank=True, max_length=40)),
                ('request_id', models.CharField(blank=True, max_length=40)),
                ('previous', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['thread', 'position'],
                'indexes': [models.Index(fields=['subject'], name='event_subject'), models.Index(fields=['-at', '-id'], name='event_newest')],
            },
        ),
        migrations.CreateModel(
            name='Reason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('salt', models.CharField(max_length=32)),
                ('text', models.TextField(max_length=10000)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reason', to='journal.event')),
            ],
        ),
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=60, unique=True)),
                ('length', models.PositiveIntegerField(default=0)),
                ('head', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
                ('root', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='journal.thread')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('root', None), ('root__lt', models.F('id')), _connector='OR'), name='root_is_older')],
            },
        ),
        migrations.AddField(
            model_name='event',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='journal.thread'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('thread', 'position'), name='event_position_once'),
        ),
    ]
