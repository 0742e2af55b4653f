with taken as (
    delete from ledger.deltas returning account, currency, pending, minor
)
insert into ledger.balances as b (account, currency, pending, minor)
select account, currency, pending, sum(minor) from taken group by account, currency, pending
order by account, currency, pending
on conflict (account, currency, pending) do update set minor = b.minor + excluded.minor
