-- squawk-ignore-file require-concurrent-index-creation
-- Before the first release: no installation has rows yet that this could hold up.

-- Integrations: deliveries of webhooks. All times are real time.

-- Where an app hears of a kind of event in every shop that let it in; an endpoint for one shop
-- (integrations.endpoints) goes before it.
create table integrations.app_endpoints (
    app_id bigint not null references integrations.apps,
    event text not null check (event <> ''),
    address text not null check (length(address) between 1 and 255),
    updated_at timestamptz not null,
    primary key (app_id, event)
);

create index on integrations.endpoints (event);

-- What waits for one address of one app. Whoever sends for it leases it; nobody else does meanwhile.
-- While its breaker is open nothing is sent at all.
create table integrations.queues (
    id bigint primary key,
    app_id bigint not null references integrations.apps,
    address text not null,
    due_at timestamptz,  -- When something is to be sent at the earliest; none: nothing waits.
    failures int not null default 0 check (failures >= 0),  -- Since the last success.
    open_until timestamptz,
    leased_by text,
    leased_until timestamptz,
    unique (app_id, address),
    check ((leased_by is null) = (leased_until is null))
);
create index on integrations.queues (due_at) where due_at is not null;

-- One notice for one app, as it is sent. Deliveries of one subject are sent in the order of their
-- ids, unless `overtaken` lets later ones pass (sandbox).
create table integrations.deliveries (
    id bigint generated always as identity primary key,
    queue_id bigint not null references integrations.queues,
    app_id bigint not null,
    organisation_id bigint not null,  -- Whose affair it is.
    shop_id bigint,
    event text not null,
    notice_id bigint not null,
    subject bigint not null,
    body text not null,
    farewell boolean not null default false,  -- Also for an app that was shut out: it says so.
    state text not null default 'pending'
        check (state in ('pending', 'delivered', 'dead', 'dropped')),
    attempts int not null default 0 check (attempts >= 0),
    told_at timestamptz not null,
    due_at timestamptz not null,
    status int,  -- What was answered last, if anything was.
    latency_ms int,
    reason text not null default '',  -- Why the last attempt failed.
    answered_at timestamptz,
    overtaken boolean not null default false
);
create index deliveries_waiting on integrations.deliveries (queue_id, id) where state = 'pending';
create index deliveries_in_order
    on integrations.deliveries (queue_id, subject, id) where state = 'pending' and attempts > 0;
create index deliveries_dead on integrations.deliveries (id) where state = 'dead';
create index on integrations.deliveries (app_id, id);
create index on integrations.deliveries (organisation_id, id);
create index on integrations.deliveries using brin (told_at);
