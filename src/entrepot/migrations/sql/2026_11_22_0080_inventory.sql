create schema inventory;

-- Where goods lie. Its keeper counts them; 0 is the platform.
create table inventory.locations (
    id bigint primary key,
    code text not null unique check (code <> ''),
    name text not null,
    country text not null check (country ~ '^[A-Z]{2}$'),
    keeper_id bigint not null,
    markets text[],  -- The markets that it ships to; none: every market.
    address jsonb  -- As its keeper told it: street, extra, city, region, postal_code.
);

-- How much of a SKU lies where, and whose it is: 0 is the platform, which has bought it out.
create table inventory.positions (
    id bigint primary key default kernel.new_id(),
    sku_id bigint not null references catalog.skus,
    location_id bigint not null references inventory.locations,
    owner_id bigint not null check (owner_id >= 0),
    on_hand bigint not null default 0,
    reserved bigint not null default 0,
    currency text,  -- In which bought-out goods are kept at cost.
    unique (sku_id, location_id, owner_id),
    check ((owner_id = 0) = (currency is not null)),
    check (on_hand >= reserved),
    check (reserved >= 0)
) with (fillfactor = 70);  -- Its counts change all the time, in place: no index holds them.
create index on inventory.positions (owner_id, id);
create index on inventory.positions (location_id);

create table inventory.receipts (
    id bigint primary key,
    position_id bigint not null references inventory.positions,
    accepted bigint not null check (accepted >= 0),
    rejected bigint not null check (rejected >= 0),
    unit_cost_minor bigint check (unit_cost_minor >= 0),
    supplier_id bigint,
    agreement_id bigint,
    note text not null,  -- The delivery note it came with.
    received_at timestamptz not null,
    received_by text not null,
    check (accepted + rejected > 0)
);
create index on inventory.receipts (position_id, received_at, id);

-- Every change of what is on hand. Their sum is the position.
create table inventory.movements (
    id bigint generated always as identity primary key,
    position_id bigint not null,
    kind text not null check (kind in ('received', 'shipped', 'returned', 'adjusted')),
    quantity bigint not null check (quantity <> 0),
    reference text not null,  -- receipt:<id>, order:<id>/<pos>, or the reason of a count.
    actor text not null,
    moved_at timestamptz not null,
    check (case kind when 'received' then quantity > 0 when 'returned' then quantity > 0
           when 'shipped' then quantity < 0 else true end)
);
create index on inventory.movements (position_id, id);

-- What is set aside for an order line. A line that lost it and was paid late has a second round.
-- Rows come from positions that are locked, in the same statement: no foreign key asks again.
create table inventory.reservations (
    order_id bigint not null,
    pos smallint not null,
    round smallint not null default 1,
    position_id bigint not null,
    quantity bigint not null check (quantity > 0),
    shipped bigint not null default 0 check (shipped >= 0),
    released bigint not null default 0 check (released >= 0),
    returned bigint not null default 0 check (returned >= 0),
    reserved_at timestamptz not null,
    expires_at timestamptz,  -- None: paid, so it does not end by itself.
    released_at timestamptz,
    primary key (order_id, pos, round, position_id),
    check (shipped + released <= quantity),
    check (returned <= shipped),
    check ((released > 0) = (released_at is not null))
);
create index on inventory.reservations (expires_at)
    where expires_at is not null and shipped + released < quantity;
create index on inventory.reservations (position_id) where shipped + released < quantity;

-- Whether anything of somebody's goods was free when it was last told; none: nothing was.
create table inventory.standings (
    sku_id bigint not null references catalog.skus,
    owner_id bigint not null,
    sold_out boolean not null,
    primary key (sku_id, owner_id)
);

-- Bought-out stock by what it cost. What leaves is taken from the oldest layer.
create table inventory.layers (
    id bigint generated always as identity primary key,
    position_id bigint not null references inventory.positions,
    quantity bigint not null check (quantity > 0),
    remaining bigint not null check (remaining between 0 and quantity),
    unit_cost_minor bigint not null check (unit_cost_minor >= 0),
    laid_at timestamptz not null
);
create index on inventory.layers (position_id, id) where remaining > 0;

-- Which layers an order line used up, so that a return comes back at what it cost.
create table inventory.draws (
    id bigint generated always as identity primary key,
    order_id bigint not null,
    pos smallint not null,
    position_id bigint not null,
    quantity bigint not null check (quantity > 0),
    returned bigint not null default 0 check (returned between 0 and quantity),
    unit_cost_minor bigint not null
);
create index on inventory.draws (order_id, pos, id);

create function inventory.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'what happened to stock stays: write another movement';
end $$;

create trigger frozen before update or delete or truncate on inventory.receipts
    for each statement execute function inventory.refuse();
create trigger frozen before update or delete or truncate on inventory.movements
    for each statement execute function inventory.refuse();

-- Empty as long as the books of stock agree: positions against movements, reservations and layers.
create view inventory.disagreements as
select p.id as position_id, p.on_hand, p.reserved, m.moved, r.held, l.layered
from inventory.positions p
cross join lateral (
    select coalesce(sum(quantity), 0) as moved
    from inventory.movements where position_id = p.id
) m
cross join lateral (
    select coalesce(sum(quantity - shipped - released), 0) as held
    from inventory.reservations where position_id = p.id and shipped + released < quantity
) r
cross join lateral (
    select coalesce(sum(remaining), 0) as layered
    from inventory.layers where position_id = p.id and remaining > 0
) l
where p.on_hand <> m.moved or p.reserved <> r.held
   or l.layered <> case p.owner_id when 0 then p.on_hand else 0 end;
