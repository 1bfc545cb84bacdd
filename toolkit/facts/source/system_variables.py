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


def is_of_the_system(name: str) -> bool:
    """Whether a variable is none of the application's own."""
    return name in NAMES or name.startswith(("TRAVIS_", "CIRCLE_", "GITHUB_ACTION", "npm_"))
