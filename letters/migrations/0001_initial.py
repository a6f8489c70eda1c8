import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('journal', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DemonstrationMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to_address', models.EmailField(max_length=254)),
                ('title', models.CharField(max_length=300)),
                ('text', models.TextField()),
                ('sent_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=160, unique=True)),
                ('to_address', models.EmailField(max_length=254)),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('status', models.CharField(choices=[('queued', 'En attente'), ('sent', 'Envoyé'), ('failed', 'En échec'), ('dropped', 'Devenu sans objet'), ('by_hand', 'À dire de vive voix ou par courrier'), ('told', 'Dit autrement'), ('gather', 'Attend les autres rappels du jour'), ('joined', 'Réuni dans un seul e-mail')], default='queued', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('next_try_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('joined_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='joined', to='letters.mail')),
                ('recipient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mails', to='journal.thread')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'queued')), fields=['next_try_at'], name='mail_waiting'), models.Index(condition=models.Q(('status', 'gather')), fields=['recipient'], name='mail_gathering'), models.Index(fields=['-id'], name='mail_newest'), models.Index(condition=models.Q(('status', 'failed')), fields=['-id'], name='mail_failed'), models.Index(condition=models.Q(('status', 'by_hand')), fields=['-id'], name='mail_by_hand')],
            },
        ),
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('criteria', models.JSONField(default=dict)),
                ('number', models.PositiveIntegerField()),
                ('prepared_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('abandoned_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='mailing', to='journal.thread')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('abandoned_at', None), ('finished_at', None)), fields=('kind',), name='one_pending_mailing_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('abandoned_at', None), ('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='mailing_confirmed_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='MailingRecipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80)),
                ('about', models.CharField(max_length=300)),
                ('outcome', models.CharField(blank=True, choices=[('', 'En attente'), ('sent', 'Envoyé'), ('by_hand', 'À dire de vive voix ou par courrier'), ('past', "N'est plus concernée"), ('nobody', 'Aucune personne connue à qui écrire')], max_length=8)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('mail', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mailed_to', to='letters.mail')),
                ('mailing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recipients', to='letters.mailing')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.thread')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['mailing', 'id'], name='recipient_waiting')],
                'constraints': [models.UniqueConstraint(fields=('mailing', 'subject'), name='one_recipient_per_subject'), models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('outcome', '')), models.Q(('done_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='recipient_done_has_outcome')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80)),
                ('purpose', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('content', models.FileField(max_length=200, upload_to='files/%Y/%m/')),
                ('uploaded_at', models.DateTimeField()),
                ('scanned_at', models.DateTimeField(blank=True, null=True)),
                ('quarantined_at', models.DateTimeField(blank=True, null=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('thread', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='journal.thread')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'purpose'], name='stored_file_subject'), models.Index(condition=models.Q(('scanned_at', None)), fields=['id'], name='stored_file_unscanned'), models.Index(fields=['sha256'], name='stored_file_digest')],
            },
        ),
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80)),
                ('kind', models.CharField(choices=[('message', 'Message'), ('phone_call', 'Appel téléphonique'), ('visit', 'Visite'), ('post', 'Courrier reçu')], default='message', max_length=10)),
                ('side', models.CharField(choices=[('association', 'Association'), ('office', 'Institut')], max_length=12)),
                ('text', models.TextField(max_length=10000)),
                ('at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exchanges', to='journal.thread')),
                ('files', models.ManyToManyField(related_name='+', to='letters.storedfile')),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'id'], name='exchange_subject'), models.Index(condition=models.Q(('read_at', None)), fields=['side', 'subject'], name='exchange_unread')],
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=6)),
                ('version', models.PositiveSmallIntegerField()),
                ('subject', models.CharField(max_length=200)),
                ('summary', models.TextField()),
                ('body', models.TextField()),
                ('in_force_from', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='template_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80)),
                ('code', models.CharField(max_length=6)),
                ('reference', models.CharField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('content', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('channel', models.CharField(choices=[('online', 'En ligne'), ('post', 'Par courrier recommandé')], max_length=8)),
                ('registered_number', models.CharField(blank=True, max_length=40)),
                ('sent_on', models.DateField(blank=True, null=True)),
                ('presented_on', models.DateField(blank=True, null=True)),
                ('received_on', models.DateField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('presumed', models.BooleanField(default=False)),
                ('addressee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='journal.thread')),
                ('pdf', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('proof', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('signed_scan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.storedfile')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='letters.template')),
            ],
            options={
                'indexes': [models.Index(fields=['thread', '-id'], name='letter_thread'), models.Index(fields=['subject'], name='letter_subject'), models.Index(condition=models.Q(('channel', 'post'), ('received_on', None)), fields=['-id'], name='letter_to_post'), models.Index(condition=models.Q(('channel', 'online'), ('received_on', None)), fields=['issued_at'], name='letter_unopened'), models.Index(condition=models.Q(('pdf', None)), fields=['id'], name='letter_without_pdf')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('channel', 'post'), _negated=True), ('sent_on', None), ('signed_scan__isnull', False), _connector='OR'), name='posted_letter_is_hand_signed')],
            },
        ),
        migrations.CreateModel(
            name='InternalNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80)),
                ('text', models.TextField(max_length=10000)),
                ('at', models.DateTimeField()),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='internal_notes', to='journal.thread')),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'id'], name='internal_note_subject')],
            },
        ),
    ]
