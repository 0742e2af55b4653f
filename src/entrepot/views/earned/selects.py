"""The SQL of what a shop earned: what lines add up to, and pages of it."""

from sqlalchemy import text

SUMS = """
    sum(e.minor), sum(e.revenue), sum(e.shipping), sum(e.fees), sum(e.taxes)"""
WORDS = ("subtotal", "discount", "paid", "shipping", "platform_discount", "sales_tax")
AMOUNTS = ", ".join(
    f"coalesce(sum(e.{word}) filter (where {{kind}}), 0) as {{side}}_{word}" for word in WORDS
)
HELD = """exists (
        select from settlement.holds h where h.order_id = o.id and h.closed_at is null)"""
EARNING = f"""
    o.id as order_id, o.placed_at, o.delivered_at, e.statement_id, o.state, o.currency,
    max(e.eligible_at) as eligible_at, {HELD} as is_held,
    array[{SUMS}]::bigint[] as totals,
    cast(sum(e.return_shipping) as bigint) as return_shipping,
    {AMOUNTS.format(kind="e.kind <> 'refund_sale'", side="sold")},
    {AMOUNTS.format(kind="e.kind = 'refund_sale'", side="refunded")},
    jsonb_agg(e.fee_parts) as fee_parts"""
NO_LINE = "null::int as pos, '' as product, null::bigint as sku_id, 0 as quantity"
LINE = "e.pos, e.title as product, e.sku_id, e.quantity"
FROM = "from settlement.earnings e join orders.orders o on o.id = e.order_id"
HEAD = "o.id, o.placed_at, o.delivered_at, e.statement_id, o.state, o.currency"

PLACED = """(cast(:since as timestamptz) is null or o.placed_at >= :since)
    and (cast(:before as timestamptz) is null or o.placed_at < :before)"""


def _cut(at: str, id: str) -> str:
    """Of rows by an instant and an id: which ones, in which order, how many."""
    return f"""
    (cast(:since as timestamptz) is null or {at} >= :since)
    and (cast(:before as timestamptz) is null or {at} < :before)
    and (
        cast(:after_at as timestamptz) is null
        or case when :rising then ({at}, {id}) > (:after_at, cast(:after_id as bigint))
            else ({at}, {id}) < (:after_at, cast(:after_id as bigint)) end)"""


def _order(at: str, id: str) -> str:
    return f"""
    order by
        case when :rising then {at} end, case when :rising then {id} end,
        {at} desc, {id} desc
    limit :limit"""


STATEMENTS = text(f"""
select
    s.*, t.totals, t.orders + (
        select count(*) from settlement.reserve_holds h
        where h.statement_id = s.id or h.released_on = s.id
    ) + (select count(*) from settlement.reserve_uses u where u.statement_id = s.id)
    + a.claims as transactions, a.minor as compensated
from (
    select
        s.id, s.due_at, s.currency, s.net_minor,
        s.consumed_minor + s.released_minor - s.reserved_minor as reserve_minor,
        p.id as payout_id, p.state as payout_state,
        case when p.state = 'paid' then p.changed_at end as paid_at
    from settlement.statements s
    left join settlement.payout_items i on i.statement_id = s.id
    left join settlement.payouts p on p.id = i.payout_id
    where s.payee_id = :merchant and s.shop_id = :shop
    and (cast(:id as bigint) is null or s.id = :id)
    and (cast(:states as text[]) is null or p.state = any(:states))
    and {_cut("s.due_at", "s.id")} {_order("s.due_at", "s.id")}
) s
cross join lateral (
    select array[{SUMS}]::bigint[] as totals, count(distinct e.order_id) as orders
    from settlement.earnings e where e.statement_id = s.id
) t
cross join lateral (
    select count(*) as claims, cast(coalesce(sum(c.minor), 0) as bigint) as minor
    from settlement.settled_claims c where c.statement_id = s.id and c.kind = 'compensation'
) a {_order("s.due_at", "s.id")}
""")
TRANSACTIONS = text(f"""
select {EARNING}, {NO_LINE} {FROM}
where e.statement_id = :statement and {_cut("o.placed_at", "o.id")}
group by {HEAD} {_order("o.placed_at", "o.id")}
""")
RESERVES = text(f"""
select r.id, r.order_id, o.placed_at, r.minor, r.release_at from (
    select h.id, h.order_id, -h.held_minor as minor, h.release_at
    from settlement.reserve_holds h where h.statement_id = :statement
    union all
    select h.id, h.order_id, h.released_minor, h.release_at
    from settlement.reserve_holds h where h.released_on = :statement and h.released_minor > 0
    union all
    select h.id, h.order_id, u.minor, h.release_at
    from settlement.reserve_uses u join settlement.reserve_holds h on h.id = u.hold_id
    where u.statement_id = :statement
) r join orders.orders o on o.id = r.order_id
where {_cut("o.placed_at", "r.id")} {_order("o.placed_at", "r.id")}
""")
COMPENSATION = f"""
    c.id, c.order_id, o.placed_at, o.delivered_at, c.currency, c.minor, c.eligible_at,
    {HELD} as is_held"""
COMPENSATIONS = text(f"""
select {COMPENSATION}
from settlement.settled_claims c join orders.orders o on o.id = c.order_id
where c.statement_id = :statement and c.kind = 'compensation' and {_cut("o.placed_at", "c.id")}
{_order("o.placed_at", "c.id")}
""")
OF_ORDER = text(f"""
select {EARNING}, {LINE} {FROM}
where e.order_id = :order and e.shop_id = :shop and e.payee_id = :merchant
and e.statement_id is not null
group by {HEAD}, e.pos, e.title, e.sku_id, e.quantity
order by e.pos, e.statement_id
""")
UNSETTLED = text(f"""
select {EARNING}, {NO_LINE} {FROM}
where e.shop_id = :shop and e.payee_id = :merchant and e.statement_id is null
and {_cut("o.placed_at", "o.id")}
group by {HEAD} {_order("o.placed_at", "o.id")}
""")
OPEN_COMPENSATION = """
from settlement.open_claims w
join settlement.claims c on c.id = w.claim_id and c.kind = 'compensation'
join orders.orders o on o.id = c.order_id
where w.shop_id = :shop and w.payee_id = :merchant"""
OPEN_COMPENSATIONS = text(f"""
select {COMPENSATION} {OPEN_COMPENSATION}
and {_cut("o.placed_at", "c.id")} {_order("o.placed_at", "c.id")}
""")
ALL_UNSETTLED = text(f"""
select s.totals, s.orders + a.claims as transactions, a.minor as compensated
from (
    select array[{SUMS}]::bigint[] as totals, count(distinct e.order_id) as orders {FROM}
    where e.shop_id = :shop and e.payee_id = :merchant and e.statement_id is null and {PLACED}
) s
cross join (
    select count(*) as claims, cast(coalesce(sum(w.minor), 0) as bigint) as minor
    {OPEN_COMPENSATION} and {PLACED}
) a
""")
PAYMENTS = text(f"""
select
    p.id, p.due_at, p.state, p.currency, p.minor, p.payout_currency, p.payout_minor,
    p.rate_num, p.rate_den, a.number, p.changed_at
from settlement.payouts p join settlement.payout_accounts a on a.id = p.account_id
where p.payee_id = :merchant
and exists (
    select from settlement.payout_items i join settlement.statements s on s.id = i.statement_id
    where i.payout_id = p.id and s.shop_id = :shop)
and {_cut("p.due_at", "p.id")} {_order("p.due_at", "p.id")}
""")
MOVED = """(
    select s.id, 'settled' as kind, s.net_minor as minor, s.currency, '' as state, s.due_at as at
    from settlement.statements s where s.payee_id = :merchant and s.shop_id = :shop
    union all
    select p.id, case when p.state = 'returned' then 'reversed' else 'withdrawn' end,
        -- Of a payout, what it pays of this shop: its payee may have others, and supply goods.
        cast(sum(s.net_minor) as bigint), p.currency, p.state,
        case when p.state = 'returned' then p.changed_at else p.due_at end
    from settlement.payouts p
    join settlement.payout_items i on i.payout_id = p.id
    join settlement.statements s on s.id = i.statement_id
    where s.payee_id = :merchant and s.shop_id = :shop
    group by p.id
) m where m.kind = any(:kinds)"""
MOVEMENTS = text(f"""
select * from {MOVED} and {_cut("m.at", "m.id")} {_order("m.at", "m.id")}
""")
COUNT_MOVEMENTS = text(f"""
select count(*) from {MOVED}
and (cast(:since as timestamptz) is null or m.at >= :since)
and (cast(:before as timestamptz) is null or m.at < :before)
""")
