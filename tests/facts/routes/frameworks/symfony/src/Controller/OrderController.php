<?php

namespace App\Controller;

use Symfony\Component\Routing\Annotation\Route;

#[Route('/orders', name: 'orders_')]
class OrderController
{
    #[Route('', name: 'index', methods: ['GET'])]
    #[Route('/all', name: 'all', methods: ['GET'])]
    public function index() {}

    #[Route(path: '/{id<\d+>}', name: 'show', methods: 'GET')]
    public function show(int $id) {}

    #[Route('/{id}/files/{path}', name: 'file', requirements: ['path' => '.+'])]
    public function file(int $id, string $path) {}

    #[Route('/list/{page}', name: 'list', defaults: ['page' => 1], methods: ['GET'])]
    public function list(int $page) {}

    #[Route(['nl' => '/bestelling', 'en' => '/order'], name: 'new', methods: ['GET', 'POST'])]
    public function create() {}

    public function health() {}

    public function page() {}
}
