import logging

from celery import shared_task
from django.core.mail import send_mail
from django.utils import timezone

from .models import Solicitud

registro = logging.getLogger(__name__)


def _enviar(solicitud, asunto):
    texto = (
        f"{solicitud.nombre}:\n\nTiene pendiente la firma de «{solicitud.documento}».\n"
        f"Puede leerlo y firmarlo hasta el {solicitud.caduca:%d/%m/%Y} en {solicitud.enlace}\n"
    )
    send_mail(asunto, texto, None, [solicitud.correo])


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def enviar_solicitud(pk):
    _enviar(Solicitud.objects.select_related("documento").get(pk=pk), "Documento pendiente de firma")


@shared_task
def recordar_pendientes():
    pendientes = Solicitud.objects.select_related("documento").filter(
        estado=Solicitud.Estado.PENDIENTE, caduca__gt=timezone.now()
    )
    for solicitud in pendientes:
        _enviar(solicitud, "Recordatorio: documento pendiente de firma")
    registro.info("%d recordatorios enviados", len(pendientes))
