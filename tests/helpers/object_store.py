"""A small S3 server on loopback (localbucket), which checks who asks and can be taken away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import localbucket

BUCKET = "evidence"
KEY_ID, SECRET = "anke-test", "anke-test-secret-key"


class ObjectStore:
    """One bucket below `folder`. The key id is checked, the signature is not: that one is right is obstore's promise."""

    def __init__(self, folder: Path, bucket: str = BUCKET) -> None:
        self.folder = folder / bucket
        self.folder.mkdir(parents=True)
        self.down = False
        store = self

        class Handler(localbucket.S3Handler):  # type: ignore[misc]
            data_root = folder

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def _dispatch(self, action: Any) -> None:
                if store.down:
                    self.close_connection = True
                    self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
                elif f"Credential={KEY_ID}/" not in self.headers.get("Authorization", ""):
                    self.close_connection = True
                    self.send_error(HTTPStatus.FORBIDDEN)
                else:
                    super()._dispatch(action)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def settings(self, **changed: str) -> dict[str, str]:
        """What makes a service keep its files here."""
        return {
            "UPLOADS": f"s3://{self.folder.name}/photos",
            "S3_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "S3_KEY_ID": KEY_ID,
            "S3_SECRET_KEY": SECRET,
            **changed,
        }

    def files(self) -> list[Path]:
        """What lies in the bucket."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    store = ObjectStore(folder)
    try:
        yield store
    finally:
        store.stop()
