"""Windows is a target: calls that only POSIX has stand in one module, behind a question."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import MODULES, name_of, syntax

ONE_MODULE = "graphmodel/private_files.py"
POSIX_MODULES = {
    "crypt",
    "fcntl",
    "grp",
    "posix",
    "pty",
    "pwd",
    "resource",
    "syslog",
    "termios",
    "tty",
}
POSIX_NAMES = {
    "asyncio": {"add_signal_handler"},
    "os": {
        *("chown", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid"),
        *("getgroups", "getloadavg", "getpgid", "getuid", "killpg", "lchown", "mkfifo"),
        *("mknod", "nice", "openpty", "setegid", "seteuid", "setgid", "setsid", "setuid"),
        *("statvfs", "sysconf", "uname", "wait", "wait3", "wait4", "O_CLOEXEC"),
        *("O_DIRECTORY", "O_NOFOLLOW", "O_TMPFILE", "sched_getaffinity", "posix_fadvise"),
    },
    "signal": {
        *("SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGUSR1", "SIGUSR2"),
        *("alarm", "pause", "pthread_sigmask", "setitimer", "sigwait"),
    },
    "socket": {"AF_UNIX"},
    "time": {"tzset"},
}


def posix_only(tree: ast.Module) -> set[str]:
    """Return the POSIX-only modules and names that a module uses."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & POSIX_MODULES
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} & POSIX_MODULES
            names = POSIX_NAMES.get(node.module or "", set())
            found |= {alias.name for alias in node.names} & names
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {node.attr} & POSIX_NAMES.get(node.value.id, set())
    return found


@pytest.mark.parametrize("name", [name_of(p) for p in MODULES if name_of(p) != ONE_MODULE])
def test_no_posix_only_call(name: str) -> None:
    assert not posix_only(syntax(name))


def test_the_check_sees_posix_only_calls() -> None:
    text = "import fcntl, os\nfrom signal import SIGKILL\nos.geteuid()\nos.replace('a', 'b')\n"
    assert posix_only(ast.parse(text)) == {"fcntl", "SIGKILL", "geteuid"}
