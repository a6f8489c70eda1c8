import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name='Adresse e-mail')),
                ('first_name', models.CharField(max_length=100, verbose_name='Prénom')),
                ('last_name', models.CharField(max_length=100, verbose_name='Nom')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='Téléphone')),
                ('address', models.TextField(blank=True, max_length=500, verbose_name='Adresse postale')),
                ('postal_code', models.CharField(blank=True, max_length=12, verbose_name='Code postal')),
                ('city', models.CharField(blank=True, max_length=120, verbose_name='Commune')),
                ('country', models.CharField(default='FR', max_length=2, verbose_name='Pays')),
                ('preferred_channel', models.CharField(choices=[('online', 'En ligne'), ('post', 'Par courrier'), ('phone', 'Par téléphone')], default='online', max_length=10)),
                ('preferred_format', models.CharField(choices=[('standard', 'Caractères ordinaires'), ('large_print', 'Gros caractères')], default='standard', max_length=12)),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'English')], default='fr', max_length=2)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('never_contact', models.BooleanField(default=False)),
                ('pseudonymised_at', models.DateTimeField(blank=True, null=True)),
                ('mail_returned_at', models.DateTimeField(blank=True, null=True)),
                ('device_offer_declined_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('shares_mailbox_with', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mailbox_guests', to=settings.AUTH_USER_MODEL)),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'personne',
                'constraints': [models.CheckConstraint(condition=models.Q(('shares_mailbox_with', None), ('email', None), _connector='OR'), name='mailbox_guest_has_no_address_of_own'), models.CheckConstraint(condition=models.Q(('pseudonymised_at', None), ('is_active', False), _connector='OR'), name='pseudonymised_person_is_inactive')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='À partir du')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name="Jusqu'au")),
                ('substitute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='accounts_absence_period'), models.CheckConstraint(condition=models.Q(('user', models.F('substitute')), _negated=True), name='absence_substitute_is_someone_else')],
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='À partir du')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name="Jusqu'au")),
                ('granted_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('quality', models.CharField(max_length=200, verbose_name='Qualité')),
                ('service', models.CharField(max_length=200, verbose_name='Service')),
                ('act_reference', models.CharField(max_length=200, verbose_name="Référence de l'acte")),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='accounts_delegation_period'), models.CheckConstraint(condition=models.Q(('granted_by', None), models.Q(('granted_by', models.F('user')), _negated=True), _connector='OR'), name='accounts_delegation_not_to_oneself'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('granted_by__isnull', False), models.Q(('confirmed_by', models.F('user')), _negated=True), models.Q(('confirmed_by', models.F('granted_by')), _negated=True)), _connector='OR'), name='accounts_delegation_confirmed_by_a_third')],
            },
        ),
        migrations.CreateModel(
            name='OneTimeCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('network', models.CharField(blank=True, max_length=32)),
                ('purpose', models.CharField(max_length=80)),
                ('code_hash', models.CharField(max_length=128)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'purpose', '-created_at'], name='one_time_code_latest'), models.Index(fields=['address', '-created_at'], name='one_time_code_address')],
                'constraints': [models.CheckConstraint(condition=models.Q(('user__isnull', False), models.Q(('address', ''), _negated=True), _connector='XOR'), name='one_time_code_of_somebody')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='À partir du')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name="Jusqu'au")),
                ('granted_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('role', models.CharField(choices=[('case_officer', 'Instructeur ou instructrice'), ('secretariat', 'Secrétariat'), ('ethics_officer', 'Déontologue'), ('signatory', 'Signataire'), ('appeal_officer', 'Chargé ou chargée des recours'), ('data_protection_officer', 'Délégué à la protection des données'), ('technical_administrator', 'Administration technique')], max_length=30)),
                ('service', models.CharField(blank=True, max_length=200, verbose_name='Service')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_grants', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['role', 'user'], name='role_grant_role')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='accounts_rolegrant_period'), models.CheckConstraint(condition=models.Q(('granted_by', None), models.Q(('granted_by', models.F('user')), _negated=True), _connector='OR'), name='accounts_rolegrant_not_to_oneself'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('granted_by__isnull', False), models.Q(('confirmed_by', models.F('user')), _negated=True), models.Q(('confirmed_by', models.F('granted_by')), _negated=True)), _connector='OR'), name='accounts_rolegrant_confirmed_by_a_third')],
            },
        ),
        migrations.CreateModel(
            name='StaffRecovery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_at', models.DateTimeField()),
                ('second_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('first_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recoveries', to=settings.AUTH_USER_MODEL)),
                ('second_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('first_by', models.F('person')), _negated=True), name='recovery_first_is_not_the_person'), models.CheckConstraint(condition=models.Q(('second_by', None), models.Q(models.Q(('second_by', models.F('person')), _negated=True), models.Q(('second_by', models.F('first_by')), _negated=True)), _connector='OR'), name='recovery_second_is_a_third_person'), models.CheckConstraint(condition=models.Q(models.Q(('second_at', None), ('second_by', None)), models.Q(('closed_at__isnull', False), ('second_at__isnull', False), ('second_by__isnull', False)), _connector='OR'), name='recovery_second_is_dated'), models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('person',), name='recovery_open_once_per_person')],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('recorded_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suppressions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('user__isnull', False), models.Q(('address', ''), _negated=True), _connector='XOR'), name='suppression_of_somebody_or_of_an_address'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='suppression_lifted_by_somebody'), models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('user',), name='suppression_once_per_person'), models.UniqueConstraint(condition=models.Q(('lifted_at', None), models.Q(('address', ''), _negated=True)), fields=('address',), name='suppression_once_per_address')],
            },
        ),
        migrations.CreateModel(
            name='UsedForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('led_to', models.CharField(blank=True, max_length=2000)),
                ('used_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='form_used_once')],
            },
        ),
    ]
