-- A foreign key is judged at the end of the statement, so parents may come along.
insert into catalog.categories (id, parent_id, name_en, name_zh_cn, is_leaf)
select c.* from unnest(
    cast(:ids as text[]), cast(:parents as text[]), cast(:en as text[]), cast(:zh_cn as text[]),
    cast(:leaves as boolean[])
) as c (id, parent_id, name_en, name_zh_cn, is_leaf)
on conflict (id) do update set
    name_en = excluded.name_en,
    name_zh_cn = excluded.name_zh_cn,
    is_leaf = excluded.is_leaf
