"""Variables that the shell, the system or a build server sets: an application that reads them asks nobody to."""

NAMES = frozenset(
    """
    APPDATA BUILD_NUMBER CI CIRCLECI COLUMNS COMSPEC DISPLAY EDITOR ENTER GITHUB_ACTIONS GITLAB_CI HOME HOMEPATH HOSTNAME
    JAVA_HOME LANG LC_ALL LINES LOCALAPPDATA LOGNAME LS_COLORS OLDPWD OS PATH PATHEXT PROGRAMFILES PWD PYTEST_CURRENT_TEST
    PYTHONHASHSEED PYTHONPATH READTHEDOCS RUN_MAIN SHELL SHLVL SSH_AUTH_SOCK SYSTEMROOT TEMP TERM TMP TMPDIR TOX_ENV_NAME
    TRAVIS TZ USER USERNAME USERPROFILE VIRTUAL_ENV WERKZEUG_RUN_MAIN WINDIR XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME
    npm_config_argv npm_config_user_agent npm_execpath npm_lifecycle_event npm_package_name npm_package_version
    """.split()  # noqa: SIM905 (a list of sixty strings reads worse)
)


# What a web server tells an application about a request, which PHP and WSGI show among the variables: RFC 3875.
OF_A_REQUEST = frozenset(
    """
    AUTH_TYPE AUTH_USER CONTENT_LENGTH CONTENT_TYPE DOCUMENT_ROOT DOCUMENT_URI GATEWAY_INTERFACE HTTPS ORIG_PATH_INFO
    PATH_INFO PATH_TRANSLATED PHP_AUTH_DIGEST PHP_AUTH_PW PHP_AUTH_USER PHP_SELF QUERY_STRING REDIRECT_STATUS REDIRECT_URL
    REMOTE_ADDR REMOTE_HOST REMOTE_PORT REMOTE_USER REQUEST_METHOD REQUEST_SCHEME REQUEST_TIME REQUEST_URI SCRIPT_FILENAME
    SCRIPT_NAME SERVER_ADDR SERVER_ADMIN SERVER_NAME SERVER_PROTOCOL SERVER_SOFTWARE
    """.split()  # noqa: SIM905
)


def is_of_the_system(name: str) -> bool:
    """Whether a variable is none of the application's own."""
    return (
        name in NAMES
        or name in OF_A_REQUEST
        or name.startswith(("TRAVIS_", "CIRCLE_", "GITHUB_ACTION", "HTTP_X_", "npm_"))
    )
