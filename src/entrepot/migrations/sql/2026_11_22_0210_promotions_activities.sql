-- Promotions: activities, prices of single SKUs, and limits that count units.
-- Comes before the first release: tables are small and no older release reads them.
-- squawk-ignore-file constraint-missing-not-valid, ban-drop-constraint
-- squawk-ignore-file adding-foreign-key-constraint, require-concurrent-index-creation
-- squawk-ignore-file require-concurrent-index-deletion

-- What a shop offers for a time on its products, its SKUs or its shipping.
create table promotions.activities (
    id bigint primary key,
    owner_id bigint not null,
    shop_id bigint not null,
    market text not null,
    currency text not null,
    kind text not null check (kind in (
        'direct_discount', 'fixed_price', 'flash_deal', 'shipping_discount')),
    level text not null check (level in ('product', 'shop', 'variation')),
    title text not null,
    starts_at timestamptz not null,
    ends_at timestamptz,  -- None: until somebody ends it.
    off_minor bigint check (off_minor > 0),  -- Of shipping, per order. None: all of it.
    min_units integer not null check (min_units >= 0),
    min_spend_minor bigint not null check (min_spend_minor >= 0),
    once boolean not null,  -- Each buyer in one order only.
    state text not null check (state in (
        'draft', 'not_started', 'ongoing', 'expired', 'deactivated')),
    due_at timestamptz,  -- When time itself moves it on.
    created_at timestamptz not null,
    changed_at timestamptz not null,
    check (starts_at < ends_at),
    check ((kind = 'shipping_discount') or (level <> 'shop' and ends_at is not null)),
    unique (shop_id, title)
);
create index on promotions.activities (shop_id, id);
create index on promotions.activities (owner_id, id);
create index on promotions.activities (due_at, id) where due_at is not null;

-- Each product, SKU or shop of an activity is a promotion: quotes read one table.
alter table promotions.promotions
    add column activity_id bigint,
    add column sku_id bigint,
    add column price_minor bigint,  -- What a unit costs, whatever its list price is.
    add column min_units integer not null default 0,
    drop constraint promotions_check,
    add constraint promotions_activity_known
        foreign key (activity_id) references promotions.activities,
    add constraint promotions_price_positive check (price_minor > 0),
    add constraint promotions_min_units_positive check (min_units >= 0),
    add constraint promotions_one_way check (num_nonnulls(rate_bp, amount_minor, price_minor) = 1);
create unique index promotions_items on promotions.promotions (
    activity_id, coalesce(product_id, 0), coalesce(sku_id, 0)
) where activity_id is not null and state <> 'ended';

-- What serves some products is found by them, so that a quote reads nothing of other products.
drop index promotions.promotions_by_themselves;
create index promotions_by_themselves on promotions.promotions (market, shop_id)
    where code is null and product_id is null and state = 'active';
create index promotions_by_product on promotions.promotions (product_id, ends_at)
    where product_id is not null and state = 'active';

-- Limits can count units, too. One that was limited and is not any more keeps its count.
alter table promotions.budgets
    add column units integer,
    add column units_per_buyer integer,
    add column units_used integer not null default 0,
    drop constraint budgets_check,
    add constraint budgets_units_positive check (units > 0 and units_per_buyer > 0),
    add constraint budgets_units_counted check (units_used >= 0),
    add constraint budgets_units_hold_check check (units_used <= units);
alter table promotions.uses
    add column units integer not null default 0,
    add constraint uses_units_counted check (units >= 0);
