"""What the cloud's code never does, whatever is asked of it: seen in the code itself (OWASP ASVS 5.0)."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_tree import ROOT, modules, tracked, tree

_CODE = modules("cloud")
_TEMPLATES = [path for path in tracked() if path.parts[0] == "cloud" and path.suffix == ".html"]
_SCRIPTS = [path for path in tracked() if path.parts[0] == "cloud" and path.suffix == ".js"]
_UNSAFE = {"pickle", "marshal", "shelve", "dill", "jsonpickle", "yaml", "xml", "lxml", "jwt", "jose"}
#: Matches words of ours against the patterns that our own routes declare.
_PATTERNS_OF_ROUTES = {"cloud/foundation/example_values.py"}
#: Who opens connections, and to what: the database, mail, fetched addresses, another process' room.
_CONNECTING = {
    "cloud/foundation/embedded_postgres/cluster.py",
    "cloud/foundation/fetcher.py",
    "cloud/gateways/mail/smtp.py",
    "cloud/ops/deployment.py",
    "cloud/ops/serving.py",
    "cloud/ops/tls_offers.py",
    "cloud/rooms/relay.py",
}
#: Waits are spread by chance; nothing secret is.
_CHANCE = {"cloud/foundation/job_queue.py", "cloud/rooms/directory.py", "cloud/webhooks/rules.py"}
#: Migrations and grants have names of tables in them, and no value of anybody's.
_NAMES_IN_STATEMENTS = "cloud/foundation/migrations/"


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in _imports(path)}


def _is_constant(node: ast.AST) -> bool:
    """Return whether a text is written in the code: a literal, a CONSTANT, or made of such and of escaped ones."""
    if isinstance(node, ast.JoinedStr):
        return all(_is_constant(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _is_constant(node.value)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) == "re.escape"
    if isinstance(node, ast.Attribute):
        return node.attr.isupper()
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def _text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_no_text_becomes_a_command_or_code() -> None:
    for path in _CODE:
        for name, call in _calls(path):
            assert name not in ("eval", "exec", "compile", "os.system", "os.popen", "__import__"), path
            if name.startswith("subprocess."):
                assert not {"shell", "executable"} & {word.arg for word in call.keywords}, path
                assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr), path


def test_nothing_unsafe_is_parsed() -> None:
    assert {path: _tops(path) & _UNSAFE for path in _CODE if _tops(path) & _UNSAFE} == {}


def test_statements_are_made_of_constants() -> None:
    found = [
        f"{path}: {ast.unparse(call)}"
        for path in _CODE
        if not path.as_posix().startswith(_NAMES_IN_STATEMENTS)
        for name, call in _calls(path)
        if name in ("sa.text", "text") or name.endswith(("exec_driver_sql", "literal_column"))
        if not _is_constant(call.args[0])
    ]
    assert found == []


def test_patterns_and_templates_are_constants() -> None:
    for path in _CODE:
        for name, call in _calls(path):
            if path.as_posix() not in _PATTERNS_OF_ROUTES and re.fullmatch(
                r"re\.(compile|match|fullmatch|search|sub|findall|split)", name
            ):
                assert _is_constant(call.args[0]), f"{path}: {ast.unparse(call)}"
            if name.endswith(".format") and isinstance(call.func, ast.Attribute):
                made = call.func.value
                is_ours = (
                    isinstance(made, ast.Call) and ast.unparse(made.func) == "Markup" and _is_constant(made.args[0])
                )
                assert is_ours or _is_constant(made), f"{path}: {ast.unparse(call)}"
            assert not name.endswith(("from_string", "Template")), path


def test_secrets_come_from_the_system() -> None:
    assert {path.as_posix() for path in _CODE if {"random", "uuid", "numpy"} & _tops(path)} <= _CHANCE


def test_cryptography_is_that_of_few_libraries() -> None:
    ours = {"ciphers.aead.AESGCM", "hashes.SHA256", "kdf.hkdf.HKDF"}
    for path in _CODE:
        used = {name.removeprefix("cryptography.hazmat.primitives.") for name in _imports(path) if "hazmat" in name}
        assert used <= ours, path
        assert not {"Crypto", "Cryptodome", "nacl", "OpenSSL", "crypt"} & _tops(path), path
        for name, call in _calls(path):
            if name == "hashlib.sha1":  # of what arrives and of lists of others, never where it protects something
                assert [ast.unparse(word) for word in call.keywords] == ["usedforsecurity=False"], path
            elif name.startswith("hashlib.") and "(" not in name:
                assert name == "hashlib.sha256", path
            elif name == "hmac.new":
                assert ast.unparse(call.args[2]) in ("'sha256'", "hashlib.sha256"), path
            assert not name.endswith(("ssl._create_unverified_context", "ssl.SSLContext")), path


def test_connections_are_opened_in_known_places() -> None:
    opening = {"requests", "httpx", "aiohttp", "urllib3", "socket", "smtplib", "http", "websockets", "ftplib"}
    named = "(socket.create_connection|socket.socket|smtplib.SMTP|http.client|connect)"
    found = set()
    for path in _CODE:
        if _tops(path) & opening and re.search(rf"\b{named}\(|urlopen|HTTPSConnection", _text(path)):
            found.add(path.as_posix())
    assert found <= _CONNECTING


def test_templates_escape_everything() -> None:
    assert _TEMPLATES
    for path in _TEMPLATES:
        text = _text(path)
        assert not re.search(r"\|\s*safe|autoescape|\{%\s*raw", text), path
        assert not re.search(r"\son\w+=|javascript:|style=", text), path
        assert all('nonce="{{ nonce }}"' in tag for tag in re.findall(r"<script[^>]*>", text)), path
        assert not re.search(r"<script[^>]*>[^<]", text), path
        for form in re.findall(r"<form[^>]*>.*?</form>", text, re.DOTALL):
            is_posted = 'method="post"' in form and "{{ own() }}" in form
            # What only a script sends carries a token that no other site has.
            assert is_posted or 'method="get"' in form or "data-method=" in form, path
        plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text)
        assert not re.search(r"<\w[^>]*\s[\w-]+=(?![\"'])", re.sub(r'"[^"]*"', '""', plain)), (
            f"{path}: an attribute without quotes"
        )
    pages = (ROOT / "cloud/foundation/pages.py").read_text(encoding="utf-8")
    assert "autoescape=True" in pages


def test_password_fields_hide_and_let_paste() -> None:
    inputs = [tag for path in _TEMPLATES for tag in re.findall(r"<input[^>]*>", _text(path))]
    fields = [tag for tag in inputs if 'name="password"' in tag]
    assert fields
    for tag in fields:
        assert 'type="password"' in tag, tag
        assert re.search(r'autocomplete="(current|new)-password"', tag), tag
    assert not [path for path in (*_TEMPLATES, *_SCRIPTS) if re.search(r"onpaste|\bpaste\b", _text(path))]


def test_scripts_write_text_only() -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|Function\(|postMessage"
    forbidden += r"|localStorage|sessionStorage|indexedDB|document\.cookie|__proto__|\.prototype|Object\.assign"
    assert _SCRIPTS
    assert [path for path in _SCRIPTS if re.search(forbidden, _text(path))] == []
    assert [path for path in _SCRIPTS if '"use strict";' not in _text(path)] == []


def test_no_test_is_shipped() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert not {"tests", "scripts"} & set(shipped)
    assert [path for path in _CODE if {"tests", "pytest", "hypothesis"} & _tops(path)] == []
