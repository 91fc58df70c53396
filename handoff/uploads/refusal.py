"""Every way an upload can be refused: one status, one code, one clear Chinese sentence."""

from handoff.errors import ApiError


class UploadRefused(ApiError):
    """The file is not kept; the message is for the person who sent it."""


def unknown_type() -> UploadRefused:
    return UploadRefused(
        422,
        "unsupported_file",
        "这个文件不是我们支持的图片或视频，请发送 JPG、PNG、WebP、GIF 图片或 MP4、MOV、WebM 视频。",
    )


def empty_file() -> UploadRefused:
    return UploadRefused(422, "empty_file", "这个文件是空的，请重新选择一个图片或视频。")


def no_file() -> UploadRefused:
    return UploadRefused(422, "no_file", "没有收到文件，请选择一个图片或视频再上传。")


def picture_too_heavy(limit_mb: int) -> UploadRefused:
    return UploadRefused(413, "too_large", f"图片超过 {limit_mb} MB 了，请压缩或截图后再发。")


def picture_too_many_pixels(limit_megapixels: int) -> UploadRefused:
    return UploadRefused(
        413, "too_large", f"图片尺寸太大（超过 {limit_megapixels * 100} 万像素），请缩小或截图后再发。"
    )


def picture_too_long(limit_pixels: int) -> UploadRefused:
    return UploadRefused(
        413, "too_large", f"图片太长或太宽了（一边超过 {limit_pixels} 像素），请裁成几张再发。"
    )


def picture_broken() -> UploadRefused:
    return UploadRefused(422, "broken_file", "这张图片打不开，可能已损坏或没有传完整，请换一张或重新拍一张。")


def video_too_heavy(limit_mb: int) -> UploadRefused:
    return UploadRefused(413, "too_large", f"视频超过 {limit_mb} MB 了，请截取关键的一段再发。")


def video_broken() -> UploadRefused:
    return UploadRefused(422, "broken_file", "这个视频打不开，可能已损坏或没有传完整，请重新录一段再发。")


def interrupted() -> UploadRefused:
    return UploadRefused(422, "interrupted", "文件没有传完整，请检查网络后重新发送。")


def malformed() -> UploadRefused:
    return UploadRefused(422, "invalid", "上传的格式不对，请用表单字段 file 发送一个文件。")


def disk_full() -> UploadRefused:
    return UploadRefused(503, "busy", "文件暂时存不下来，请稍后再发一次。")


def out_of_reach() -> UploadRefused:
    return UploadRefused(503, "busy", "文件暂时打不开，请稍后再试。")
