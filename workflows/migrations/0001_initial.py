import django.db.models.deletion
import viewflow.workflow.fields
import viewflow.workflow.token
import workflows.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('certificates', '0001_initial'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('decisions', '0001_initial'),
        ('label', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('compared_at', models.DateTimeField()),
                ('breaches', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='Procedure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('flow_class', viewflow.workflow.fields.FlowReferenceField(max_length=250, verbose_name='Flow')),
                ('status', models.CharField(choices=[('CANCELED', 'Canceled'), ('DONE', 'Done'), ('NEW', 'New')], default='NEW', max_length=50, verbose_name='Status')),
                ('finished', models.DateTimeField(blank=True, null=True, verbose_name='Finished')),
                ('created', models.DateTimeField(db_index=True, default=workflows.models.opened_at)),
                ('appeal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='decisions.appeal')),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='label.application')),
                ('follow_up', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='certificates.followup')),
                ('withdrawal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='certificates.withdrawal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'NEW')), fields=('application', 'flow_class'), name='one_open_procedure_per_application'), models.UniqueConstraint(condition=models.Q(('status', 'NEW')), fields=('follow_up', 'flow_class'), name='one_open_procedure_per_follow_up'), models.UniqueConstraint(condition=models.Q(('status', 'NEW')), fields=('withdrawal', 'flow_class'), name='one_open_procedure_per_withdrawal'), models.UniqueConstraint(condition=models.Q(('status', 'NEW')), fields=('appeal', 'flow_class'), name='one_open_procedure_per_appeal'), models.CheckConstraint(condition=models.Q(models.Q(('appeal__isnull', True), ('application__isnull', False), ('follow_up__isnull', True), ('withdrawal__isnull', True)), models.Q(('appeal__isnull', True), ('application__isnull', True), ('follow_up__isnull', False), ('withdrawal__isnull', True)), models.Q(('appeal__isnull', True), ('application__isnull', True), ('follow_up__isnull', True), ('withdrawal__isnull', False)), models.Q(('appeal__isnull', False), ('application__isnull', True), ('follow_up__isnull', True), ('withdrawal__isnull', True)), _connector='OR'), name='procedure_about_one_record')],
            },
        ),
        migrations.CreateModel(
            name='Obligation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('flow_task', viewflow.workflow.fields.TaskReferenceField(max_length=255, verbose_name='Task')),
                ('flow_task_type', models.CharField(max_length=50, verbose_name='Type')),
                ('status', models.CharField(choices=[('ASSIGNED', 'Assigned'), ('CANCELED', 'Canceled'), ('DONE', 'Done'), ('ERROR', 'Error'), ('NEW', 'New'), ('REVIVED', 'Revived'), ('SCHEDULED', 'Scheduled'), ('STARTED', 'Started')], db_index=True, default='NEW', max_length=50, verbose_name='Status')),
                ('assigned', models.DateTimeField(blank=True, null=True, verbose_name='Assigned')),
                ('started', models.DateTimeField(blank=True, null=True, verbose_name='Started')),
                ('finished', models.DateTimeField(blank=True, null=True, verbose_name='Finished')),
                ('scheduled', models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='Scheduled')),
                ('token', viewflow.workflow.fields.TokenField(default=viewflow.workflow.token.Token('start'), max_length=150, verbose_name='Token')),
                ('external_task_id', models.CharField(blank=True, db_index=True, max_length=50, null=True, verbose_name='External Task ID')),
                ('owner_permission', models.CharField(blank=True, max_length=255, null=True, verbose_name='Permission')),
                ('owner_permission_obj_pk', models.CharField(blank=True, max_length=255, null=True)),
                ('created', models.DateTimeField(db_index=True, default=workflows.models.opened_at)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('owner_permission_content_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='contenttypes.contenttype')),
                ('previous', models.ManyToManyField(related_name='leading', to='workflows.obligation', verbose_name='Previous')),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='task_set', to='workflows.procedure')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('flow_task_type', 'HUMAN'), ('status', 'NEW')), fields=['owner_permission', 'id'], name='obligation_open')],
            },
        ),
    ]
