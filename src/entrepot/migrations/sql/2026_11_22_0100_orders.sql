create schema orders;

-- What held for a line when it was placed: responsibilities and the rules that decided, kept once
-- for all lines that share them, found by content.
create table orders.terms (
    id bigint primary key default kernel.new_id(),
    digest bytea not null unique,
    content jsonb not null
);

create table orders.quotes (
    id bigint primary key,
    market text not null,
    currency text not null,
    buyer_id bigint,
    country text not null,
    region text not null,
    postal_code text not null,
    total_minor bigint not null check (total_minor >= 0),
    summary jsonb not null,  -- By order: shop, total, timers, goods and coupons: what placing asks.
    lines jsonb not null,    -- Every line as it will stand in orders.lines.
    quoted_at timestamptz not null,
    expires_at timestamptz not null
);
create index on orders.quotes (expires_at);

create table orders.groups (
    id bigint primary key,
    quote_id bigint not null unique,  -- A quote is placed once.
    market text not null,
    currency text not null,
    buyer_id bigint,
    country text not null,
    region text not null,
    total_minor bigint not null,
    placed_at timestamptz not null
);
create index on orders.groups (buyer_id, placed_at, id) where buyer_id is not null;

create table orders.recipients (
    group_id bigint primary key references orders.groups,
    name text not null,
    email text not null,
    phone text not null,
    address jsonb not null,
    erased_at timestamptz
);

create table orders.orders (
    id bigint primary key,
    group_id bigint not null references orders.groups,
    shop_id bigint not null,
    merchant_id bigint not null,
    record_id bigint not null,  -- The merchant of record; 0 is the platform.
    market text not null,
    mode text not null,
    seller_type text not null,
    currency text not null,
    state text not null check (state in (
        'unpaid', 'on_hold', 'awaiting_shipment', 'partially_shipping', 'awaiting_collection',
        'in_transit', 'delivered', 'completed', 'cancelled', 'lost', 'returned_to_sender')),
    total_minor bigint not null check (total_minor >= 0),
    refunded_minor bigint not null default 0
        check (refunded_minor between 0 and total_minor),
    seller_fault boolean not null default false,
    placed_at timestamptz not null,
    paid_at timestamptz,
    dispatched_at timestamptz,
    delivered_at timestamptz,
    closed_at timestamptz,  -- Completed, cancelled, lost or returned.
    changed_at timestamptz not null,
    due_at timestamptz,     -- When the timer of its state runs out.
    timers text not null    -- The rule of its timers.
);
create index on orders.orders (group_id);
create index on orders.orders (merchant_id, placed_at, id);
create index on orders.orders (due_at) where due_at is not null;

create table orders.lines (
    order_id bigint not null references orders.orders,
    pos smallint not null,
    sku_id bigint not null,
    listing_id bigint not null,
    product_id bigint not null,
    title text not null,
    quantity int not null check (quantity > 0),
    cancelled int not null default 0,
    shipped int not null default 0,
    delivered int not null default 0,
    returned int not null default 0,
    terms_id bigint not null references orders.terms,
    unit_price_minor bigint not null check (unit_price_minor >= 0),
    list_minor bigint not null,
    seller_discount_minor bigint not null,
    platform_discount_minor bigint not null,
    shipping_minor bigint not null,
    tax_minor bigint not null,  -- On top of the price; what is inside stands in the parts.
    payment_minor bigint not null check (payment_minor >= 0),
    refunded_minor bigint not null default 0 check (refunded_minor between 0 and payment_minor),
    parts jsonb not null,   -- Who gets what of the payment; they add up to it.
    inputs jsonb not null,  -- What the parts were computed from, beside the columns.
    primary key (order_id, pos),
    check (cancelled >= 0 and shipped >= 0 and delivered >= 0 and returned >= 0),
    check (cancelled + shipped <= quantity and delivered <= shipped and returned <= delivered)
);

create table orders.history (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders.orders,
    verb text not null,
    before text not null,
    after text not null,
    actor text not null,
    reason text not null default '',
    at timestamptz not null
);
create index on orders.history (order_id, id);

create table orders.cancellations (
    id bigint primary key,
    order_id bigint not null references orders.orders,
    asked_by text not null check (asked_by in ('buyer', 'merchant', 'platform')),
    reason text not null,
    state text not null check (state in ('requested', 'accepted', 'rejected', 'withdrawn')),
    quantities jsonb not null,  -- Units by line.
    asked_at timestamptz not null,
    decided_at timestamptz
);
create index on orders.cancellations (order_id);
create unique index on orders.cancellations (order_id) where state = 'requested';
