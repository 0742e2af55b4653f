-- squawk-ignore-file require-concurrent-index-creation, adding-foreign-key-constraint
-- Before the first release: no installation has rows yet that this could hold up.

-- What buyers ask for after a sale, and how it is decided. A case belongs to one order, whose row
-- is locked before anything of the case changes.
create table aftersales.cases (
    id bigint primary key,
    order_id bigint not null references orders.orders,
    group_id bigint not null,
    buyer_id bigint,
    shop_id bigint not null,
    merchant_id bigint not null,
    market text not null,
    mode text not null,
    seller_type text not null,
    currency text not null,
    kind text not null check (kind in ('refund', 'return_and_refund', 'replacement')),
    state text not null check (state in (
        'requested', 'offered', 'awaiting_goods', 'sent_back', 'offered_on_receipt', 'refused',
        'receipt_refused', 'in_arbitration', 'granted', 'completed', 'closed')),
    opened_by text not null check (opened_by in ('buyer', 'merchant', 'operator', 'system')),
    reason text not null,
    refund_as text not null,
    seller_fault boolean not null,
    offered_minor bigint check (offered_minor > 0),
    declined boolean not null default false,
    refunds boolean not null,
    ruling text check (ruling in ('support_buyer', 'support_merchant')),
    evidence_until timestamptz,
    carrier text not null default '',
    tracking_number text not null default '',
    label_file bigint,  -- The way back as the seller of record provides it.
    way_back_minor bigint not null default 0 check (way_back_minor >= 0),
    way_back_bearer text not null check (way_back_bearer in ('buyer', 'merchant', 'platform')),
    combined_id bigint,  -- The first of the cases that come back in one parcel.
    sent_at timestamptz,
    received_at timestamptz,
    grade text check (grade in ('sellable', 'damaged', 'missing')),
    replacement_id bigint references orders.orders,
    timers text not null,  -- The rule of its clocks.
    costs text not null,   -- The rule of who bears what it costs.
    opened_at timestamptz not null,
    changed_at timestamptz not null,
    due_at timestamptz,    -- When the clock of its state runs out.
    check (due_at is null or state not in ('in_arbitration', 'granted', 'completed', 'closed'))
);
create index on aftersales.cases (order_id, id);
create index on aftersales.cases (shop_id, opened_at, id);
create index on aftersales.cases (shop_id, changed_at, id);
create index on aftersales.cases (merchant_id, opened_at, id);
create index on aftersales.cases (opened_at, id);
create index on aftersales.cases (group_id, opened_at, id);
create index on aftersales.cases (buyer_id, opened_at, id) where buyer_id is not null;
create index on aftersales.cases (due_at, id) where due_at is not null;
create index on aftersales.cases (combined_id) where combined_id is not null;

-- Each unit in a case has an id: the line's first one and its place, in blocks as of order lines.
create sequence aftersales.item_blocks as bigint maxvalue 70368744177663;

create table aftersales.case_lines (
    case_id bigint not null references aftersales.cases,
    pos smallint not null,
    units int[] not null check (cardinality(units) > 0),
    minor bigint not null check (minor >= 0),
    first_item bigint not null unique default nextval('aftersales.item_blocks') * 131072,
    primary key (case_id, pos)
);

-- What happened, in its order; never edited, but words and files of the forgotten go. Notes are the sides' own words.
create table aftersales.case_records (
    id bigint generated always as identity primary key,
    case_id bigint not null references aftersales.cases,
    verb text not null,
    before text,
    after text not null,
    role text not null check (role in ('buyer', 'merchant', 'operator', 'system')),
    actor text not null,
    reason text not null,
    note text not null,
    files bigint[] not null default '{}',  -- Evidence, as `files` keeps it.
    at timestamptz not null
);
create index on aftersales.case_records (case_id, id);

-- What buyers handed in to be shown in cases of an order: each side shows its own files alone.
create table aftersales.evidence_files (
    order_id bigint not null references orders.orders,
    file_id bigint not null references files.files,
    buyer_id bigint,  -- None: a guest, who came by a link.
    given_at timestamptz not null,
    primary key (order_id, file_id)
);
create index on aftersales.evidence_files (buyer_id) where buyer_id is not null;

-- The refunds that a case ended in; it is completed when the buyer has them all.
create table aftersales.case_refunds (
    refund_id bigint primary key references aftersales.refunds,
    case_id bigint not null references aftersales.cases,
    paid_at timestamptz
);
create index on aftersales.case_refunds (case_id);

-- A buyer's wish to cancel waits for the merchant until `due_at`; a refusal says why.
alter table orders.cancellations
    add column due_at timestamptz,
    add column refused_because text not null default '',
    add column note text not null default '',
    add column refunds jsonb not null default '{}';  -- What went back, by line, in minor units.
create index on orders.cancellations (due_at, order_id) where state = 'requested';
create index on orders.cancellations (asked_at, id);
create index on orders.cancellations (coalesce(decided_at, asked_at), id);

-- An order without a price that replaces goods of another one.
alter table orders.orders add column replaces_id bigint references orders.orders;
create index on orders.orders (replaces_id) where replaces_id is not null;
