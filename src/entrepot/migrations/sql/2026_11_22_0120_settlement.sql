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

-- Money owed to a payee for one thing. Written once; settled once, by getting its statement.
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
    reserved_minor bigint not null default 0,
    statement_id bigint references settlement.statements,
    unique (kind, source_id, pos, payee_id)
);
create index on settlement.claims (market, eligible_at) where statement_id is null;
create index on settlement.claims (statement_id) where statement_id is not null;
create index on settlement.claims (order_id) where order_id is not null;

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
    claim_id bigint not null unique references settlement.claims,
    statement_id bigint not null references settlement.statements,
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
