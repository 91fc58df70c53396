"""Uploading and seeing files over HTTP: accepted, refused with one clear sentence, shown only to whom it concerns (H1)."""

import asyncio
import io
import itertools

import httpx
import pytest
from PIL import Image

from handoff.uploads.refusal import video_too_heavy
from tests.handoff.shared_desk import SharedDesk
from tests.handoff.uploads import sample_files as files
from tests.helpers.customer import Customer
from tests.helpers.raw_http import post_until_answered

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def send(desk: SharedDesk, customer: Customer, data: bytes, name: str = "a.jpg") -> httpx.Response:
    return await desk.http.post(
        f"{customer.path}/uploads", headers=customer.headers, files={"file": (name, data, "image/jpeg")}
    )


async def test_a_picture_is_sent_seen_and_closed_to_others(desk: SharedDesk) -> None:
    customer, stranger = await desk.waiting("杯子碎了"), await Customer.open(desk.http)
    sent = await send(desk, customer, files.picture_with_place())
    assert sent.status_code == 201, sent.text
    upload_id = sent.json()["upload_id"]
    assert (await customer.post("image", {"upload_id": upload_id})).status_code == 201
    assert (await stranger.post("image", {"upload_id": upload_id})).status_code == 422, "another's file"
    path = f"/api/v1/uploads/{upload_id}"
    seen = await desk.http.get(path, headers=customer.headers)
    assert seen.status_code == 200
    assert b"SecretCamera" not in seen.content
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in seen.headers["content-security-policy"]
    assert seen.headers["content-disposition"].startswith("inline")
    assert (await desk.people["agent1"].http.get(path)).status_code == 200, "an agent of the group"
    log = (await customer.log())["items"]
    signed = next(one["body"]["url"] for one in reversed(log) if one["kind"] == "image")
    assert (await desk.http.get(signed)).status_code == 200
    for answer in (
        await desk.http.get(path, headers=stranger.headers),
        await desk.people["tech1"].http.get(path),
        await desk.http.get(f"{path}?s=ffffffff.guess"),
        await desk.http.get("/api/v1/uploads/u_nothing", headers=customer.headers),
    ):
        assert answer.status_code == 404, answer.text
    assert (await desk.http.get(path)).status_code == 401
    assert (await desk.people["designer1"].http.get(path)).status_code == 404


async def test_the_record_names_the_evidence(desk: SharedDesk) -> None:
    customer = await Customer.open(desk.http)
    upload_id = (await send(desk, customer, files.picture("PNG"), "x.png")).json()["upload_id"]
    await customer.answer_to((await customer.post("image", {"upload_id": upload_id})).json()["seq"])
    await customer.call("human")
    record = await desk.people["boss"].record(customer.id)
    assert [(one["upload_id"], one["kind"]) for one in record["evidence"]] == [(upload_id, "image")]


async def test_a_video_is_served_in_parts(desk: SharedDesk) -> None:
    customer = await Customer.open(desk.http)
    data = files.mp4(film=bytes(range(256)) * 2000)
    sent = await send(desk, customer, data, "a.mp4")
    assert sent.json()["kind"] == "video"
    path = f"/api/v1/uploads/{sent.json()['upload_id']}"

    async def part(wanted: str) -> httpx.Response:
        return await desk.http.get(path, headers={**customer.headers, "Range": wanted})

    whole = await desk.http.get(path, headers=customer.headers)
    assert whole.content == data
    assert whole.headers["accept-ranges"] == "bytes"
    middle = await part("bytes=1000-1999")
    assert (middle.status_code, middle.content) == (206, data[1000:2000])
    assert middle.headers["content-range"] == f"bytes 1000-1999/{len(data)}"
    assert (await part("bytes=-10")).content == data[-10:]
    beyond = await part(f"bytes={len(data)}-")
    assert beyond.status_code == 416
    assert (await customer.post("image", {"upload_id": sent.json()["upload_id"]})).status_code == 422, (
        "a film is no picture"
    )


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"<html><script>alert(1)</script></html>", 422),
        (b"", 422),
        (files.picture()[:300], 422),
        (files.png_header_only(20_000, 20_000), 413),
        (files.picture("PNG") + b"\0" * (11 * 1024 * 1024), 413),
        (files.mp4()[:-9], 422),
    ],
    ids=["lying-type", "empty", "cut", "20000-pixels", "11-MB", "cut-video"],
)
async def test_what_cannot_be_taken_gets_one_clear_sentence(
    desk: SharedDesk, data: bytes, status: int
) -> None:
    customer = await Customer.open(desk.http)
    answer = await send(desk, customer, data)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"].endswith("。")
    assert (await customer.say("还能说话")) > 0


async def test_too_large_a_video_is_refused_before_it_has_arrived(desk: SharedDesk) -> None:
    customer = await Customer.open(desk.http)
    head = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + files.mp4()[:40]
    headers = {**customer.headers, "Content-Type": "multipart/form-data; boundary=B"}
    body = itertools.chain([head], itertools.repeat(b"\0" * (1024 * 1024), 80))
    answer = await asyncio.to_thread(
        post_until_answered, desk.service.port, f"{customer.path}/uploads", headers, body
    )
    assert answer.status == 413
    assert answer.body == video_too_heavy(50).body()
    assert 50 * 1024 * 1024 <= answer.sent < 70 * 1024 * 1024


async def test_a_body_announced_as_too_large_is_refused_unread(desk: SharedDesk) -> None:
    customer = await Customer.open(desk.http)
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.service.port)
    lines = [
        f"POST {customer.path}/uploads HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {customer.token}",
        "Content-Type: multipart/form-data; boundary=B",
        f"Content-Length: {80 * 1024 * 1024}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    async with asyncio.timeout(10):
        head = await reader.readuntil(b"\r\n\r\n")
    assert b" 413 " in head.split(b"\r\n")[0]
    writer.close()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/json"}, b"{}"),
        ({"Content-Type": "multipart/form-data; boundary=B"}, b"no boundary at all"),
        (
            {"Content-Type": "multipart/form-data; boundary=B"},
            b'--B\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--B--',
        ),
    ],
    ids=["json", "no-boundary", "other-field"],
)
async def test_bodies_that_are_no_upload(desk: SharedDesk, headers: dict[str, str], body: bytes) -> None:
    customer = await Customer.open(desk.http)
    answer = await desk.http.post(
        f"{customer.path}/uploads", headers={**customer.headers, **headers}, content=body
    )
    assert answer.status_code == 422, answer.text


async def test_a_stranger_cannot_upload(desk: SharedDesk) -> None:
    customer, stranger = await Customer.open(desk.http), await Customer.open(desk.http)
    file = {"file": ("a.jpg", files.picture(), "image/jpeg")}
    assert (await desk.http.post(f"{customer.path}/uploads", files=file)).status_code == 401
    answer = await desk.http.post(f"{customer.path}/uploads", files=file, headers=stranger.headers)
    assert answer.status_code == 404


async def test_six_large_pictures_at_once_are_all_kept(desk: SharedDesk) -> None:
    noise = Image.effect_noise((2500, 2000), 40).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=70)
    customer = await Customer.open(desk.http)
    answers = await asyncio.gather(*(send(desk, customer, out.getvalue()) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["upload_id"] for answer in answers}) == 6
