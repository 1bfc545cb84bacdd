import hashlib
import hmac
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


def caducidad():
    return timezone.now() + timedelta(days=settings.DIAS_PARA_FIRMAR)


class Documento(models.Model):
    titulo = models.CharField("título", max_length=200)
    archivo = models.FileField(upload_to="documentos/%Y/%m/")
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    subido_por = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    creado = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-creado"]

    def __str__(self):
        return self.titulo

    def calcular_sha256(self):
        suma = hashlib.sha256()
        # Sin «with»: cerrar un archivo recién subido impediría guardarlo después.
        for trozo in self.archivo.open("rb").chunks():
            suma.update(trozo)
        return suma.hexdigest()

    def save(self, *args, **kwargs):
        if not self.sha256:
            self.sha256 = self.calcular_sha256()
        super().save(*args, **kwargs)


class Solicitud(models.Model):
    class Estado(models.TextChoices):
        PENDIENTE = "pendiente", "Pendiente"
        FIRMADA = "firmada", "Firmada"
        CADUCADA = "caducada", "Caducada"

    documento = models.ForeignKey(Documento, on_delete=models.CASCADE, related_name="solicitudes")
    nombre = models.CharField(max_length=150)
    correo = models.EmailField()
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    estado = models.CharField(max_length=10, choices=Estado.choices, default=Estado.PENDIENTE, db_index=True)
    caduca = models.DateTimeField(default=caducidad)
    firmada = models.DateTimeField(null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    sello = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "solicitudes"

    def __str__(self):
        return f"{self.nombre} · {self.documento}"

    @property
    def enlace(self):
        return f"{settings.SITE_URL}/firmar/{self.token}/"

    def calcular_sello(self):
        datos = f"{self.documento.sha256}|{self.token}|{self.firmada.isoformat()}"
        return hmac.new(settings.CLAVE_SELLO.encode(), datos.encode(), hashlib.sha256).hexdigest()

    def firmar(self, ip):
        self.firmada = timezone.now()
        self.ip = ip
        self.estado = self.Estado.FIRMADA
        self.sello = self.calcular_sello()
        self.save()
