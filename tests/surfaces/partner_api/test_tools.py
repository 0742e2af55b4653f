"""Tools: an upload begins with a signature and goes on with a token."""

from typing import Any

import httpx
import pytest
from tiktok_shop_api import TikTokShopError
from tiktok_shop_api.generated.models import UploadFileInitRequest

from tests.surfaces.partner_api.calling import refusal
from tests.surfaces.partner_api.conftest import Partner

VIDEO = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0" * 40


def wish(**changed: Any) -> UploadFileInitRequest:
    given = {
        "file_name": "lantern.mp4",
        "file_type": "video/mp4",
        "file_size": len(VIDEO),
        "total_chunk_count": 1,
        "target_path": "product",
    }
    return UploadFileInitRequest(**{**given, **changed})


def test_a_video_is_uploaded(partner: Partner, sdk: Any) -> None:
    told = sdk.tools.upload_file_init(body=wish()).data
    path = httpx.URL(told.upload_url).path
    headers = {"x-upload-token": told.upload_token}
    with httpx.Client(base_url=partner.address) as client:
        answer = client.put(path, content=VIDEO, headers=headers)
        short = client.put(path, content=VIDEO[:-1], headers=headers)
        forged = client.put(path, content=VIDEO, headers={"x-upload-token": "eHh4"})

    assert answer.status_code == 200, answer.text
    assert int(answer.json()["data"]["id"]) > 0
    assert refusal(short) == (400, 36009004)
    assert refusal(forged) == (401, 105001)


def test_what_cannot_be_uploaded(sdk: Any) -> None:
    for wrong in (
        {"file_type": "application/pdf"},
        {"file_size": 40_000_000},
        {"total_chunk_count": 2},
        {"file_name": ""},
    ):
        with pytest.raises(TikTokShopError) as refused:
            sdk.tools.upload_file_init(body=wish(**wrong))
        assert refused.value.code == 36009004
