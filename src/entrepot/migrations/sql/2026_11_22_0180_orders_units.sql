-- squawk-ignore-file adding-field-with-default, constraint-missing-not-valid
-- squawk-ignore-file require-concurrent-index-creation
-- Before the first release: no installation has orders yet that this could hold up.

-- Each unit of a line has an id: the line's first one and its number, from 0. Blocks of 2^17 leave
-- 2^46 of them.
create sequence orders.unit_blocks as bigint maxvalue 70368744177663;

alter table orders.lines
    add column first_unit bigint not null default nextval('orders.unit_blocks') * 131072,
    add column taken int[],  -- Units that are cancelled or handed over; null: the first ones.
    add constraint lines_units_fit check (quantity <= 131072);
create unique index on orders.lines (first_unit);

alter table orders.cancellations
    add column units jsonb not null default '{}';  -- Which ones, by line; none: not told.

-- Lists of a shop's orders, by either date; what waits for its merchant is few among many. Whose
-- they are is asked of every row that is counted, so the index itself tells it.
create index on orders.orders (shop_id, placed_at, id) include (merchant_id);
create index on orders.orders (shop_id, changed_at, id);
create index on orders.orders (shop_id, state, changed_at, id) where state in (
    'on_hold', 'awaiting_shipment', 'partially_shipping', 'awaiting_collection');

-- What other systems call an order: one name for each of them.
create table orders.external_references (
    order_id bigint not null references orders.orders,
    platform text not null check (platform <> ''),
    shop_id bigint not null,
    external_id text not null check (external_id <> ''),
    items jsonb not null,  -- Their id of an item by our unit's: {"unit id": "external id"}.
    told_at timestamptz not null,
    primary key (order_id, platform)
);
create index on orders.external_references (shop_id, platform, external_id);
