from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import documentos.models
import uuid


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Documento',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('titulo', models.CharField(max_length=200, verbose_name='título')),
                ('archivo', models.FileField(upload_to='documentos/%Y/%m/')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='SHA-256')),
                ('creado', models.DateTimeField(auto_now_add=True)),
                ('subido_por', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-creado'],
            },
        ),
        migrations.CreateModel(
            name='Solicitud',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nombre', models.CharField(max_length=150)),
                ('correo', models.EmailField(max_length=254)),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('estado', models.CharField(choices=[('pendiente', 'Pendiente'), ('firmada', 'Firmada'), ('caducada', 'Caducada')], db_index=True, default='pendiente', max_length=10)),
                ('caduca', models.DateTimeField(default=documentos.models.caducidad)),
                ('firmada', models.DateTimeField(blank=True, null=True)),
                ('ip', models.GenericIPAddressField(blank=True, null=True)),
                ('sello', models.CharField(blank=True, editable=False, max_length=64)),
                ('documento', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='solicitudes', to='documentos.documento')),
            ],
            options={
                'verbose_name_plural': 'solicitudes',
            },
        ),
    ]
