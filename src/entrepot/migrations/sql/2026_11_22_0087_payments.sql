create schema payments;

-- What a buyer pays for an order group. Groups belong to a higher tier: their id has no foreign key.
create table payments.intents (
    id bigint primary key,
    group_id bigint not null unique,
    provider text not null,
    method text not null,
    amount_minor bigint not null,
    currency text not null,
    state text not null check (state in (
        'created', 'authorised', 'captured', 'partially_refunded', 'refunded',
        'declined', 'cancelled', 'expired', 'unknown')),
    captured_minor bigint not null default 0,
    promised_minor bigint not null default 0,  -- Refunds asked for, whatever has become of them.
    refunded_minor bigint not null default 0,
    provider_ref text,
    opened_at timestamptz not null,
    constraint intents_never_more_back_than_came_in_check check (
        0 <= refunded_minor and refunded_minor <= promised_minor
        and promised_minor <= captured_minor and captured_minor <= amount_minor)
) with (fillfactor = 60);  -- Its state changes soon after, in place: no index holds it.
create index on payments.intents (opened_at, id);

create table payments.moves (
    id bigint primary key default kernel.new_id(),
    intent_id bigint not null references payments.intents,
    before text not null,
    after text not null,
    moved_at timestamptz not null
);
create index on payments.moves (intent_id);

create table payments.refunds (
    id bigint primary key,
    intent_id bigint not null references payments.intents,
    reference text not null unique,
    amount_minor bigint not null check (amount_minor > 0),
    state text not null check (state in ('requested', 'sent', 'succeeded', 'failed', 'unknown')),
    requested_at timestamptz not null
);
create index on payments.refunds (intent_id);
create index refunds_to_send on payments.refunds (requested_at, id) where state = 'requested';

-- Committed before the provider hears of it, under our own key; begun_at is real time.
create table payments.attempts (
    id bigint primary key,
    intent_id bigint not null references payments.intents,
    refund_id bigint references payments.refunds,
    kind text not null check (kind in ('pay', 'authorise', 'capture', 'void', 'refund')),
    key text not null unique,
    method text not null,
    amount_minor bigint not null check (amount_minor > 0),
    state text not null check (state in ('begun', 'succeeded', 'declined', 'unknown', 'nothing')),
    provider_ref text,
    reason text,
    begun_at timestamptz not null,
    check ((kind = 'refund') = (refund_id is not null))
);
create index on payments.attempts (intent_id);
create index on payments.attempts (refund_id) where refund_id is not null;
create index attempts_to_look_up on payments.attempts (begun_at, id)
    where state in ('begun', 'unknown');

-- What providers told us, as they said it, once for each of their event ids.
create table payments.provider_events (
    provider text not null,
    event_id text not null,
    serial bigint generated always as identity unique,
    key text,
    result text not null,
    provider_ref text,
    reason text,
    amount_minor bigint,
    payload bytea not null,
    state text not null check (state in ('received', 'waiting', 'applied', 'foreign', 'conflict')),
    received_at timestamptz not null,
    primary key (provider, event_id)
);
create index provider_events_to_apply on payments.provider_events (serial)
    where state in ('received', 'waiting');
