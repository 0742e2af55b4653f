create schema merchants;

-- The legal person behind a merchant. Whom to speak to and who signs are people of identity, so
-- that no personal data stands here. A merchant has one; another company is another merchant.
create table merchants.companies (
    merchant_id bigint primary key references identity.organisations,
    legal_name text not null,
    country text not null check (country ~ '^[A-Z]{2}$'),
    number_kind text not null,
    number text not null,  -- Compact, as the register's check digit rule wants it.
    register_number text,
    holdings_bp jsonb not null default '{}',  -- Shares by the holders' country, in basis points.
    representative_id bigint references identity.people,
    contact_id bigint references identity.people,
    payment_account text,  -- A reference; the account itself is settlement's.
    self_certified_at timestamptz,
    verified_at timestamptz
);
create unique index companies_verified_key on merchants.companies (country, number)
    where verified_at is not null;
create index on merchants.companies (country, number);

create table merchants.documents (
    id bigint primary key,
    merchant_id bigint not null references identity.organisations,
    kind text not null,
    number text not null,
    country text not null check (country ~ '^[A-Z]{2}$'),
    expires_on date,
    file text not null,  -- A reference into files.
    filed_at timestamptz not null,
    replaced_at timestamptz,
    lapsed_at timestamptz
);
create unique index documents_current_key on merchants.documents (merchant_id, kind)
    where replaced_at is null;
create index on merchants.documents (expires_on)
    where replaced_at is null and lapsed_at is null and expires_on is not null;

create table merchants.applications (
    id bigint primary key,
    merchant_id bigint not null references identity.organisations,
    shop_name text not null,
    market text not null,
    mode text not null,
    seller_type text not null check (seller_type in ('cross_border', 'local')),
    invited boolean not null default false,
    state text not null check (state in (
        'draft', 'submitted', 'in_review', 'needs_correction', 'rejected', 'awaiting_deposit',
        'opened', 'expired', 'withdrawn'
    )),
    due_at timestamptz,  -- When a correction or a deposit is overdue. Business time.
    rule text,  -- The admission rule that the last decision went by.
    shop_id bigint,
    started_at timestamptz not null,
    moved_at timestamptz not null,
    check ((state in ('needs_correction', 'awaiting_deposit')) = (due_at is not null)),
    check ((state = 'opened') = (shop_id is not null))
);
create index on merchants.applications (merchant_id, id);
create index on merchants.applications (state, id);
create index on merchants.applications (due_at) where due_at is not null;

create table merchants.corrections (
    id bigint primary key,
    application_id bigint not null references merchants.applications,
    reason text not null,
    field text not null,
    note text not null,
    asked_at timestamptz not null,
    due_at timestamptz not null,
    answered_at timestamptz
);
create index on merchants.corrections (application_id, id);

create table merchants.shops (
    id bigint primary key,
    merchant_id bigint not null references identity.organisations,
    name text not null check (name <> ''),
    market text not null,
    mode text not null,  -- Of the newest agreed contract, which may begin later.
    seller_type text not null check (seller_type in ('cross_border', 'local')),
    state text not null check (state in (
        'probation', 'active', 'restricted', 'suspended', 'closing', 'closed', 'terminated'
    )),
    stage text not null,
    opened_on date not null,  -- The market's calendar day.
    order_cap int check (order_cap >= 0),
    listing_cap int check (listing_cap >= 0)
);
create unique index shops_live_key on merchants.shops (merchant_id, market, mode, seller_type)
    where state not in ('closed', 'terminated');
create index on merchants.shops (merchant_id, id);
create index on merchants.shops (market, state, id);

alter table merchants.applications add foreign key (shop_id) references merchants.shops;

-- The mode in force at an instant is that of the last agreed contract that has begun.
create table merchants.contracts (
    id bigint primary key,
    shop_id bigint not null references merchants.shops,
    mode text not null,
    from_at timestamptz not null,
    state text not null check (state in ('proposed', 'agreed', 'declined', 'withdrawn')),
    proposed_at timestamptz not null,
    decided_at timestamptz
);
create unique index contracts_in_force_key on merchants.contracts (shop_id, from_at desc)
    where state = 'agreed';
create unique index contracts_proposed_key on merchants.contracts (shop_id)
    where state = 'proposed';

-- Orders of capped shops, by the market's calendar day.
create table merchants.shop_days (
    shop_id bigint not null references merchants.shops,
    day_on date not null,
    orders int not null check (orders >= 0),
    primary key (shop_id, day_on)
);

create table merchants.accounts (
    id bigint primary key,
    shop_id bigint not null references merchants.shops,
    kind text not null check (kind in ('official', 'channel')),
    handle text not null,
    owner_country text not null,
    owner_number text not null,
    state text not null check (state in ('requested', 'verified', 'bound', 'unbound', 'refused')),
    requested_at timestamptz not null,
    moved_at timestamptz not null
);
create unique index accounts_handle_key on merchants.accounts (lower(handle))
    where state in ('requested', 'verified', 'bound');
create index on merchants.accounts (shop_id, id);

create table merchants.qualifications (
    shop_id bigint not null references merchants.shops,
    category text not null,
    state text not null check (state in ('applied', 'granted', 'rejected', 'revoked')),
    proofs text[] not null default '{}',
    reason text,
    moved_at timestamptz not null,
    primary key (shop_id, category)
);

-- What was agreed with one merchant; it goes before overlay and shipped rules.
create table merchants.agreements (
    id bigint primary key,
    shop_id bigint not null references merchants.shops,
    topic text not null,
    from_on date not null,
    content jsonb not null,
    reference text not null,
    agreed_at timestamptz not null,
    unique (shop_id, topic, from_on)
);

-- Every move of an application, a shop, a contract, an account or a qualification.
create table merchants.history (
    id bigint primary key,
    noun text not null,
    subject bigint not null,
    before text,
    after text not null,
    reason text not null default '',
    actor text not null,
    at timestamptz not null
);
create index on merchants.history (subject, id);

create function merchants.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'history is append-only';
end $$;

create trigger frozen before update or delete or truncate on merchants.history
    for each statement execute function merchants.refuse();
