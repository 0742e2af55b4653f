"""Another seller asks for everything that was asked in the journeys, with the same ids.

Each operation is asked again as it once succeeded, by somebody who opened a shop afterwards: the
ids in its path and body are foreign to them. Nothing may change, and nothing may be told that only
those knew who asked first.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text
from tiktok_shop_api import TikTokShop

from . import sdk
from .judge import Sent
from .world import World

TABLES = text("""
    select format('%I.%I', schemaname, tablename) from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema', 'public', 'kernel', 'events')
    order by 1
""")
ID = re.compile(r"\d{12,19}")
# What is in a path and everybody's: categories, ways of delivery, the operator's briefs.
COMMON = {"{category_id}", "{delivery_option_id}", "{opportunity_id}"}


def walk(made: World) -> list[str]:
    """What leaked, and where."""
    thief = made.opens().access
    told = (thief.app_key, thief.app_secret, thief.token, thief.cipher)
    client = TikTokShop(*told, base_url=thief.address)
    known = _ids_told(made)
    sent = [one for one in _first_each(made.judge.sent) if _is_about_something(one)]
    with made.parts.engine.connect() as sql:
        before, found = _state(sql), list[str]()
        for one in sent:
            answer = _ask(client, one)
            sql.rollback()
            after = _state(sql)
            found += _leaks(one, answer, known, _changed(before, after))
            before = after
    client.close()
    return found


def _first_each(sent: list[Sent]) -> Iterator[Sent]:
    """The first request of each operation."""
    seen: set[str] = set()
    for one in sent:
        if one.operation.id not in seen:
            seen.add(one.operation.id)
            yield one


def _is_about_something(one: Sent) -> bool:
    """Whether anybody's things are named; what is uploaded is the caller's own."""
    return _names_a_thing(one) or bool(_ids_of(one))


def _names_a_thing(one: Sent) -> bool:
    return bool({*sdk.HOLE.findall(one.operation.path)} - COMMON)


def _ids_of(one: Sent) -> set[str]:
    said = f"{one.path} {one.query}"
    if not one.content_type.startswith("multipart/"):
        said += one.content.decode("utf-8")
    return {*ID.findall(said)}


def _ids_told(made: World) -> set[str]:
    return {
        id
        for call in made.judge.calls
        if call.succeeded
        for id in ID.findall(json.dumps(call.raw.get("data")))
    }


def _ask(by: TikTokShop, one: Sent) -> Any:
    http = by._client.get_httpx_client()
    http.event_hooks["response"] = []  # The library's own would raise what is looked for.
    headers = {"content-type": one.content_type} if one.content_type else None
    answer = http.request(
        one.operation.method, one.path, params=one.query, content=one.content, headers=headers
    )
    return answer.json()


def _leaks(one: Sent, answer: Any, known: set[str], changed: list[str]) -> Iterator[str]:
    what = f"{one.operation.method} {one.operation.path}"
    if changed:
        yield f"{what} changed {', '.join(changed)}"
    if answer["code"] != 0:
        return
    data = {name: told for name, told in (answer.get("data") or {}).items() if name != "errors"}
    told = {*ID.findall(json.dumps(data))} & known - _ids_of(one)  # What they said is no news.
    if told:
        yield f"{what} told {sorted(told)[:3]} of {len(told)}"
    elif _names_a_thing(one):
        yield f"{what} was not refused: {json.dumps(answer)[:300]}"


def _state(sql: Connection) -> dict[str, str]:
    """A digest of each table."""
    parts = [
        f"select '{name}', md5(coalesce(string_agg(t::text, '|' order by t::text), ''))"
        f" from {name} t"
        for name in sql.scalars(TABLES)
    ]
    rows = sql.execute(text(" union all ".join(parts)))
    return {row[0]: row[1] for row in rows}


def _changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [name for name, digest in after.items() if before.get(name) != digest]
