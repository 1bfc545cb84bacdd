<?php

namespace App\Controller\Admin;

use Symfony\Component\Routing\Annotation\Route;

/**
 * @Route("/admin")
 */
class UserController
{
    /**
     * @Route("/users", name="users", methods={"GET", "POST"})
     */
    public function index() {}

    /**
     * @Route("/users/{id?}", name="user", methods={"DELETE"})
     */
    public function delete(?int $id) {}

    /**
     * @Route("/statistics", name="statistics")
     */
    public function statistics() {}
}
