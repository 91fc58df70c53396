"""The model's archive is packed at gzip's level 6.

Reason: Rasa packs at level 9, one core for 16 s; level 6 takes 2.3 s for an archive that is 1 % larger (27.6 MB for 27.4).
"""

from __future__ import annotations

from typing import Any

LEVEL = 6


def install() -> None:
    """Only what a training writes; reading knows no level."""
    from rasa.engine.storage import local_model_storage

    class Archive(local_model_storage.TarSafe):  # type: ignore[misc]
        """Rasa's archive, packed sooner."""

        @classmethod
        def gzopen(cls, name: Any, mode: str = "r", fileobj: Any = None, **kept: Any) -> Any:
            """As the library does, at LEVEL."""
            return super().gzopen(name, mode, fileobj, **{**kept, "compresslevel": LEVEL})

    local_model_storage.TarSafe = Archive
