from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from documentos.views import salud

urlpatterns = [
    path("admin/", admin.site.urls),
    path("cuentas/entrar/", LoginView.as_view(template_name="documentos/entrar.html"), name="entrar"),
    path("cuentas/salir/", LogoutView.as_view(), name="salir"),
    path("salud/", salud, name="salud"),
    path("", include("documentos.urls")),
]
