insert into orders.quotes (
    id, market, currency, buyer_id, country, region, postal_code,
    total_minor, summary, lines, quoted_at, expires_at
)
select q.id, q.market, q.currency, q.buyer, q.country, q.region, q.postal_code,
    q.total, q.summary, q.lines, q.quoted_at, q.expires_at
from unnest(
    cast(:ids as bigint[]), cast(:markets as text[]), cast(:currencies as text[]),
    cast(:buyers as bigint[]), cast(:countries as text[]), cast(:regions as text[]),
    cast(:postal_codes as text[]), cast(:totals as bigint[]), cast(:summaries as jsonb[]),
    cast(:lines as jsonb[]), cast(:quoted as timestamptz[]), cast(:expire as timestamptz[])
) as q (
    id, market, currency, buyer, country, region, postal_code,
    total, summary, lines, quoted_at, expires_at
)
