"""Files over HTTP: public ones for everybody, others by a link."""

import httpx

from entrepot.contexts import files
from entrepot.contexts.files import File, NewFile, Purpose
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from entrepot.surfaces import file_links
from entrepot.surfaces.parts import Parts
from tests.contexts.catalog import goods
from tests.contexts.files.pictures import PDF, picture


def kept(parts: Parts, data: bytes, purpose: Purpose) -> File:
    def work(tx: Tx) -> File:
        owner = goods.seller(tx).merchant_id
        wish = NewFile(owner_id=owner, purpose=purpose, name="x", data=data)
        return only(files.upload(tx, parts.storage, [wish]))

    return parts.work.run(parts.platform("test"), "test", work)


def path(parts: Parts, file: File) -> str:
    return file_links.url_of(parts, file).removeprefix(parts.settings.public_url)


def test_public_files_are_served_for_good(parts: Parts, client: httpx.Client) -> None:
    file = kept(parts, picture(), Purpose.MAIN_IMAGE)

    answer = client.get(path(parts, file))
    again = client.get(path(parts, file), headers={"If-None-Match": answer.headers["etag"]})

    assert (answer.status_code, answer.content) == (200, picture())
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path(parts, file).replace(".jpg", ".html")).status_code == 404


def test_other_files_need_their_link(parts: Parts, client: httpx.Client) -> None:
    file = kept(parts, PDF, Purpose.LABEL)
    link = path(parts, file)

    answer = client.get(link)
    by_hash = client.get(f"/files/{file.sha256.hex()}.pdf")
    forged = client.get(f"{link[:-1]}{'0' if link[-1] != '0' else '1'}")
    old = f"/files/{file.id}/content?expires=1&signature={file_links.sign(parts, file.id, 1)}"

    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["cache-control"] == "private, no-store"
    assert [by_hash.status_code, forged.status_code, client.get(old).status_code] == [404] * 3
