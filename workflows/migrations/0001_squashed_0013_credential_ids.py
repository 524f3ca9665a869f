# All tables in one step, for a new database: thirteen steps took most of a first start.
# A database that has some of the thirteen goes on with the others, one by one.

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
import workflows.fields
import workflows.models.connections
import workflows.models.library
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('workflows', '0001_initial'),
        ('workflows', '0002_accounts'),
        ('workflows', '0003_dialects'),
        ('workflows', '0004_open_ends'),
        ('workflows', '0005_results_of_nodes'),
        ('workflows', '0006_creation_key'),
        ('workflows', '0007_templates_share_their_files'),
        ('workflows', '0008_slugs_stay_with_their_owner'),
        ('workflows', '0009_app_aliases'),
        ('workflows', '0010_ledger_keeps_slugs'),
        ('workflows', '0011_reports_and_usage_by_key'),
        ('workflows', '0012_warnings_and_cancels'),
        ('workflows', '0013_credential_ids'),
    ]

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
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('tier', models.CharField(choices=[('free', 'Free'), ('creator', 'Creator'), ('pro', 'Pro'), ('business', 'Business'), ('enterprise', 'Enterprise')], default='free', max_length=16)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('tier__in', ['free', 'creator', 'pro', 'business', 'enterprise'])), name='user_tier_known'),
                ],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Runner',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('endpoint', models.CharField(max_length=2000)),
                ('headers', workflows.fields.EncryptedField(default='{}')),
                ('tags', workflows.fields.DocumentField(default=list)),
                ('status', models.CharField(choices=[('active', 'Active'), ('disabled', 'Disabled')], default='active', max_length=16)),
                ('shared', models.BooleanField(default=False)),
                ('private', models.BooleanField(default=False)),
                ('health', workflows.fields.DocumentField(default=None, null=True)),
                ('last_seen_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runners', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['owner', '-created_at'], name='runner_owner_newest'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('status__in', ['active', 'disabled'])), name='runner_status_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CacheEntry',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('node_type', models.CharField(max_length=100)),
                ('output', workflows.fields.DocumentField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_used_at', models.DateTimeField()),
            ],
            options={
                'indexes': [
                    models.Index(fields=['last_used_at'], name='cache_last_used'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Credential',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=workflows.models.connections.new_credential_id, max_length=32, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('provider', models.CharField(max_length=100)),
                ('allowed_origins', workflows.fields.DocumentField(default=list)),
                ('secret', workflows.fields.EncryptedField()),
                ('last4', models.CharField(max_length=4)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credentials', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('owner', 'name'), name='credential_name_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Folder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='folders', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='workflows.folder')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('owner', 'parent', 'name'), name='folder_name_unique_in_parent'),
                    models.UniqueConstraint(condition=models.Q(('parent__isnull', True)), fields=('owner', 'name'), name='folder_name_unique_at_root'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('email', models.CharField(blank=True, default='', max_length=254)),
                ('tier', models.CharField(choices=[('free', 'Free'), ('creator', 'Creator'), ('pro', 'Pro'), ('business', 'Business'), ('enterprise', 'Enterprise')], default='free', max_length=16)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('digest',), name='invitation_digest_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Workflow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4)),
                ('slug', models.CharField(max_length=128)),
                ('handle', models.CharField(max_length=128)),
                ('name', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True, default='')),
                ('tags', workflows.fields.DocumentField(default=list)),
                ('nodes', workflows.fields.DocumentField(default=list)),
                ('edges', workflows.fields.DocumentField(default=list)),
                ('viewport', workflows.fields.DocumentField(default=workflows.models.library.default_viewport)),
                ('extra', workflows.fields.DocumentField(default=dict)),
                ('cover', workflows.fields.DocumentField(default=None, null=True)),
                ('thumbnail', models.TextField(default=None, null=True)),
                ('is_public', models.BooleanField(default=False)),
                ('public_playground', models.BooleanField(default=False)),
                ('is_template', models.BooleanField(default=False)),
                ('hidden', models.BooleanField(default=False)),
                ('archived', models.BooleanField(default=False)),
                ('node_types', workflows.fields.DocumentField(default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('creation_key', models.CharField(max_length=200, null=True)),
                ('creation_digest', models.CharField(blank=True, default='', max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField()),
                ('folder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='workflows', to='workflows.folder')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='workflows', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['owner', 'archived', '-updated_at'], name='workflow_owner_newest'),
                    models.Index(condition=models.Q(('is_template', True)), fields=['-updated_at'], name='workflow_templates'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('slug',), name='workflow_slug_unique'),
                    models.UniqueConstraint(fields=('uid',), name='workflow_uid_unique'),
                    models.UniqueConstraint(fields=('owner', 'handle'), name='workflow_handle_unique'),
                    models.UniqueConstraint(fields=('owner', 'creation_key'), name='workflow_creation_unique'),
                    models.CheckConstraint(condition=models.Q(('slug', django.db.models.functions.text.Lower(models.F('slug')))), name='workflow_slug_lower'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('nodes', workflows.fields.DocumentField(default=list)),
                ('edges', workflows.fields.DocumentField(default=list)),
                ('label', models.CharField(blank=True, default='', max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workflow', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='snapshots', to='workflows.workflow')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['workflow', '-created_at'], name='snapshot_newest'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('workflow', 'sha256'), name='snapshot_content_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('lookup', models.CharField(max_length=8)),
                ('digest', models.CharField(max_length=64)),
                ('capabilities', workflows.fields.DocumentField(default=list)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='made', to='workflows.token')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('lookup',), name='token_lookup_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dialect', models.CharField(choices=[('native', 'Native'), ('fal', 'Fal')], default='native', max_length=16)),
                ('url', models.CharField(max_length=2000)),
                ('secret', workflows.fields.EncryptedField(default='')),
                ('signed', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('token', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='webhook', to='workflows.token')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('dialect__in', ['native', 'fal'])), name='webhook_dialect_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('source', models.CharField(choices=[('canvas', 'Canvas'), ('api', 'Api'), ('fal', 'Fal'), ('comfy', 'Comfy')], default='canvas', max_length=16)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('inputs', workflows.fields.DocumentField(default=dict)),
                ('options', workflows.fields.DocumentField(default=dict)),
                ('tags', workflows.fields.DocumentField(default=list)),
                ('queue', models.CharField(blank=True, default='', max_length=200)),
                ('status', models.CharField(choices=[('accepted', 'Accepted'), ('uploaded', 'Uploaded'), ('queued', 'Queued'), ('running', 'Running'), ('completed', 'Completed'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('invalid', 'Invalid')], default='accepted', max_length=16)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('last_seq', models.PositiveIntegerField(default=0)),
                ('job_id', models.BigIntegerField(null=True)),
                ('runner', models.CharField(blank=True, default='', max_length=200)),
                ('output', workflows.fields.DocumentField(default=None, null=True)),
                ('error', workflows.fields.DocumentField(default=None, null=True)),
                ('cost', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('idempotency_key', models.CharField(max_length=200, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to=settings.AUTH_USER_MODEL)),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='workflows.snapshot')),
                ('token', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflows.token')),
                ('webhook', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflows.webhook')),
                ('workflow', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='runs', to='workflows.workflow')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['owner', '-created_at'], name='run_owner_newest'),
                    models.Index(fields=['workflow', '-created_at'], name='run_workflow_newest'),
                    models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['owner', 'created_at'], name='run_unfinished'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('owner', 'idempotency_key'), name='run_idempotency_unique'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['accepted', 'uploaded', 'queued', 'running', 'completed', 'failed', 'cancelled', 'invalid'])), name='run_status_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('seq', models.PositiveIntegerField()),
                ('type', models.CharField(max_length=16)),
                ('data', workflows.fields.DocumentField(default=dict)),
                ('at', models.DateTimeField()),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='workflows.run')),
            ],
        ),
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('sha256', models.CharField(max_length=64)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField()),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('duration', models.FloatField(null=True)),
                ('name', models.CharField(blank=True, default='', max_length=255)),
                ('discard', models.BooleanField(default=False)),
                ('expires_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assets', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assets', to='workflows.run')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['sha256'], name='asset_sha256'),
                    models.Index(fields=['owner', '-created_at'], name='asset_owner_newest'),
                    models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='asset_expires'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RunnerCatalogue',
            fields=[
                ('runner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='catalogue', serialize=False, to='workflows.runner')),
                ('version', models.CharField(blank=True, default='', max_length=100)),
                ('object_info', workflows.fields.DocumentField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='RunnerCancel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prompt_id', models.CharField(max_length=100)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('runner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cancels', to='workflows.runner')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('runner', 'prompt_id'), name='runner_cancel_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('node_id', models.CharField(max_length=200)),
                ('status', models.CharField(choices=[('running', 'Running'), ('completed', 'Completed'), ('failed', 'Failed'), ('skipped', 'Skipped')], max_length=16)),
                ('provider', models.CharField(blank=True, default='', max_length=100)),
                ('request_id', models.CharField(max_length=200, null=True)),
                ('state', models.CharField(blank=True, default='', max_length=16)),
                ('position', models.PositiveIntegerField(null=True)),
                ('cache_key', models.CharField(max_length=64, null=True)),
                ('cached', models.BooleanField(default=False)),
                ('output', workflows.fields.DocumentField(default=None, null=True)),
                ('error', workflows.fields.DocumentField(default=None, null=True)),
                ('warnings', workflows.fields.DocumentField(default=list)),
                ('cost', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('digest', models.CharField(blank=True, db_default='', default='', max_length=32)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='workflows.run')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('request_id__isnull', False)), fields=['request_id'], name='step_request'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('run', 'node_id'), name='step_node_unique'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['running', 'completed', 'failed', 'skipped'])), name='step_status_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CreditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('grant', 'Grant'), ('charge', 'Charge'), ('usage', 'Usage'), ('adjustment', 'Adjustment')], default='charge', max_length=16)),
                ('key_name', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('workflow_slug', models.CharField(blank=True, default='', max_length=128)),
                ('node_id', models.CharField(max_length=200, null=True)),
                ('period', models.CharField(max_length=16, null=True)),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12)),
                ('balance_after', models.DecimalField(decimal_places=3, max_digits=12)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credit_entries', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflows.run')),
                ('token', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflows.token')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['owner', '-created_at'], name='credit_owner_newest'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('run', 'node_id'), name='credit_node_once'),
                    models.UniqueConstraint(fields=('owner', 'period'), name='credit_period_once'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['grant', 'charge', 'usage', 'adjustment'])), name='credit_kind_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=32)),
                ('body', models.TextField()),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('delivered', 'Delivered'), ('failed', 'Failed')], default='pending', max_length=16)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, default='', max_length=500)),
                ('created_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflows.run')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='workflows.webhook')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['next_at'], name='delivery_open'),
                    models.Index(fields=['webhook', '-created_at'], name='delivery_newest'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'delivered', 'failed'])), name='delivery_status_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('tags', workflows.fields.DocumentField(default=list)),
                ('queue', models.CharField(blank=True, default='', max_length=200)),
                ('capacity', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_seen_at', models.DateTimeField()),
            ],
            options={
                'indexes': [
                    models.Index(fields=['last_seen_at'], name='worker_last_seen'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('name',), name='worker_name_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Slug',
            fields=[
                ('slug', models.CharField(max_length=128, primary_key=True, serialize=False)),
                ('base', models.CharField(max_length=128)),
                ('number', models.PositiveIntegerField(default=1)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workflow', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflows.workflow')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['base', '-number'], name='slug_highest'),
                    models.Index(condition=models.Q(('workflow__isnull', True)), fields=['base', 'owner', 'number'], name='slug_reusable'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('workflow__isnull', False)), fields=('workflow',), name='slug_workflow_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='workflows.asset')),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='workflows.workflow')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('asset', 'workflow'), name='share_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='NodeResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('node_id', models.CharField(max_length=200)),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workflows.step')),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workflows.workflow')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('owner', 'workflow', 'node_id'), name='node_result_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CredentialBinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.CharField(max_length=500)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bindings', to='workflows.credential')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credential_bindings', to=settings.AUTH_USER_MODEL)),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credential_bindings', to='workflows.workflow')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'workflow', 'slot'), name='credential_binding_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('session', models.CharField(blank=True, default='', max_length=64)),
                ('batch_id', models.UUIDField()),
                ('label', models.CharField(blank=True, default='', max_length=200)),
                ('operations', workflows.fields.DocumentField(default=list)),
                ('inverse', workflows.fields.DocumentField(default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='workflows.workflow')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('workflow', 'version'), name='change_version_unique'),
                    models.UniqueConstraint(fields=('workflow', 'batch_id'), name='change_batch_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Alias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('app', models.CharField(max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to=settings.AUTH_USER_MODEL)),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='workflows.workflow')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('app', 'owner'), name='alias_app_of_owner'),
                    models.UniqueConstraint(condition=models.Q(('owner__isnull', True)), fields=('app',), name='alias_app_of_site'),
                ],
            },
        ),
    ]
