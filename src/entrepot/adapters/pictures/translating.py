"""Words in pictures translated by an engine behind HTTP, which anybody can run.

It is posted the bytes of a picture, with the language in `target` and the wish in
`Idempotency-Key`. It answers 200 with the new picture, 204 where there are no words, 415 or 422
where it can do nothing with the picture; anything else is an engine that is out of order, and it
is asked again later. The operator names its address, so it may be at home as well.
"""

import asyncio
from dataclasses import dataclass, field

import aiohttp

from entrepot.contexts import catalog

pictures = catalog.pictures

MOST_BYTES = 10_000_000  # As many as a picture may have here.
LONGEST_REASON = 200
NO_WORDS, NOT_FOR_ME = 204, {415, 422}


@dataclass(frozen=True, slots=True)
class Translator:
    """Where the engine is, how long it may take, and the key that it knows us by."""

    url: str
    key: str = field(default="", repr=False)
    patience_s: int = 60

    def alter(self, picture: pictures.Picture) -> pictures.Outcome:
        """The picture in another language."""
        return asyncio.run(self._asked(picture))

    async def _asked(self, picture: pictures.Picture) -> pictures.Outcome:
        headers = {
            "Accept": "image/*",
            "Content-Type": picture.content_type,
            "Idempotency-Key": picture.key,
            "User-Agent": "Entrepot-Pictures/1",
        }
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        timeout = aiohttp.ClientTimeout(total=self.patience_s)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as http,
                http.post(
                    self.url,
                    params={"target": picture.language},
                    data=picture.data,
                    headers=headers,
                    allow_redirects=False,
                ) as answer,
            ):
                return await _outcome(answer)
        except TimeoutError:
            return pictures.Trouble(f"no answer within {self.patience_s} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return pictures.Trouble((str(error) or type(error).__name__)[:LONGEST_REASON])


async def _outcome(answer: aiohttp.ClientResponse) -> pictures.Outcome:
    if answer.status == NO_WORDS:
        return pictures.Untouched("there are no words in it")
    if answer.status in NOT_FOR_ME:
        return pictures.Untouched("the engine can do nothing with this picture")
    if answer.status != 200:
        return pictures.Trouble(f"the engine answered {answer.status}")
    data = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        data += chunk
        if len(data) > MOST_BYTES:
            return pictures.Trouble(f"the engine answered more than {MOST_BYTES // 1_000_000} MB")
    return pictures.Altered(bytes(data))
