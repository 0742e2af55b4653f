-- Integrations: apps, authorisations and webhook endpoints. They live in real time, as sign-ins do.
create schema integrations;

-- An app's secret is derived from its id and generation, so that none is stored and any can be
-- rotated.
create table integrations.apps (
    id bigint primary key,
    key text not null unique check (key ~ '^[0-9a-z]{13}$'),
    name text not null check (name <> ''),
    redirect_url text not null check (redirect_url <> ''),
    kinds text[] not null check (
        cardinality(kinds) > 0 and kinds <@ array['seller', 'creator', 'partner']
    ),
    scopes text[] not null check (cardinality(scopes) > 0),
    state text not null check (state in ('active', 'revoked')),
    generation int not null check (generation > 0),
    registered_at timestamptz not null
);

-- What an organisation lets an app do. Of both tokens only hashes are kept; they are 256 random
-- bits, so that no salt is needed.
create table integrations.authorisations (
    id bigint primary key,
    app_id bigint not null references integrations.apps,
    organisation_id bigint not null references identity.organisations,
    kind text not null check (kind in ('seller', 'creator', 'partner')),
    scopes text[] not null check (cardinality(scopes) > 0),
    access bytea not null unique check (length(access) = 32),
    access_ends_at timestamptz not null,
    refresh bytea not null unique check (length(refresh) = 32),
    ends_at timestamptz not null,  -- Of the refresh token, and so of all.
    generation int not null check (generation > 0),  -- How often tokens were issued under it.
    granted_by bigint references identity.people,
    granted_at timestamptz not null,
    warned_at timestamptz,  -- When its end was last told.
    revoked_at timestamptz
);
create unique index authorisations_live_key
    on integrations.authorisations (app_id, organisation_id) where revoked_at is null;
create index on integrations.authorisations (organisation_id, id);
create index on integrations.authorisations (ends_at) where revoked_at is null;

-- What the consent page gave, until the app fetches its tokens: once, and within half an hour.
create table integrations.codes (
    secret bytea primary key check (length(secret) = 32),
    app_id bigint not null references integrations.apps,
    organisation_id bigint not null references identity.organisations,
    kind text not null check (kind in ('seller', 'creator', 'partner')),
    scopes text[] not null check (cardinality(scopes) > 0),
    granted_by bigint not null references identity.people,
    ends_at timestamptz not null
);
create index on integrations.codes (ends_at);

create table integrations.endpoints (
    app_id bigint not null references integrations.apps,
    shop_id bigint not null references merchants.shops,
    event text not null,
    address text not null check (length(address) between 1 and 255),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (app_id, shop_id, event)
);
create index on integrations.endpoints (shop_id, event);
