"""One HTTP call to a store's order system: deadline, retries, and answers turned into the port's errors."""

import asyncio
import json
import logging
from typing import Any

import httpx

from aftersales.order_system.http.breaker import CircuitBreaker
from aftersales.order_system.port import Refused, Unavailable

log = logging.getLogger("aftersales.order_system")

#: Worth another try, because the answer did not come from the order system's own rules.
_PASSING = frozenset({429, 502, 503, 504})
_PAUSE_SECONDS = 0.1
_SHARE = 0.6


class Caller:
    """Sends JSON. `deadline` seconds bound a whole call with its retries; `breaker` bounds calls to a system that is down."""

    def __init__(
        self,
        base_url: str,
        token: str | None,
        deadline: float,
        *,
        tries: int = 3,
        transport: httpx.AsyncBaseTransport | None = None,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        headers = {"Accept": "application/json", "User-Agent": "anke/1"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.AsyncClient(
            base_url=base_url.rstrip("/") + "/",
            headers=headers,
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )
        self._deadline = deadline
        self._tries = tries
        self._breaker = breaker or CircuitBreaker()

    @property
    def breaker(self) -> CircuitBreaker:
        return self._breaker

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: dict[str, str] | None = None,
        key: str | None = None,
        repeatable: bool = True,
    ) -> Any:
        """The `data` of the answer; None for 404 on a GET.

        repeatable: reads, and writes with a key, are tried again after a lost connection or a passing failure; never a
        verification, because every attempt counts. Raises Refused (4xx with a code) or Unavailable, at once while the
        breaker is open.
        """
        if not self._breaker.may_call():
            raise Unavailable("order_system_resting", "暂时连不上订单系统，请稍后再试。")
        try:
            answer = await self._answer(method, path, body, query, key, repeatable)
        except BaseException as error:
            # a refusal is an answer; whoever stopped waiting has not got one
            self._breaker.answered() if isinstance(error, Refused) else self._breaker.failed()
            raise
        self._breaker.answered()
        return answer

    async def _answer(
        self,
        method: str,
        path: str,
        body: Any,
        query: dict[str, str] | None,
        key: str | None,
        repeatable: bool,
    ) -> Any:
        try:
            async with asyncio.timeout(self._deadline):
                response = await self._send(method, path, body, query, key, repeatable)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Unavailable("order_system_timeout", "订单系统没有及时响应，请稍后再试。") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable("order_system_unreachable", "暂时连不上订单系统，请稍后再试。") from error
        return _read(method, response)

    async def _send(
        self,
        method: str,
        path: str,
        body: Any,
        query: dict[str, str] | None,
        key: str | None,
        repeatable: bool,
    ) -> httpx.Response:
        left = self._tries if repeatable else 1
        # A try that may be repeated leaves time for another one within the deadline.
        timeout = self._deadline * (_SHARE if repeatable else 1)
        headers = {"Idempotency-Key": key} if key else {}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = _utf8(json.dumps(body, ensure_ascii=False))
        query = {name: _utf8(value).decode() for name, value in (query or {}).items()}
        while True:
            left -= 1
            try:
                response = await self._client.request(
                    method, path, content=content, params=query, headers=headers, timeout=timeout
                )
            except httpx.TransportError:
                if left <= 0 or not self._breaker.may_repeat():
                    raise
            else:
                if response.status_code not in _PASSING or left <= 0 or not self._breaker.may_repeat():
                    return response
            await asyncio.sleep(_PAUSE_SECONDS)


def _utf8(text: str) -> bytes:
    """Half characters that a customer's device sent become question marks."""
    return text.encode("utf-8", "replace")


def _read(method: str, response: httpx.Response) -> Any:
    if response.status_code in (404, 410) and method == "GET":
        return None
    try:
        payload = response.json()
    except ValueError:
        payload = None
    if response.is_success and isinstance(payload, dict) and "data" in payload:
        return payload["data"]
    problem = payload.get("error") if isinstance(payload, dict) else None
    if response.status_code in (400, 404, 409, 422) and isinstance(problem, dict):
        code, message = problem.get("code"), problem.get("message")
        if isinstance(code, str) and isinstance(message, str) and message:
            raise Refused(code, message)
    if response.status_code in (401, 403):
        log.error("the order system refuses ORDER_SYSTEM_TOKEN (HTTP %d)", response.status_code)
        raise Unavailable("order_system_token_refused", "暂时连不上订单系统，请稍后再试。")
    raise Unavailable("order_system_bad_answer", "订单系统返回异常，请稍后再试。")
