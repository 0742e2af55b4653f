-- What all listings of a product start from, where its merchant lists in several markets at once.
-- Title, description and category stand with the product, its SKUs likewise.
create table catalog.global_products (
    product_id bigint primary key references catalog.products,
    merchant_id bigint not null,
    details jsonb not null,
    locale text not null,
    made_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);
create index on catalog.global_products (merchant_id, product_id);

-- What a SKU costs before any market says otherwise.
create table catalog.global_prices (
    sku_id bigint primary key references catalog.skus,
    price_minor bigint not null check (price_minor > 0),
    currency text not null
);

-- Who made goods, and who answers for them where they are sold. They are printed on goods, by law.
create table catalog.parties (
    id bigint primary key,
    merchant_id bigint not null,
    kind text not null check (kind in ('manufacturer', 'responsible_person')),
    made_at timestamptz not null
);
create index on catalog.parties (merchant_id, kind, id);

create table catalog.party_profiles (
    party_id bigint not null references catalog.parties,
    locale text not null,
    name text not null check (name <> ''),
    trade_name text not null,
    email text not null,
    phone_code text not null,
    phone_number text not null,
    address text not null check (address <> ''),
    postal_code text not null,
    country text not null,
    primary key (party_id, locale)
);

create table catalog.size_charts (
    id bigint primary key,
    merchant_id bigint not null,
    category_id text not null references catalog.categories,
    name text not null,  -- Empty: it belongs to one product and is no template.
    locale text not null,
    chart jsonb not null,
    made_at timestamptz not null,
    updated_at timestamptz not null
);
create index on catalog.size_charts (merchant_id, id);
create index on catalog.size_charts (category_id);

-- What a merchant says against a finding on a size chart; a person answers.
create table catalog.appeals (
    id bigint primary key,
    listing_id bigint not null references catalog.listings,
    merchant_id bigint not null,
    indicators jsonb not null,
    state text not null check (state in ('waiting', 'upheld', 'rejected')),
    made_at timestamptz not null,
    decided_at timestamptz,
    decided_by text,
    check ((state = 'waiting') = (decided_at is null))
);
create index on catalog.appeals (state, id);
create unique index on catalog.appeals (listing_id) where state = 'waiting';

-- What the operator would like to see on sale in a market, and what merchants hold against it.
create table catalog.briefs (
    id bigint primary key,
    market text not null,
    kind text not null check (kind in ('category', 'keyword', 'product')),
    category_id text not null references catalog.categories,
    said jsonb not null,
    made_at timestamptz not null,
    made_by text not null,
    ends_at timestamptz not null,
    withdrawn_at timestamptz,
    check (ends_at > made_at)
);
create index on catalog.briefs (market, kind, id);
create index on catalog.briefs (category_id);

create table catalog.submissions (
    id bigint primary key,
    brief_id bigint not null references catalog.briefs,
    listing_id bigint not null references catalog.listings,
    merchant_id bigint not null,
    state text not null check (state in ('waiting', 'approved', 'rejected')),
    reason text not null,
    made_at timestamptz not null,
    decided_at timestamptz,
    decided_by text,
    check ((state = 'waiting') = (decided_at is null))
);
create unique index on catalog.submissions (brief_id, listing_id) where state <> 'rejected';
create index on catalog.submissions (listing_id);
create index on catalog.submissions (merchant_id, id);
create index on catalog.submissions (state, id);

-- Pictures that an engine is to change. It is asked outside of transactions, by real time, until it
-- answers or is given up. The same wish is made again only where nothing came of the first.
create table catalog.alterations (
    id bigint primary key,
    shop_id bigint not null,
    merchant_id bigint not null,
    file_id bigint not null references files.files,
    work text not null check (work in ('translation', 'white_background')),
    language text not null check ((language <> '') = (work = 'translation')),
    state text not null check (state in ('waiting', 'done', 'unchanged', 'failed')),
    result_id bigint references files.files,
    reason text not null,
    attempts int not null check (attempts >= 0),
    due_at timestamptz not null,
    asked_at timestamptz not null,
    asked_by text not null,
    ended_at timestamptz,
    check ((state = 'waiting') = (ended_at is null)),
    check ((state = 'done') = (result_id is not null))
);
create unique index on catalog.alterations (file_id, shop_id, work, language)
    where state <> 'failed';
create index on catalog.alterations (file_id, shop_id, work, language, id);
create index on catalog.alterations (due_at, id) where state = 'waiting';
create index on catalog.alterations (merchant_id, id);
create index on catalog.alterations (result_id);
create index on catalog.alterations (state);
