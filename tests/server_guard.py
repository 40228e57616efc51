"""Owns a server of a test run: it ends as soon as the test process is gone, however that ended.

    python tests/server_guard.py HOME COMMAND…

Runs the command until it ends or standard input closes, then removes HOME, a temporary folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading


def guard(home: str, command: list[str]) -> int:
    """Run the command, remove `home` and return the command's code."""
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def stop() -> None:
        while os.read(sys.stdin.fileno(), 1024):  # ends when the parent closes the pipe or is gone
            pass
        server.kill()  # an orderly end takes 10 s, and the store is thrown away with its folder

    threading.Thread(target=stop, daemon=True).start()
    code = server.wait()
    shutil.rmtree(home, ignore_errors=True)
    return code


if __name__ == "__main__":
    if len(sys.argv) < len(["guard", "HOME", "COMMAND"]):
        sys.exit("usage: server_guard.py HOME COMMAND…")
    sys.exit(guard(sys.argv[1], sys.argv[2:]))
