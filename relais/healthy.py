"""Whether the component in this container is ready: `python -m relais.healthy`, its health check."""

from __future__ import annotations

import http.client
import os
import sys

TIMEOUT_SECONDS = 3.0


def is_ready(port: int, path: str = "/health/ready") -> bool:
    """Whether the component that listens here answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(int(os.environ.get("RELAIS_PORT", "8080"))) else 1)
