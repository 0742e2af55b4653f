-- squawk-ignore-file adding-not-nullable-field, constraint-missing-not-valid, ban-drop-constraint
-- squawk-ignore-file require-concurrent-index-creation, adding-field-with-default
-- What a listing says beyond words: pictures, brand, attributes, certificates, package. It is audited
-- with the rest of the content, so versions that wait carry it, too.
alter table catalog.listings
    add column details jsonb not null default '{}',
    add column updated_at timestamptz,
    add column audit_at timestamptz;  -- When the rules judge it by themselves; none: a person does.
update catalog.listings set updated_at = coalesce(deleted_at, live_at, listed_at);
alter table catalog.listings alter column updated_at set not null;
alter table catalog.listings
    add constraint listings_audit_check check (audit_at is null or state = 'pending');
create index on catalog.listings (shop_id, listed_at, id);
create index on catalog.listings (audit_at) where audit_at is not null;

alter table catalog.shadows
    add column details jsonb not null default '{}',
    add column audit_at timestamptz,
    add constraint shadows_audit_check check (audit_at is null or state = 'auditing');
create index on catalog.shadows (audit_at) where audit_at is not null;

-- A SKU that is not made any more stays, for the orders that name it; it is offered nowhere.
alter table catalog.skus
    add column details jsonb not null default '{}',
    add column removed_at timestamptz;
alter table catalog.skus drop constraint skus_product_id_code_key;
create unique index on catalog.skus (product_id, code) where removed_at is null;
create index on catalog.skus (code) where removed_at is null;

-- A brand is known everywhere or, if a merchant made it up, to that merchant.
create table catalog.brands (
    id bigint primary key,
    name text not null check (name <> ''),
    owner_id bigint not null,  -- 0: known everywhere.
    is_protected boolean not null,  -- Whoever claims it needs its owner's permission.
    made_at timestamptz not null
);
create unique index on catalog.brands (owner_id, lower(name));
create index on catalog.brands (lower(name));

create table catalog.brand_permits (
    brand_id bigint not null references catalog.brands,
    merchant_id bigint not null,
    permitted_at timestamptz not null,
    permitted_by text not null,
    primary key (brand_id, merchant_id)
);
create index on catalog.brand_permits (merchant_id);

-- A price that is shown crossed out beside the real one, and what speaks for it.
create table catalog.list_prices (
    sku_id bigint not null references catalog.skus,
    market text not null,
    list_minor bigint not null check (list_minor > 0),
    proof_minor bigint check (proof_minor > 0),  -- What somebody paid elsewhere,
    proof_at timestamptz,  -- and when.
    proof_file_id bigint,
    set_at timestamptz not null,
    set_by text not null,
    primary key (sku_id, market),
    check ((proof_minor is null) = (proof_at is null))
);
