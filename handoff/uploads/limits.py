"""How large a file may be (issue: pictures 10 MB and 25 megapixels, video 50 MB); sizes in bytes and pixels."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class UploadLimits:
    """Defaults are the contract's; tests use smaller ones."""

    picture_mb: int = 10
    picture_megapixels: int = 25
    video_mb: int = 50
    decoders: int = 2
    """Pictures decoded at once in a process: a 25-megapixel picture takes about 100 MB while it is decoded."""
    files_per_hour: int = 60
    """Per conversation: an evidence set is a handful of files, more is a flood."""

    conversation_mb: int = 500
    """Per conversation altogether: the disk belongs to everybody."""

    @property
    def conversation_bytes(self) -> int:
        return self.conversation_mb * MEGABYTE

    @property
    def picture_bytes(self) -> int:
        return self.picture_mb * MEGABYTE

    @property
    def picture_pixels(self) -> int:
        return self.picture_megapixels * 1_000_000

    @property
    def video_bytes(self) -> int:
        return self.video_mb * MEGABYTE
