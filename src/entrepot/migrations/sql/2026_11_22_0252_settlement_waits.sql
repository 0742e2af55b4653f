-- squawk-ignore-file require-concurrent-index-creation
-- Before the first release: no installation has rows yet that this could hold up.

-- What a payee's statements in one currency add up to and why it is not paid out yet. Rewritten by
-- each run of payouts; `try_at` is set when what was lacking comes, and asks for a run at that time.
create table settlement.waits (
    payee_id bigint not null,
    currency text not null,
    market text not null,
    minor bigint not null check (minor > 0),
    lacks text not null check (lacks in ('no-account', 'no-exchange-rate', 'below-minimum')),
    payout_currency text,
    since_at timestamptz not null,
    try_at timestamptz,
    primary key (payee_id, currency)
);
create index on settlement.waits (try_at) where try_at is not null;

-- A hold by hand says why, and who opened and closed it. Cases leave these empty.
alter table settlement.holds add column note text not null default '';
alter table settlement.holds add column opened_by text not null default '';
alter table settlement.holds add column closed_by text not null default '';

-- A payout that only the bank knew is booked once.
create index on settlement.payouts (provider_reference) where provider_reference is not null;
