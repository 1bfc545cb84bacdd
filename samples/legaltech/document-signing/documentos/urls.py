from django.urls import path

from . import views

urlpatterns = [
    path("", views.lista, name="lista"),
    path("firmar/<uuid:token>/", views.firmar, name="firmar"),
    path("firmar/<uuid:token>/documento.pdf", views.descargar, name="descargar"),
    path("verificar/<uuid:token>/", views.verificar, name="verificar"),
]
