-- Logistics: packages before they are handed over, and what is kept with them.
-- Comes before the first release: tables are small and no older release reads them.
-- squawk-ignore-file ban-drop-not-null, ban-drop-constraint, ban-drop-column
-- squawk-ignore-file constraint-missing-not-valid
-- squawk-ignore-file adding-not-nullable-field, adding-serial-primary-key-field
-- squawk-ignore-file require-concurrent-index-creation, adding-foreign-key-constraint

-- A number that a carrier knows belongs to one parcel; a corrected one stays known for its old
-- events, and that of a cancelled parcel is free again.
create table logistics.tracking_numbers (
    carrier text not null check (carrier <> ''),
    tracking_number text not null check (tracking_number <> ''),
    -- Its parcel may be written after it, once the number is known to be free.
    parcel_id bigint not null references logistics.parcels deferrable initially deferred,
    primary key (carrier, tracking_number)
);
create index on logistics.tracking_numbers (parcel_id);
insert into logistics.tracking_numbers (carrier, tracking_number, parcel_id)
select p.carrier, p.tracking_number, p.id from logistics.parcels p;

alter table logistics.parcels
    alter column carrier drop not null,
    alter column tracking_number drop not null,
    drop constraint parcels_carrier_tracking_number_key,
    drop constraint parcels_state_check,
    drop constraint parcels_check1,
    add column shop_id bigint,
    add column group_id bigint,     -- Whose recipient gets it.
    add column shipper text not null default 'merchant' check (shipper in ('merchant', 'platform')),
    add column origin text not null default 'whole' check (origin in ('whole', 'split', 'combined')),
    add column service text,        -- The carrier's service that was chosen, if any.
    add column handover text check (handover in ('pickup', 'drop_off')),
    add column pickup_from timestamptz,
    add column pickup_until timestamptz,
    add column weight_g int check (weight_g > 0),
    add column length_mm int check (length_mm > 0),
    add column width_mm int check (width_mm > 0),
    add column height_mm int check (height_mm > 0),
    add column note text not null default '',
    add column dispatch jsonb,      -- What the warehouse told when it sent the parcel.
    add column labelled_at timestamptz,
    add column invalid_at timestamptz,  -- When its number was found to be no real one.
    add column updated_at timestamptz,
    add constraint parcels_state_known check (state in (
        'created', 'labelled', 'handed_over', 'in_transit', 'delivered', 'lost', 'returning',
        'returned', 'cancelled')),
    add constraint parcels_closed check ((closed_at is not null)
        = (state in ('delivered', 'lost', 'returned', 'cancelled'))),
    add constraint parcels_numbered check (
        state in ('created', 'cancelled') or carrier is not null),
    add constraint parcels_number_whole check (
        (carrier is null) = (tracking_number is null)),
    add constraint parcels_pickup_whole check (
        (pickup_from is null) = (pickup_until is null) and pickup_from < pickup_until);
update logistics.parcels p set
    shop_id = o.shop_id, group_id = o.group_id, updated_at = p.changed_at,
    labelled_at = p.created_at
from orders.orders o where o.id = p.order_id;
alter table logistics.parcels
    alter column shop_id set not null,
    alter column group_id set not null,
    alter column updated_at set not null;
create index on logistics.parcels (merchant_id, updated_at, id);
create index on logistics.parcels (shop_id, created_at, id);
create index on logistics.parcels (shop_id, id) where state = 'created';

-- A parcel holds units of the lines of one or more orders, numbered from 0 within their line.
alter table logistics.parcel_lines
    add column order_id bigint references orders.orders,
    add column units int[];
update logistics.parcel_lines l set order_id = p.order_id, units = w.units
from logistics.parcels p, (
    select q.parcel_id, q.pos, array(
        select n from generate_series(q.before, q.before + q.quantity - 1) as n) as units
    from (
        select i.parcel_id, i.pos, i.quantity, cast(
            sum(i.quantity) over (partition by o.order_id, i.pos order by i.parcel_id) - i.quantity
            as int) as before
        from logistics.parcel_lines i join logistics.parcels o on o.id = i.parcel_id
    ) as q
) as w
where p.id = l.parcel_id and w.parcel_id = l.parcel_id and w.pos = l.pos;
alter table logistics.parcel_lines
    alter column order_id set not null,
    alter column units set not null,
    drop constraint parcel_lines_pkey,
    add primary key (parcel_id, order_id, pos),
    drop column quantity,
    add constraint parcel_lines_hold_units check (cardinality(units) > 0);
create index on logistics.parcel_lines (order_id, parcel_id);

-- In the words of whoever told it.
alter table logistics.tracking_events add column text text not null default '';

-- What shows that a parcel arrived, or was tried to be brought.
create table logistics.proofs (
    id bigint generated always as identity primary key,
    parcel_id bigint not null references logistics.parcels,
    kind text not null check (kind in ('image', 'document', 'link')),
    file_id bigint,
    url text not null,
    at timestamptz not null
);
create index on logistics.proofs (parcel_id, id);

-- Tax invoices of parcels, one for each parcel; the bytes lie in the storage under their hash.
create table logistics.invoices (
    parcel_id bigint primary key references logistics.parcels,
    merchant_id bigint not null,
    order_ids bigint[] not null,
    state text not null check (state in ('accepted', 'rejected')),
    reason text not null default '',
    sha256 bytea not null,
    size_bytes int not null check (size_bytes > 0),
    at timestamptz not null
);

-- What a line really consists of where its listing does not tell customs: SKUs and their share.
create table logistics.customs_items (
    order_id bigint not null references orders.orders,
    pos smallint not null,
    sku_id bigint not null,
    quantity int not null check (quantity > 0),
    price_percent int not null check (price_percent between 0 and 100),
    told_at timestamptz not null,
    primary key (order_id, pos, sku_id)
);

-- Parcels that go to the platform's warehouse in one piece.
create table logistics.bundles (
    id bigint primary key,
    merchant_id bigint not null,
    handover text not null check (handover in ('pickup', 'drop_off')),
    carrier text,
    tracking_number text,
    phone_end text not null default '',
    created_at timestamptz not null,
    check ((handover = 'drop_off') = (carrier is not null and tracking_number is not null))
);
create index on logistics.bundles (merchant_id, created_at, id);
create unique index on logistics.bundles (carrier, tracking_number) where carrier is not null;

create table logistics.bundled (
    parcel_id bigint primary key references logistics.parcels,
    bundle_id bigint not null references logistics.bundles
);
create index on logistics.bundled (bundle_id);
