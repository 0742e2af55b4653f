create schema logistics;

-- A parcel carries units of the lines of one order; an order may need several.
create table logistics.parcels (
    id bigint primary key,
    order_id bigint not null references orders.orders,
    merchant_id bigint not null,
    market text not null,
    carrier text not null check (carrier <> ''),
    tracking_number text not null check (tracking_number <> ''),
    state text not null check (state in (
        'created', 'labelled', 'handed_over', 'in_transit', 'delivered', 'lost', 'returning',
        'returned')),
    created_at timestamptz not null,
    handed_over_at timestamptz,
    delivered_at timestamptz,
    closed_at timestamptz,           -- Delivered, lost or returned.
    changed_at timestamptz not null, -- When it came to its state.
    unique (carrier, tracking_number),
    check ((state = 'delivered') = (delivered_at is not null)),
    check ((state in ('delivered', 'lost', 'returned')) = (closed_at is not null))
);
create index on logistics.parcels (order_id, id);
create index on logistics.parcels (merchant_id, created_at, id);

create table logistics.parcel_lines (
    parcel_id bigint not null references logistics.parcels,
    pos smallint not null,
    quantity int not null check (quantity > 0),
    primary key (parcel_id, pos)
);

-- What was told of parcels, in the order in which it was told; `at` is when it happened, by whoever
-- told it, and may be earlier than what was told before.
create table logistics.tracking_events (
    id bigint generated always as identity primary key,
    parcel_id bigint not null references logistics.parcels,
    carrier text not null,
    event_id text,      -- The carrier's own; none where we say it ourselves.
    code text not null,
    place text not null default '',
    at timestamptz not null,
    moved_to text       -- The state that it brought the parcel to, if it moved it.
);
create index on logistics.tracking_events (parcel_id, id);
create unique index on logistics.tracking_events (carrier, event_id) where event_id is not null;

create function logistics.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'what was told of a parcel stays: tell what is true now';
end $$;

create trigger frozen before update or delete or truncate on logistics.tracking_events
    for each statement execute function logistics.refuse();
