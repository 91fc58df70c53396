"""What a customer may send as evidence, and what happens to everything else."""

import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from handoff.uploads.limits import UploadLimits
from handoff.uploads.refusal import UploadRefused
from handoff.uploads.storage import StoredFile, UploadStorage
from tests.handoff.uploads import sample_files as files


@pytest.fixture
def storage(tmp_path: Path):
    storage = UploadStorage(
        tmp_path / "uploads", UploadLimits(picture_mb=1, video_mb=2, picture_megapixels=2)
    )
    yield storage
    storage.close()


def left_on_disk(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]


async def refused(storage: UploadStorage, data: bytes) -> UploadRefused:
    with pytest.raises(UploadRefused) as caught:
        await storage.do_store(files.chunks(data))
    return caught.value


async def content(storage: UploadStorage, stored: StoredFile) -> bytes:
    kept = await storage.piece(stored.name, 0, stored.size)
    assert kept is not None
    return kept


@pytest.mark.parametrize(
    ("kind", "mime"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg"), ("GIF", "image/png")],
)
async def test_pictures_are_kept_and_look_the_same(storage: UploadStorage, kind: str, mime: str) -> None:
    stored = await storage.do_store(files.chunks(files.picture(kind)))
    assert (stored.type.mime, stored.width, stored.height) == (mime, 60, 40)
    with Image.open(io.BytesIO(await content(storage, stored))) as kept:
        left, right = kept.convert("RGB").getpixel((5, 20)), kept.convert("RGB").getpixel((55, 20))
    assert left[0] > 200 > left[2]
    assert right[2] > 200 > right[0]


async def test_a_photo_with_a_film_behind_it_is_kept_as_the_photo(storage: UploadStorage) -> None:
    """Moving pictures of phones: in megabytes of film the two bytes that begin a scan occur by chance."""
    film = files.mp4(film=b"\xff\xda\0\x08" * 400)
    stored = await storage.do_store(files.chunks(files.picture("JPEG") + film))
    assert (stored.type.mime, stored.width, stored.height) == ("image/jpeg", 60, 40)
    assert film[:40] not in await content(storage, stored)


async def test_the_place_and_the_camera_do_not_survive(storage: UploadStorage) -> None:
    stored = await storage.do_store(files.chunks(files.picture_with_place()))
    kept = await content(storage, stored)
    assert b"SecretCamera" not in kept
    assert b"SecretComment" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert picture.size == (40, 60), "a picture taken with the phone upright is shown upright"


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_nothing_written_beside_the_pixels_survives(
    storage: UploadStorage, kind: str, mode: str
) -> None:
    """Text chunks, EXIF, XMP, a colour profile, a comment: of pictures that need no conversion too."""
    image = Image.new("RGB" if kind == "JPEG" else mode, (60, 40), "red")
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "SecretComment")
    written = {"exif": exif, "pnginfo": told, "comment": b"SecretComment", "xmp": b"<x>SecretXmp</x>"}
    out = io.BytesIO()
    image.save(out, kind, icc_profile=b"SecretProfile" * 20, **written)
    assert b"Secret" in out.getvalue()
    stored = await storage.do_store(files.chunks(out.getvalue()))
    assert b"Secret" not in await content(storage, stored)


async def test_a_payload_glued_to_a_picture_does_not_survive(storage: UploadStorage) -> None:
    stored = await storage.do_store(files.chunks(files.picture("PNG") + b"PK\3\4<script>alert(1)</script>"))
    assert b"script" not in await content(storage, stored)


async def test_a_photo_with_broken_exif_is_still_a_photo(storage: UploadStorage) -> None:
    data = files.picture_with_place()
    at = data.index(b"Exif\0\0") + 6
    stored = await storage.do_store(files.chunks(data[:at] + b"\xff" * 12 + data[at + 12 :]))
    assert stored.type.name == "JPEG"


async def test_a_jpeg_made_to_keep_the_decoder_busy_is_refused(storage: UploadStorage) -> None:
    data = files.picture("JPEG")
    at = data.index(b"\xff\xda")
    refusal = await refused(storage, data[:at] + data[at:-2] * 200 + data[-2:])
    assert (refusal.status, refusal.code) == (422, "broken_file")


async def test_a_see_through_picture_stays_readable(storage: UploadStorage) -> None:
    image = Image.new("RGBA", (1500, 1000), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "WEBP")
    stored = await storage.do_store(files.chunks(out.getvalue()))
    with Image.open(io.BytesIO(await content(storage, stored))) as kept:
        assert kept.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    "data",
    [
        files.mp4(),
        files.mov(),
        files.webm(),
        files.webm(known_length=False),
        files.mp4(b"iso8"),
        files.mp4(b"hvc1"),
        files.mp4() + files.box(b"sefd", b"what Samsung's cameras add"),
    ],
    ids=["mp4", "mov", "webm", "webm-live", "iso8", "hvc1", "samsung"],
)
async def test_videos_are_kept_as_sent(storage: UploadStorage, data: bytes) -> None:
    stored = await storage.do_store(files.chunks(data))
    assert stored.type.family == "video"
    assert await content(storage, stored) == data


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>1</script></html>" * 10,
        b"MZ" + b"\0" * 500,
        b"%PDF-1.7" + b"\0" * 100,
        b"just words",
        files.box(b"ftyp", b"heic\0\0\0\0") + b"\0" * 99,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 4,
    ],
    ids=["html", "exe", "pdf", "text", "heic", "svg"],
)
async def test_other_files_are_refused_whatever_they_are_called(
    storage: UploadStorage, tmp_path: Path, data: bytes
) -> None:
    refusal = await refused(storage, data)
    assert (refusal.status, refusal.code) == (422, "unsupported_file")
    assert "图片" in refusal.message
    assert left_on_disk(tmp_path) == []


@pytest.mark.parametrize(
    "data",
    [
        files.picture("JPEG", (300, 300))[:900],
        files.picture("PNG", (300, 300))[:200],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 200,
        b"\xff\xd8\xff" + b"lies" * 50,
        b"GIF89a" + b"\xff" * 100,
        b"RIFF\x20\0\0\0WEBPVP8 " + b"\0" * 60,
    ],
    ids=["cut-jpeg", "cut-png", "png-zeros", "lying-jpeg", "lying-gif", "lying-webp"],
)
async def test_broken_pictures_get_one_clear_sentence(
    storage: UploadStorage, tmp_path: Path, data: bytes
) -> None:
    refusal = await refused(storage, data)
    assert (refusal.status, refusal.code) == (422, "broken_file")
    assert left_on_disk(tmp_path) == []


@pytest.mark.parametrize(
    "data",
    [
        files.mp4()[:-100],
        files.mp4() + b"PK\3\4 an archive",
        files.box(b"ftyp", b"isom\0\0\0\0isom") + b"<html>" * 50,
        files.box(b"ftyp", b"isom\0\0\0\0isomiso2avc1") + files.box(b"mdat", b"\0" * 99),
        files.webm()[:-50],
        files.webm() + b"<html>",
        files.mp4()[:24] + b"\0\0\0\4moov" + b"\0" * 99,
    ],
    ids=["cut", "archive-behind", "page-behind", "no-moov", "cut-webm", "page-behind-webm", "tiny-box"],
)
async def test_broken_and_double_faced_videos_are_refused(
    storage: UploadStorage, tmp_path: Path, data: bytes
) -> None:
    refusal = await refused(storage, data)
    assert (refusal.status, refusal.code) == (422, "broken_file")
    assert left_on_disk(tmp_path) == []


async def test_a_20000_pixel_picture_is_refused_by_its_header(storage: UploadStorage, tmp_path: Path) -> None:
    refusal = await refused(storage, files.png_header_only(20_000, 20_000))
    assert (refusal.status, refusal.code) == (413, "too_large")
    assert "像素" in refusal.message
    assert left_on_disk(tmp_path) == []


@pytest.mark.parametrize("size", [(1, 25_000_000), (25_000_000, 1), (1, 20_001)])
async def test_a_picture_of_one_pixel_by_millions_is_refused_by_its_header(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """25 megapixels all the same: the decoder's pointers to its rows took 460 MB."""
    storage = UploadStorage(tmp_path / "uploads")
    refusal = await refused(storage, files.png_header_only(*size))
    assert (refusal.status, refusal.code) == (413, "too_large")
    assert "20000 像素" in refusal.message
    assert left_on_disk(tmp_path) == []
    storage.close()


async def test_a_screenshot_of_a_long_page_is_kept(tmp_path: Path) -> None:
    storage = UploadStorage(tmp_path / "uploads")
    stored = await storage.do_store(files.chunks(files.picture("PNG", (100, 15_000))))
    assert stored.height == 15_000
    storage.close()


async def test_the_pixel_limit_is_exact(storage: UploadStorage) -> None:
    await storage.do_store(files.chunks(files.picture("PNG", (2000, 1000))))
    assert (await refused(storage, files.picture("PNG", (2001, 1000)))).status == 413


async def test_a_heavy_picture_is_cut_off_while_it_arrives(storage: UploadStorage, tmp_path: Path) -> None:
    taken = 0

    async def endless():
        nonlocal taken
        yield files.picture("JPEG")
        while True:
            taken += 1
            yield b"\0" * 100_000

    with pytest.raises(UploadRefused) as caught:
        await storage.do_store(endless())
    assert caught.value.status == 413
    assert "1 MB" in caught.value.message
    assert taken <= 12, "reading stopped at the limit"
    assert left_on_disk(tmp_path) == []


async def test_too_large_a_video(storage: UploadStorage) -> None:
    refusal = await refused(storage, files.mp4(film=b"\0" * 2_200_000))
    assert (refusal.status, refusal.message) == (413, "视频超过 2 MB 了，请截取关键的一段再发。")


async def test_an_empty_file(storage: UploadStorage) -> None:
    assert (await refused(storage, b"")).code == "empty_file"


@pytest.mark.parametrize(
    "name", ["../secret", "ab/../../etc/passwd", "/etc/passwd", "incoming/x", "", "ab/" + "0" * 30 + ".exe"]
)
async def test_names_from_outside_never_reach_the_disk(storage: UploadStorage, name: str) -> None:
    assert await storage.piece(name, 0, 1) is None
