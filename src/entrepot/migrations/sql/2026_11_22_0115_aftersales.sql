create schema aftersales;

-- What went back to buyers after hand-over, once for each decision, and why. Never edited.
create table aftersales.refunds (
    id bigint primary key,
    order_id bigint not null references orders.orders,
    merchant_id bigint not null,
    currency text not null,
    reason text not null check (reason in (
        'not_received', 'damaged', 'not_as_described', 'wrong_item', 'no_longer_wanted',
        'returned_to_sender', 'lost', 'goodwill')),
    asked_by text not null check (asked_by in ('buyer', 'merchant', 'platform')),
    recorded_by text not null,
    refunded_at timestamptz not null
);
create index on aftersales.refunds (order_id, id);
create index on aftersales.refunds (merchant_id, refunded_at, id);

-- By line: what went back, and the line's running total before and after. Shares of anything are
-- taken on that total, so that all refunds of a line together take back exactly all of it.
create table aftersales.refund_lines (
    refund_id bigint not null references aftersales.refunds,
    pos smallint not null,
    order_id bigint not null,
    units int not null check (units >= 0),
    minor bigint not null check (minor >= 0),
    before_minor bigint not null check (before_minor >= 0),
    after_minor bigint not null,
    payment_minor bigint not null,
    primary key (refund_id, pos),
    check (after_minor = before_minor + minor and after_minor <= payment_minor)
);
-- Two refunds never start from the same total.
create unique index on aftersales.refund_lines (order_id, pos, before_minor) where minor > 0;

create function aftersales.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'a refund stays as it was recorded';
end $$;

create trigger frozen before update or delete or truncate on aftersales.refunds
    for each statement execute function aftersales.refuse();
create trigger frozen before update or delete or truncate on aftersales.refund_lines
    for each statement execute function aftersales.refuse();
