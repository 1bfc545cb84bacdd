<?php

namespace App\Http\Controllers;

class LineController
{
}
