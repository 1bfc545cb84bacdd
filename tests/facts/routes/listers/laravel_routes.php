<?php
// Routes of a Laravel application whose provider of routes is App\Providers\RouteServiceProvider: php laravel_routes.php
// Where the application has its artisan, `php artisan route:list` tells the same.
foreach (['vendor/autoload.php', '/usr/share/php/Illuminate/autoload.php'] as $autoload) {
    if (is_file($autoload)) {
        require $autoload;
        break;
    }
}
spl_autoload_register(function ($class) {
    $file = 'app/' . str_replace('\\', '/', substr($class, 4)) . '.php';
    if (strncmp($class, 'App\\', 4) === 0 && is_file($file)) {
        require $file;
    }
});
$app = new Illuminate\Foundation\Application(getcwd());
Illuminate\Support\Facades\Facade::setFacadeApplication($app);
$app->instance('config', new Illuminate\Config\Repository([]));
$app->instance('files', new Illuminate\Filesystem\Filesystem());
$app->register(App\Providers\RouteServiceProvider::class);
$app->boot();
foreach ($app['router']->getRoutes() as $route) {
    $methods = array_diff($route->methods(), ['HEAD']);
    // What ends with `?` may be missing.
    $short = preg_replace('~/?\{\w+\?\}~', '', $route->uri());
    foreach (count($methods) > 5 ? ['any'] : $methods as $method) {
        foreach (array_unique([$short, str_replace('?}', '}', $route->uri())]) as $path) {
            echo $method, ' /', ltrim($path, '/'), "\n";
        }
    }
}
