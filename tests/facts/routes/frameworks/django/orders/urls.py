from django.urls import include, path
from rest_framework.routers import SimpleRouter

from . import views

app_name = "orders"
router = SimpleRouter()
router.register("lines", views.LineViewSet, basename="line")

urlpatterns = [
    path("", views.status),
    path("<int:pk>/", views.item),
    path("<int:pk>/print/", views.item, name="print"),
    path("<uuid:order>/", include(router.urls)),
]
