"""Errors that a caller may see: a status, a stable code, and one Chinese sentence for a person; never a traceback."""

from typing import Any


class ApiError(Exception):
    """Raised anywhere below a route; handoff/app.py and the sockets turn it into `{"error":{"code","message"}}`."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message}}


def unauthorized(message: str = "会话凭证无效，请刷新页面后重试。") -> ApiError:
    return ApiError(401, "unauthorized", message)


def not_found(message: str = "没有找到这个会话。") -> ApiError:
    """Missing, or not the caller's: the same answer, so that ids cannot be probed."""
    return ApiError(404, "not_found", message)


def invalid(message: str) -> ApiError:
    return ApiError(422, "invalid", message)


def too_large(message: str) -> ApiError:
    return ApiError(413, "too_large", message)


def conflict(message: str = "同一个消息编号已经用于另一条内容。") -> ApiError:
    return ApiError(409, "conflict", message)


def stale(message: str = "会话状态已经变化，请刷新后再操作。") -> ApiError:
    return ApiError(409, "stale", message)


def reload_needed() -> ApiError:
    return ApiError(409, "reload", "本地记录与服务器不一致，请重新加载会话。")


def too_many(retry_after: int) -> ApiError:
    return ApiError(429, "too_many", "操作太频繁了，请稍等片刻再试。", retry_after=max(1, retry_after))


def busy(message: str = "系统正忙，消息还没有保存，请稍后重试。") -> ApiError:
    """The database could not take the write in time: the caller must try again, nothing was acknowledged."""
    return ApiError(503, "busy", message, retry_after=2)


def storage_full() -> ApiError:
    return ApiError(503, "storage_full", "服务器存储空间不足，消息暂时无法保存，请稍后重试。", retry_after=30)
