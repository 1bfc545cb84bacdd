import hashlib
import tempfile
from datetime import timedelta
from unittest import mock

from django.contrib.auth import get_user_model
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import TestCase, override_settings
from django.utils import timezone

from .models import Documento, Solicitud
from .tasks import enviar_solicitud, recordar_pendientes

PDF = b"%PDF-1.4\n%%EOF\n"


@override_settings(MEDIA_ROOT=tempfile.mkdtemp(prefix="firmas-"))
class PruebasDeFirma(TestCase):
    def setUp(self):
        self.usuario = get_user_model().objects.create_user("lucia")
        self.documento = Documento.objects.create(
            titulo="Contrato", archivo=SimpleUploadedFile("contrato.pdf", PDF), subido_por=self.usuario
        )
        self.solicitud = self.documento.solicitudes.create(nombre="Ana", correo="ana@example.es")
        self.ruta = f"/firmar/{self.solicitud.token}/"

    def test_salud(self):
        self.assertEqual(self.client.get("/salud/").json(), {"estado": "ok"})

    def test_subir_exige_sesion(self):
        self.assertRedirects(self.client.get("/"), "/cuentas/entrar/?next=/")

    @mock.patch.object(enviar_solicitud, "delay")
    def test_subir_crea_solicitudes_y_las_encola(self, delay):
        self.client.force_login(self.usuario)
        datos = {"titulo": "Poder", "archivo": SimpleUploadedFile("p.pdf", PDF), "firmantes": "Eva Gil <eva@example.es>"}
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post("/", datos)
        documento = Documento.objects.get(titulo="Poder")
        self.assertEqual(documento.sha256, hashlib.sha256(PDF).hexdigest())
        delay.assert_called_once_with(documento.solicitudes.get().pk)

    def test_firmar_y_verificar(self):
        self.client.post(self.ruta, headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.7"})
        self.solicitud.refresh_from_db()
        self.assertEqual(self.solicitud.ip, "203.0.113.7")
        self.assertTrue(self.client.get(f"/verificar/{self.solicitud.token}/").json()["sello_valido"])

    def test_no_se_firma_un_documento_alterado(self):
        with open(self.documento.archivo.path, "ab") as archivo:
            archivo.write(b"cambiado")
        self.assertEqual(self.client.post(self.ruta).status_code, 409)

    def test_caducar(self):
        Solicitud.objects.update(caduca=timezone.now() - timedelta(days=1))
        call_command("caducar_solicitudes", verbosity=0)
        self.solicitud.refresh_from_db()
        self.assertEqual(self.solicitud.estado, Solicitud.Estado.CADUCADA)

    def test_recordatorio(self):
        recordar_pendientes()
        self.assertIn(self.ruta, mail.outbox[0].body)
