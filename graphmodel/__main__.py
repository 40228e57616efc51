"""Run the command line: `python -m graphmodel`."""

from __future__ import annotations

import sys

from graphmodel.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
