create schema settlement;

-- How a shop stood at the end of a month's window: by a score, an operator, or not at all.
create table settlement.shop_standing (
    shop_id bigint not null,
    month_on date not null check (extract(day from month_on) = 1),
    score int check (score between 0 and 500),  -- Hundredths; null is no score, which is not zero.
    shipped_orders int not null check (shipped_orders >= 0),
    source text not null,
    primary key (shop_id, month_on)
);

create table settlement.tiers (
    shop_id bigint not null,
    month_on date not null check (extract(day from month_on) = 1),
    tier text not null,
    score int,
    shipped_orders int not null,
    source text not null,
    rule text not null,
    decided_at timestamptz not null,
    primary key (shop_id, month_on)
);

create table settlement.reserve_levels (
    shop_id bigint not null,
    from_at timestamptz not null,
    level smallint not null check (level between 0 and 3),
    reason text not null,
    set_by text not null,
    primary key (shop_id, from_at)
);

create table settlement.statements (
    id bigint primary key default kernel.new_id(),
    payee_id bigint not null,
    shop_id bigint not null,  -- 0 where the payee is paid beside any shop: suppliers, creators.
    market text not null,
    currency text not null,
    stated_on date not null,       -- The market's calendar day.
    due_at timestamptz not null,   -- Its first instant.
    claims int not null,
    minor bigint not null,         -- The sum of the claims.
    reserved_minor bigint not null default 0 check (reserved_minor >= 0),
    consumed_minor bigint not null default 0 check (consumed_minor >= 0),
    released_minor bigint not null default 0 check (released_minor >= 0),
    net_minor bigint not null
        generated always as (minor - reserved_minor + consumed_minor + released_minor) stored,
    unique (market, due_at, payee_id, shop_id, currency)
);
create index on settlement.statements (payee_id, due_at, id);

-- Money owed to a payee for one thing. Written once and never changed.
create table settlement.claims (
    id bigint primary key default kernel.new_id(),
    payee_id bigint not null,
    shop_id bigint not null,
    market text not null,
    kind text not null,
    source_id bigint not null,  -- What it is owed for: an order, a refund, a receipt.
    pos smallint not null,
    order_id bigint,
    currency text not null,
    minor bigint not null,
    breakdown jsonb not null,
    basis text not null,
    tier text,
    rules text[] not null,
    started_at timestamptz not null,   -- Delivery or receipt: when the clock started.
    days int,                          -- From that market day on; null for corrections.
    eligible_at timestamptz not null,
    reserve_bp int not null default 0,
    reserve_until timestamptz,
    unique (kind, source_id, pos, payee_id)
);
create index on settlement.claims (order_id) where order_id is not null;

-- The claims that are on no statement yet, with what closing a day asks of them: it reads and
-- removes these narrow rows and leaves the wide ones alone.
create table settlement.open_claims (
    claim_id bigint primary key references settlement.claims,
    payee_id bigint not null,
    shop_id bigint not null,
    market text not null,
    order_id bigint,
    pos smallint not null,
    currency text not null,
    minor bigint not null,
    started_at timestamptz not null,
    eligible_at timestamptz not null,
    reserve_bp int not null,
    reserve_until timestamptz
);
create index on settlement.open_claims (market, eligible_at);

-- On which statement a claim is: on one, once and for all.
create table settlement.settled (
    claim_id bigint primary key,
    statement_id bigint not null,
    minor bigint not null
);
create index on settlement.settled (statement_id);
-- What goes back to buyers is few of a day's claims, and looked for on its own.
create index on settlement.settled (statement_id) where minor < 0;

create view settlement.settled_claims as
select s.statement_id, c.*
from settlement.settled as s inner join settlement.claims as c on s.claim_id = c.id;

-- A statement has all its claims at once. Asked for each statement: a key would ask for each claim.
create function settlement.judge_settled() returns trigger language plpgsql
set enable_seqscan = off  -- A plan that was made when there were few rows is kept when there are many.
as $$
begin
    if exists (
        select from (select distinct statement_id from added) as one
        cross join lateral (
            select count(*) as claims, sum(a.minor) as minor
            from settlement.settled as a where a.statement_id = one.statement_id
        ) as found
        where (
            select s.claims = found.claims and s.minor = found.minor
            from settlement.statements as s where s.id = one.statement_id
        ) is not true
    ) then
        raise exception 'a statement is not the sum of its claims' using errcode = 'check_violation';
    end if;
    return null;
end $$;

create trigger judge after insert on settlement.settled
    referencing new table as added for each statement execute function settlement.judge_settled();

create function settlement.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'claims and what settled them are append-only: write a correction instead';
end $$;

create trigger frozen before update or delete or truncate on settlement.claims
    for each statement execute function settlement.refuse();
create trigger frozen before update or delete or truncate on settlement.settled
    for each statement execute function settlement.refuse();

-- An open case keeps an order's claims off statements.
create table settlement.holds (
    id bigint primary key default kernel.new_id(),
    order_id bigint not null,
    reason text not null,
    reference bigint not null,
    opened_at timestamptz not null,
    closed_at timestamptz check (closed_at >= opened_at),
    unique (reason, reference)
);
create index on settlement.holds (order_id);

create table settlement.reserve_holds (
    id bigint primary key default kernel.new_id(),
    claim_id bigint not null unique,
    statement_id bigint not null,
    payee_id bigint not null,
    shop_id bigint not null,
    market text not null,
    order_id bigint not null,
    pos smallint not null,
    currency text not null,
    held_minor bigint not null check (held_minor > 0),
    consumed_minor bigint not null default 0 check (consumed_minor >= 0),
    released_minor bigint not null default 0 check (released_minor >= 0),
    release_at timestamptz not null,
    released_on bigint references settlement.statements,
    check (consumed_minor + released_minor <= held_minor),
    check (released_on is null or consumed_minor + released_minor = held_minor)
);
create function settlement.judge_reserve_holds() returns trigger language plpgsql as $$
begin
    if exists (
        select from added where (
            select a.statement_id from settlement.settled as a where a.claim_id = added.claim_id
        ) is distinct from added.statement_id
    ) then
        raise exception 'a reserve is held by another statement than its claim is on'
            using errcode = 'check_violation';
    end if;
    return null;
end $$;

create trigger judge after insert on settlement.reserve_holds
    referencing new table as added for each statement
    execute function settlement.judge_reserve_holds();

create index on settlement.reserve_holds (market, release_at) where released_on is null;
create index on settlement.reserve_holds (order_id, pos);
create index on settlement.reserve_holds (released_on) where released_on is not null;
create table settlement.reserve_uses (
    hold_id bigint not null references settlement.reserve_holds,
    statement_id bigint not null references settlement.statements,
    minor bigint not null check (minor > 0),
    primary key (hold_id, statement_id)
);
create index on settlement.reserve_uses (statement_id);

-- How far statements have been closed; a day that was missed is closed as of its own instant.
create table settlement.days (
    market text primary key,
    closed_on date not null
);

-- The last month whose tiers were decided.
create table settlement.tier_months (
    market text primary key,
    decided_on date not null
);

create table settlement.payout_accounts (
    id bigint primary key default kernel.new_id(),
    payee_id bigint not null,
    currency text not null,
    method text not null check (method in ('sandbox', 'sepa', 'csv')),
    holder text not null,
    number text not null,
    bank_code text not null default '',
    state text not null check (state in ('pending', 'active', 'restricted', 'rejected', 'closed')),
    changed_at timestamptz not null,
    changed_by text not null
);
create unique index on settlement.payout_accounts (payee_id) where state = 'active';

create table settlement.payouts (
    id bigint primary key default kernel.new_id(),
    payee_id bigint not null,
    account_id bigint not null references settlement.payout_accounts,
    currency text not null,
    minor bigint not null check (minor > 0),
    payout_currency text not null,
    payout_minor bigint not null check (payout_minor > 0),
    rate_num numeric,
    rate_den numeric,
    rate_on date,
    rate_source text,
    state text not null check (state in (
        'requested', 'on_hold', 'approved', 'sent', 'unknown', 'paid', 'failed', 'returned')),
    attempt int not null default 0,
    provider_reference text,
    reason text not null default '',
    due_at timestamptz not null,
    approved_by text,
    changed_at timestamptz not null,
    rule text not null
);
create index on settlement.payouts (payee_id, due_at, id);
create index on settlement.payouts (state, due_at) where state not in ('paid', 'returned');

create table settlement.payout_items (
    statement_id bigint primary key references settlement.statements,  -- Paid once, or never.
    payout_id bigint not null references settlement.payouts
);
create index on settlement.payout_items (payout_id);

create table settlement.payout_history (
    id bigint generated always as identity primary key,
    payout_id bigint not null references settlement.payouts,
    verb text not null,
    before text not null,
    after text not null,
    actor text not null,
    reason text not null default '',
    at timestamptz not null
);
create index on settlement.payout_history (payout_id, id);

-- Units of a currency for one euro where the European Central Bank gives none.
create table settlement.rates (
    currency text not null,
    day_on date not null,
    per_euro numeric not null check (per_euro > 0),
    source text not null,
    primary key (currency, day_on)
);
