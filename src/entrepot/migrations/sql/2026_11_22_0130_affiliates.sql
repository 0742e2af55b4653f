create schema affiliates;

-- What a merchant promises creators for sales. Rows are ended, never taken away.
create table affiliates.plans (
    id bigint primary key,
    merchant_id bigint not null references identity.organisations,
    shop_id bigint not null references merchants.shops,
    market text not null,
    product_id bigint,  -- None: every product of the shop.
    creator_id bigint references identity.organisations,  -- None: open to every creator.
    starts_at timestamptz not null,
    ends_at timestamptz,
    check (starts_at <= ends_at)
);
create index on affiliates.plans (shop_id, creator_id, product_id);
create index on affiliates.plans (merchant_id, id);
create index on affiliates.plans (creator_id, id) where creator_id is not null;

-- The rate of a plan from an instant on. What was promised once stays readable.
create table affiliates.rates (
    plan_id bigint not null references affiliates.plans,
    from_at timestamptz not null,
    rate_bp integer not null check (rate_bp between 0 and 10000),
    set_at timestamptz not null,
    rule text not null,  -- The bounds that it was checked against.
    primary key (plan_id, from_at)
);
