from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import FileResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from . import tasks
from .forms import FormularioDocumento
from .models import Documento, Solicitud


@require_safe
def salud(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"estado": "ok"})


@login_required
def lista(request):
    formulario = FormularioDocumento(request.POST or None, request.FILES or None)
    if request.method == "POST" and formulario.is_valid():
        documento = formulario.save(commit=False)
        documento.subido_por = request.user
        with transaction.atomic():
            documento.save()
            for nombre, correo in formulario.cleaned_data["firmantes"]:
                solicitud = documento.solicitudes.create(nombre=nombre, correo=correo)
                # El trabajador no debe ver la solicitud antes de que exista.
                transaction.on_commit(lambda pk=solicitud.pk: tasks.enviar_solicitud.delay(pk))
        return redirect("lista")
    documentos = Documento.objects.prefetch_related("solicitudes")
    return render(request, "documentos/lista.html", {"formulario": formulario, "documentos": documentos})


@require_safe
def descargar(request, token):
    solicitud = get_object_or_404(Solicitud, token=token)
    return FileResponse(solicitud.documento.archivo.open("rb"), content_type="application/pdf")


def firmar(request, token):
    solicitud = get_object_or_404(Solicitud.objects.select_related("documento"), token=token)
    error = None
    if solicitud.estado == Solicitud.Estado.PENDIENTE and solicitud.caduca < timezone.now():
        error = "El plazo para firmar ha terminado."
    elif request.method == "POST":
        if solicitud.estado != Solicitud.Estado.PENDIENTE:
            error = "Esta solicitud ya no está pendiente."
        elif solicitud.documento.calcular_sha256() != solicitud.documento.sha256:
            error = "El documento no coincide con el que se subió. Avise al despacho."
        else:
            # nginx añade la dirección del cliente al final de la cabecera.
            reenviada = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            solicitud.firmar(reenviada or request.META["REMOTE_ADDR"])
    return render(
        request, "documentos/firmar.html", {"solicitud": solicitud, "error": error}, status=409 if error else 200
    )


@require_safe
def verificar(request, token):
    solicitud = get_object_or_404(Solicitud.objects.select_related("documento"), token=token)
    firmada = solicitud.estado == Solicitud.Estado.FIRMADA
    return JsonResponse(
        {
            "documento": solicitud.documento.titulo,
            "sha256": solicitud.documento.sha256,
            "estado": solicitud.estado,
            "firmada": solicitud.firmada,
            "sello_valido": firmada and solicitud.sello == solicitud.calcular_sello(),
        }
    )
