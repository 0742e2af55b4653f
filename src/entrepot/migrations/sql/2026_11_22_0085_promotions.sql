create schema promotions;

-- What a discount is, whom it serves and who pays for it. Owner 0 is the platform.
create table promotions.promotions (
    id bigint primary key,
    owner_id bigint not null,
    market text not null,
    layer text not null,
    title text not null,
    code text,  -- In capitals. Without one it applies by itself.
    shop_id bigint,  -- None: every shop.
    product_id bigint,
    rate_bp integer check (rate_bp between 1 and 10000),
    amount_minor bigint check (amount_minor > 0),
    currency text not null,
    min_spend_minor bigint not null check (min_spend_minor >= 0),
    max_discount_minor bigint check (max_discount_minor > 0),
    seller_share_bp integer not null check (seller_share_bp between 0 and 10000),
    new_customers_only boolean not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    state text not null check (state in ('proposed', 'active', 'paused', 'ended')),
    check (num_nonnulls(rate_bp, amount_minor) = 1),
    check (starts_at < ends_at),
    check (owner_id <> 0 or seller_share_bp = 0)
);
-- Until it is ended, a code means one thing within a market.
create unique index promotions_code_key on promotions.promotions (market, code)
    where state <> 'ended';
create index promotions_by_themselves on promotions.promotions (market, shop_id)
    where code is null and state = 'active';
create index on promotions.promotions (owner_id, id);

-- Only what is limited has a row here: it is locked to be counted.
create table promotions.budgets (
    promotion_id bigint primary key references promotions.promotions,
    per_buyer integer check (per_buyer > 0),
    total integer check (total > 0),
    budget_minor bigint check (budget_minor > 0),
    used integer not null default 0 check (used >= 0),
    spent_minor bigint not null default 0 check (spent_minor >= 0),
    constraint budgets_limit_holds_check check (used <= total),
    constraint budgets_budget_holds_check check (spent_minor <= budget_minor),
    check (num_nonnulls(per_buyer, total, budget_minor) > 0)
);

create table promotions.uses (
    promotion_id bigint not null references promotions.promotions,
    reference text not null,  -- What was bought: an order group or an order.
    buyer text,
    minor bigint not null check (minor >= 0),
    used_at timestamptz not null,
    given_back_at timestamptz,
    primary key (promotion_id, reference)
);
create index on promotions.uses (reference);
create index on promotions.uses (promotion_id, buyer) where given_back_at is null;
