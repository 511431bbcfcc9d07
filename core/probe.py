"""`python -m core.probe live|ready`: the health check of a container, from inside it.

It sends the host name of BASE_URL, as the application answers to no other. Only the standard
library: it runs every few seconds.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 4


def answers(page: str, *, port: int, host: str) -> bool:
    """Whether `/health/<page>` says 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", f"/health/{page}", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    host_name = urlsplit(os.environ.get("BASE_URL", "http://127.0.0.1")).netloc
    port_number = int(os.environ.get("PORT", "8000"))
    sys.exit(0 if answers(sys.argv[1], port=port_number, host=host_name) else 1)
