<?php

namespace App\Http\Controllers;

class PhotoController
{
}
