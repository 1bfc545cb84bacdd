"""Shell lines of READMEs: what runs, where, as whom."""

from collections.abc import Sequence

import pytest

from toolkit.facts.shell import parse
from toolkit.facts.shell_command import SimpleCommand
from toolkit.facts.shell_lines import Dialect


def one(text: str) -> SimpleCommand:
    (command,) = parse(text)
    return command


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$ npm install", ("npm", "install")),
        ("user@host:~/app$ npm install", ("npm", "install")),
        ("[root@host app]# yum install x", ("yum", "install", "x")),
        ("(venv) $ pip install x", ("pip", "install", "x")),
        ("sudo -u postgres createdb 'my shop'", ("createdb", "my shop")),
        ("sudo -E env A=1 node app.js", ("node", "app.js")),
        ("nohup ./run.sh", ("./run.sh",)),
        ("envdir envs/live python manage.py migrate", ("python", "manage.py", "migrate")),
        ("$(go env GOPATH)/bin/shopd -v", ("shopd", "-v")),
        ('"$VIRTUAL_ENV/bin/gunicorn" shop:app', ("gunicorn", "shop:app")),
        ("git clone <your repository url>", ("git", "clone", "<your repository url>")),
        ("apt-get install \\\n  a \\\n  b", ("apt-get", "install", "a", "b")),
        ("A=1 B='2 3' node app", ("node", "app")),
        ('echo "it\'s"', ("echo", "it's")),
        ("npm install # the libraries", ("npm", "install")),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert one(text).words == words


def test_argv_is_empty_where_a_shell_is_needed() -> None:
    assert one("node app.js --port 80").argv == ("node", "app.js", "--port", "80")
    for text in ("node $APP", "node app > log", "node a | tee b", "node *.js", "echo `date`"):
        assert one(text).argv == ()


def test_cd_moves_what_follows() -> None:
    commands = parse("cd app && npm install\nnpm start\ncd ..\nls\ncd $HOME\npwd")
    assert [(command.words[0], command.directory) for command in commands] == [
        ("cd", ""),
        ("npm", "app"),
        ("npm", "app"),
        ("cd", "app"),
        ("ls", ""),
        ("cd", ""),
        ("pwd", None),
    ]


def test_lines_count_from_the_first() -> None:
    commands = parse("a\n\nb \\\n c\nd", first_line=10)
    assert [(command.first_line, command.last_line) for command in commands] == [(10, 10), (12, 13), (14, 14)]


def test_output_between_prompts_is_no_command() -> None:
    assert [command.words for command in parse("$ node -v\nv18.0.0\n$ npm i")] == [("node", "-v"), ("npm", "i")]


def test_hash_is_a_prompt_before_a_program_and_a_comment_elsewhere() -> None:
    def typed(words: Sequence[str]) -> bool:
        return words[0] in {"apt-get", "make"} and "sure" not in words

    text = "# make sure it runs\n# apt-get install x"
    assert [command.words for command in parse(text, reads_as_command=typed)] == [("apt-get", "install", "x")]
    assert parse("# apt-get install x") == ()


def test_a_comment_above_belongs_to_the_command() -> None:
    assert one("# the workers\nmake run").comment == "the workers"


def test_users_wrappers_and_background() -> None:
    assert one("sudo -u www-data php artisan x").user == "www-data"
    assert one('su - postgres -c "createdb shop"').words == ("createdb", "shop")
    assert one('su - postgres -c "createdb shop"').user == "postgres"
    assert one("node app &").background
    assert one("nohup node app").background


def test_environment_pipelines_and_redirections() -> None:
    command = one("FOO=1 BAR='b c' node app > out.log 2>&1")
    assert command.environment == (("FOO", "1"), ("BAR", "b c"))
    assert command.redirections[0].operator == ">" and command.redirections[0].target == "out.log"
    assert one("curl -s x | sudo bash -").pipeline == (("sudo", "bash", "-"),)
    assert one("export A=1 B=2").environment == (("A", "1"), ("B", "2"))


def test_here_documents() -> None:
    command = one("cat <<EOF > /etc/x.conf\na $b\nEOF")
    assert [(r.operator, r.target) for r in command.redirections] == [(">", "/etc/x.conf"), ("<<", "a $b")]
    assert (command.first_line, command.last_line) == (1, 3)


def test_windows_lines_are_recognised() -> None:
    assert one("C:\\> service.bat install").dialect == Dialect.WINDOWS
    assert one("PS C:\\x> npm install").dialect == Dialect.POWERSHELL
    assert one("Install-WindowsFeature Web-Server").dialect == Dialect.POWERSHELL
    assert one("set PORT=80").dialect == Dialect.WINDOWS
    assert parse("mysql> CREATE DATABASE x;") == ()


def test_a_here_document_in_a_block_opens_no_quote() -> None:
    text = 'if [ -z "$1" ]; then\n  cat <<EOF >&2\nYou shouldn\'t\nEOF\n  exit 1\nfi\nexec node app.js\n'
    assert parse(text)[-1].words == ("node", "app.js")
