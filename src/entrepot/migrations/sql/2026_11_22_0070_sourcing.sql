create schema sourcing;

-- A supplier supplies a SKU for a market, on one basis of settlement. One agreement at a time.
create table sourcing.agreements (
    id bigint primary key,
    supplier_id bigint not null,
    sku_id bigint not null references catalog.skus,
    market text not null,
    basis text not null check (basis in ('supply_price_on_receipt', 'supply_price_on_sale')),
    currency text not null,
    terms_days int check (terms_days >= 0),  -- None: as the rules of settlement say.
    opened_on date not null,
    ended_on date check (ended_on >= opened_on),  -- The last day in force.
    made_at timestamptz not null,
    made_by text not null
);
create unique index on sourcing.agreements (sku_id, market) where ended_on is null;
create index on sourcing.agreements (sku_id, market, opened_on);
create index on sourcing.agreements (supplier_id, made_at, id);

-- Of the versions that have begun by a day, the one that began last decides; of two that begin on
-- one day, the one agreed later.
create table sourcing.prices (
    agreement_id bigint not null references sourcing.agreements,
    version int not null check (version > 0),
    from_on date not null,
    unit_minor bigint not null check (unit_minor > 0),
    agreed_at timestamptz not null,
    agreed_by text not null,
    primary key (agreement_id, version)
);
create index on sourcing.prices (agreement_id, from_on, version);

create function sourcing.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'a supply price that was agreed stays: agree another one for a later day';
end $$;

create trigger frozen before update or delete or truncate on sourcing.prices
    for each statement execute function sourcing.refuse();
