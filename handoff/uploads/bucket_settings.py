"""Which bucket `UPLOADS` names, and how it is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class BucketSettings:
    """`address` is s3://bucket or s3://bucket/folder; without `endpoint` it is Amazon's of the region."""

    address: str
    endpoint: str
    region: str
    key_id: str
    secret: str = field(repr=False)


def bucket_settings(values: Mapping[str, str]) -> BucketSettings | None:
    """None unless `UPLOADS` is a bucket."""
    if not values.get("UPLOADS", "").startswith("s3://"):
        return None
    return BucketSettings(
        values["UPLOADS"],
        values.get("S3_ENDPOINT", ""),
        values.get("S3_REGION") or "us-east-1",
        values.get("S3_KEY_ID", ""),
        values.get("S3_SECRET_KEY", ""),
    )
