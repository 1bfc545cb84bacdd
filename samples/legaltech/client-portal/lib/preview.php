<?php
declare(strict_types=1);

/** A picture of at most 400 pixels a side, as JPEG. */
function preview(string $image): string
{
    $full = imagecreatefromstring($image);
    if ($full === false) {
        throw new RuntimeException('not a picture');
    }
    $scale = min(1, 400 / max(imagesx($full), imagesy($full)));
    $small = imagescale($full, max(1, (int) (imagesx($full) * $scale)));
    ob_start();
    imagejpeg($small, null, 80);
    return (string) ob_get_clean();
}
