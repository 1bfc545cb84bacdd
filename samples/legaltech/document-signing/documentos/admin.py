from django.contrib import admin

from .models import Documento, Solicitud


class SolicitudesEnLinea(admin.TabularInline):
    model = Solicitud
    extra = 0
    readonly_fields = ["estado", "firmada", "ip"]


@admin.register(Documento)
class DocumentoAdmin(admin.ModelAdmin):
    list_display = ["titulo", "subido_por", "creado", "sha256"]
    search_fields = ["titulo", "sha256"]
    inlines = [SolicitudesEnLinea]
