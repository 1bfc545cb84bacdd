from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet


def home(request):
    return HttpResponse("home")


def status(request):
    return HttpResponse("ok")


def item(request, **given):
    return HttpResponse("item")


def archive(request, year):
    return HttpResponse(year)


class LineViewSet(ViewSet):
    def list(self, request, order):
        return Response([])

    def retrieve(self, request, order, pk):
        return Response({})

    @action(detail=True, methods=["post"])
    def cancel(self, request, order, pk):
        return Response({})

    @action(detail=False, url_path="open-ones")
    def open_ones(self, request, order):
        return Response([])
