"""Uploading and serving files over HTTP: only for the conversation's token, an entitled agent, or a signed address."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from sanic import HTTPResponse, Request
from sanic.response import json
from sqlalchemy import insert, select

from handoff.addresses import client_address, is_loopback
from handoff.auth.guard import check_session, session_of
from handoff.desk.access import readable
from handoff.edge.http import arguments
from handoff.edge.tokens import read_token
from handoff.errors import ApiError, not_found, stale
from handoff.openapi import Media, described
from handoff.records import Reader, lock_conversation, new_id
from handoff.records.tables import uploads
from handoff.service import service_of
from handoff.transport.protocol import give_upload_time
from handoff.uploads.backends import BackendDown
from handoff.uploads.multipart import check_boundary, file_field
from handoff.uploads.ranges import ByteRange, RangeNotSatisfiable, parse_range
from handoff.uploads.refusal import UploadRefused, interrupted
from handoff.uploads.signature import is_signed, signed_url
from handoff.uploads.storage import StoredFile, UploadStorage

_FILE_POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
_PRIVATE = "private, max-age=600"
_FORM = Media(
    "multipart/form-data",
    {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]},
)


@described(
    "Upload a picture or a video; a message then sends it",
    takes=_FORM,
    answers={201: "customer-http#uploaded"},
    refuses=(409, 429),
)
async def post_customer_upload(request: Request, conversation_id: str) -> HTTPResponse:
    """Field `file` → 201 `{"upload_id","kind","url"}`; the customer then sends a message with it."""
    return await _post(request, conversation_id, "customer")


@described(
    "Upload a picture or a video to send to the customer",
    takes=_FORM,
    answers={201: "customer-http#uploaded"},
    refuses=(409, 429),
)
async def post_agent_upload(request: Request, conversation_id: str) -> HTTPResponse:
    """The same for the agent who has the conversation."""
    agent = session_of(request).agent
    async with service_of(request).records.read() as reader:
        conversation = await readable(reader, agent, conversation_id)
    if conversation.owner != agent.id:
        raise stale("这位客户现在不由您接待，请刷新后再操作。")
    return await _post(request, conversation_id, agent.id)


@described(
    "The file, whole or a range of it",
    answers={200: Media("*/*"), 206: Media("*/*")},
    refuses=(401, 403, 416),
    security=("address", "conversation", "session"),
)
async def get_upload(request: Request, upload_id: str) -> HTTPResponse | None:
    """The file, whole or in part; 404 for whoever is not entitled, as if it did not exist."""
    service = service_of(request)
    async with service.records.read() as reader:
        row = (await reader.execute(select(uploads).where(uploads.c.upload_id == upload_id))).first()
    if row is None or not await _may_see(request, upload_id, row.conversation_id):
        raise not_found("没有找到这个文件。")
    return await _serve(request, service.storage, row)


async def _post(request: Request, conversation_id: str, uploader: str) -> HTTPResponse:
    service = service_of(request)
    storage = service.storage
    boundary = check_boundary(request.headers.get("content-type"))
    if int(request.headers.get("content-length") or 0) > storage.largest_body:
        raise ApiError(
            413,
            "too_large",
            f"文件太大了：图片最多 {storage.limits.picture_mb} MB，视频最多 {storage.limits.video_mb} MB。",
        )
    await _check_quota(request, conversation_id)
    digest = hashlib.sha256()
    stored = await storage.do_store(
        _hashed(file_field(_body(request, storage.largest_body), boundary), digest)
    )
    upload_id = new_id("u")
    try:
        async with service.records.write() as tx:
            await lock_conversation(tx, conversation_id)
            await service.quota.check_conversation(tx, conversation_id, stored.size)
            await tx.execute(
                insert(uploads).values(**_row(upload_id, conversation_id, uploader, stored, digest, tx.now()))
            )
    except BaseException:
        with suppress(BackendDown, ApiError):  # then it is a leftover
            await storage.do_remove(stored.name)
        raise
    body = {
        "upload_id": upload_id,
        "kind": stored.type.family,
        "url": signed_url(service.settings.secret_key, upload_id),
    }
    return json(body, status=201)


def _row(
    upload_id: str, conversation_id: str, uploader: str, stored: StoredFile, digest: Any, now: Any
) -> dict[str, Any]:
    return {
        "upload_id": upload_id,
        "conversation_id": conversation_id,
        "created_at": now,
        "uploader": uploader,
        "kind": stored.type.family,
        "mime": stored.type.mime,
        "size": stored.size,
        "width": stored.width,
        "height": stored.height,
        "sha256": digest.hexdigest(),
        "stored_as": stored.name,
    }


async def _check_quota(request: Request, conversation_id: str) -> None:
    """A conversation's evidence is a handful of files; the disk belongs to everybody."""
    service = service_of(request)
    exempt = is_loopback(request, service.settings)
    length = request.headers.get("content-length")
    await service.quota.check(
        conversation_id,
        None if exempt else client_address(request, service.settings),
        None if length is None else int(length),
    )


async def _body(request: Request, most: int) -> AsyncIterator[bytes]:
    """The request's body as it arrives; a slow phone gets more time than an ordinary request."""
    stream = request.stream
    if stream is None:
        raise interrupted()
    give_upload_time(request, service_of(request).settings.upload_seconds)
    taken = 0
    chunks: AsyncIterator[bytes] = stream  # type: ignore[assignment]
    async for data in chunks:
        taken += len(data)
        if taken > most:
            raise UploadRefused(413, "too_large", "文件太大了，请压缩后再发。")
        yield data


async def _hashed(chunks: AsyncIterator[bytes], digest: Any) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        digest.update(chunk)
        yield chunk


async def _may_see(request: Request, upload_id: str, conversation_id: str) -> bool:
    """A signed address, the conversation's own token, or an agent who may read the conversation."""
    secret = service_of(request).settings.secret_key
    signature = arguments(request).get("s")
    if signature is not None:
        return is_signed(secret, upload_id, signature)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return read_token(secret, token.strip()) == conversation_id
    session = await check_session(request)
    async with service_of(request).records.read() as reader:
        return await _is_readable(reader, session.agent, conversation_id)


async def _is_readable(reader: Reader, agent: Any, conversation_id: str) -> bool:
    try:
        await readable(reader, agent, conversation_id)
    except ApiError:
        return False
    return True


async def _serve(request: Request, storage: UploadStorage, row: Any) -> HTTPResponse | None:
    size: int = row.size
    headers = {
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _FILE_POLICY,
        "Content-Disposition": f"inline; filename={quote(row.upload_id)}{PurePosixPath(row.stored_as).suffix}",
        "Cache-Control": _PRIVATE,
        "ETag": f'"{row.sha256[:32]}"',
    }
    try:
        part = parse_range(request.headers.get("range"), size)
    except RangeNotSatisfiable:
        error = {"code": "range", "message": "请求的范围无效。"}
        return json({"error": error}, status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    chosen = part or ByteRange(0, size - 1)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.end}/{size}"
    headers["Content-Length"] = str(chosen.length)
    at, end = chosen.start, chosen.end + 1
    data = await storage.piece(row.stored_as, at, end - at)
    if data is None:
        raise not_found("没有找到这个文件。")
    response = await request.respond(status=206 if part else 200, headers=headers, content_type=row.mime)
    assert response is not None
    while data:
        at += len(data)
        await response.send(data)
        data = await storage.piece(row.stored_as, at, end - at) if at < end else None
    await response.eof()
    return None
