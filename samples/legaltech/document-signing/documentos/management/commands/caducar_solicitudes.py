from django.core.management.base import BaseCommand
from django.utils import timezone

from documentos.models import Solicitud


class Command(BaseCommand):
    help = "Marca como caducadas las solicitudes cuyo plazo ha terminado."

    def handle(self, *args, **options):
        caducadas = Solicitud.objects.filter(
            estado=Solicitud.Estado.PENDIENTE, caduca__lt=timezone.now()
        ).update(estado=Solicitud.Estado.CADUCADA)
        self.stdout.write(f"{caducadas} solicitudes caducadas")
