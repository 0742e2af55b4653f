with wanted as (
    select w.digest, w.content
    from unnest(cast(:digests as bytea[]), cast(:contents as jsonb[])) as w (digest, content)
), made as (
    insert into orders.terms (digest, content)
    select digest, content from wanted
    where not exists (select from orders.terms t where t.digest = wanted.digest)
    order by digest
    on conflict (digest) do nothing
    returning id, digest
)
select id, digest from made
union all
select t.id, t.digest from orders.terms t join wanted on t.digest = wanted.digest
