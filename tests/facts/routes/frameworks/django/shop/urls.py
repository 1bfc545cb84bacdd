from django.urls import include, path, re_path
from orders import views

urlpatterns = [
    path("", views.home),
    path("orders/", include("orders.urls", namespace="orders")),
    path("api/v1/", include([path("status/", views.status), path("items/<slug:name>/", views.item)])),
    re_path(r"^archive/(?P<year>[0-9]{4})/$", views.archive),
]
