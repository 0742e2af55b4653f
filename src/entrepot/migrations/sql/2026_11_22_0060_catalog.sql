create schema catalog;

-- The tree is in the ids: aa-1-2 hangs below aa-1, which hangs below aa.
create table catalog.categories (
    id text primary key check (id ~ '^[a-z]{2}(-[1-9][0-9]*)*$'),
    parent_id text references catalog.categories,
    name_en text not null,
    name_zh_cn text not null,
    is_leaf boolean not null,
    check (parent_id is not distinct from nullif(regexp_replace(id, '-[0-9]+$', ''), id))
);
create index on catalog.categories (parent_id);

create table catalog.products (
    id bigint primary key,
    merchant_id bigint not null,
    category_id text not null references catalog.categories,
    title text not null check (title <> ''),
    description text not null,
    created_at timestamptz not null
);
create index on catalog.products (merchant_id, created_at, id);
create index on catalog.products (category_id);

create table catalog.skus (
    id bigint primary key,
    product_id bigint not null references catalog.products,
    code text not null check (code <> ''),  -- What the merchant calls it.
    options jsonb not null,
    unique (product_id, code)
);

-- A product as one market sees it. Title, description and category are audited: what is live
-- changes only when a shadow version passes.
create table catalog.listings (
    id bigint primary key,
    product_id bigint not null references catalog.products,
    shop_id bigint not null references merchants.shops,
    merchant_id bigint not null,
    market text not null,
    category_id text not null references catalog.categories,
    title text not null check (title <> ''),
    description text not null,
    state text not null check (state in (
        'draft', 'pending', 'failed', 'activate', 'seller_deactivated', 'platform_deactivated',
        'freeze', 'deleted'
    )),
    listed_at timestamptz not null,
    live_at timestamptz,  -- When it went live last; it stays when it goes.
    deleted_at timestamptz,
    unique (product_id, market),
    check (state <> 'activate' or live_at is not null),
    check ((state = 'deleted') = (deleted_at is not null))
);
create index on catalog.listings (market, live_at, id) where state = 'activate';
create index on catalog.listings (market, category_id text_pattern_ops) where state = 'activate';
create index on catalog.listings (merchant_id, listed_at, id);
create index on catalog.listings (shop_id) where state <> 'deleted';
create index on catalog.listings (category_id);

create table catalog.moves (
    id bigint generated always as identity primary key,
    listing_id bigint not null references catalog.listings,
    verb text not null,
    before text not null,
    after text not null,
    reasons text[] not null,
    actor text not null,
    moved_at timestamptz not null
);
create index on catalog.moves (listing_id, id);

-- An edit of audited fields of a live listing: the old version stays live until this one passes.
create table catalog.shadows (
    listing_id bigint not null references catalog.listings,
    number int not null check (number > 0),
    category_id text not null references catalog.categories,
    title text not null check (title <> ''),
    description text not null,
    state text not null check (state in ('auditing', 'passed', 'rejected', 'superseded')),
    reasons text[] not null,
    replaced jsonb check ((state = 'passed') = (replaced is not null)),  -- What was live before.
    submitted_at timestamptz not null,
    submitted_by text not null,
    decided_at timestamptz check ((state = 'auditing') = (decided_at is null)),
    primary key (listing_id, number)
);
create unique index on catalog.shadows (listing_id) where state = 'auditing';
create index on catalog.shadows (category_id);

-- What a SKU costs in a market now: one row on the hot path of quoting.
create table catalog.offers (
    sku_id bigint not null references catalog.skus,
    market text not null,
    listing_id bigint not null references catalog.listings,
    price_minor bigint not null check (price_minor > 0),
    shipping_minor bigint not null check (shipping_minor >= 0),
    currency text not null,
    version int not null check (version > 0),
    primary key (sku_id, market)
);
create index on catalog.offers (listing_id);

-- Every price that ever was in force, with the rule that let this side set it.
create table catalog.prices (
    sku_id bigint not null,
    market text not null,
    version int not null,
    price_minor bigint not null,
    shipping_minor bigint not null,
    currency text not null,
    from_at timestamptz not null,
    actor text not null,
    side text not null check (side in ('merchant', 'platform')),
    rule text not null,
    primary key (sku_id, market, version)
);
create index on catalog.prices (sku_id, market, from_at);

create function catalog.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the history of prices and listings is append-only';
end $$;

create trigger frozen before update or delete or truncate on catalog.moves
    for each statement execute function catalog.refuse();
create trigger frozen before update or delete or truncate on catalog.prices
    for each statement execute function catalog.refuse();
