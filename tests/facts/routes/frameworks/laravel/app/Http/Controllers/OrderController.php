<?php

namespace App\Http\Controllers;

class OrderController
{
}
