<?php
// Routes of config/routes.yaml and the controllers that it names: php symfony_routes.php
// Where the application has its console, `php bin/console debug:router` tells the same.
use Symfony\Component\Config\FileLocator;
use Symfony\Component\Config\Loader\LoaderResolver;
use Symfony\Component\Routing\Loader\AnnotationClassLoader;
use Symfony\Component\Routing\Loader\AnnotationDirectoryLoader;
use Symfony\Component\Routing\Loader\YamlFileLoader;
use Symfony\Component\Routing\Route;

$packages = '/usr/share/php/{Symfony/Component/{Config,Routing,Yaml},Doctrine/Common/Annotations}'; // as Debian has them
foreach (glob('{vendor,' . $packages . '}/autoload.php', GLOB_BRACE) as $autoload) {
    require_once $autoload;
}
spl_autoload_register(function ($class) {
    $file = 'src/' . str_replace('\\', '/', substr($class, 4)) . '.php';
    if (strncmp($class, 'App\\', 4) === 0 && is_file($file)) {
        require_once $file;
    }
});
$classes = new class(new Doctrine\Common\Annotations\AnnotationReader()) extends AnnotationClassLoader {
    protected function configureRoute(Route $route, ReflectionClass $class, ReflectionMethod $method, object $annot)
    {
    }
};
$locator = new FileLocator(getcwd() . '/config');
$yaml = new YamlFileLoader($locator);
new LoaderResolver([$yaml, new AnnotationDirectoryLoader($locator, $classes)]);
foreach ($yaml->load('routes.yaml') as $route) {
    $paths = [$path = $route->getPath()];
    // The last parameters may be missing where they have defaults; the tokens stand from the last to the first.
    foreach ($route->compile()->getTokens() as $token) {
        if ($token[0] !== 'variable' || !$route->hasDefault($token[3])) {
            break;
        }
        $paths[] = $path = substr($path, 0, strrpos($path, $token[1] . '{' . $token[3] . '}')) ?: '/';
    }
    foreach ($route->getMethods() ?: ['any'] as $method) {
        foreach ($paths as $one) {
            echo $method, ' ', $one, "\n";
        }
    }
}
