"""How large a file may be (pictures 10 MB and 25 megapixels, video 50 MB), and how much all of them may take."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class UploadLimits:
    """Defaults are the contract's; tests use smaller ones."""

    picture_mb: int = 10
    picture_megapixels: int = 25
    picture_side: int = 20_000
    """Pixels of the longer side: a screenshot of a long page has 1080 x 15000. A decoder keeps a pointer for every row
    of a picture: 1 x 25 000 000 took 460 MB."""
    video_mb: int = 50
    decoders: int = 1
    """Pictures decoded at once in a process: 25 megapixels take 200 to 400 MB for two seconds, by type."""
    min_free_mb: int = 1024
    """What uploads leave free on the disk, for databases and logs."""
    total_mb: int = 50_000
    """All uploads of the installation together."""
    files_per_hour: int = 60
    """Per conversation: an evidence set is a handful of files, more is a flood."""

    conversation_mb: int = 500
    """Per conversation altogether: the disk belongs to everybody."""
    files_per_hour_of_address: int = 300
    """An office or a carrier's gateway is one address for many customers."""
    daily_mb_of_address: int = 2000

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
