-- The same bytes for the same purpose of the same owner are the file that is there.
with wish as (
    select * from unnest(
        cast(:ids as bigint[]), cast(:owners as bigint[]), cast(:purposes as text[]),
        cast(:kinds as text[]), cast(:types as text[]), cast(:hashes as bytea[]),
        cast(:sizes as bigint[]), cast(:widths as int[]), cast(:heights as int[]),
        cast(:names as text[]), cast(:public as boolean[])
    ) as w (id, owner_id, purpose, kind, content_type, sha256, size_bytes, width_px, height_px,
        name, is_public)
)
insert into files.files (
    id, owner_id, purpose, kind, content_type, sha256, size_bytes, width_px, height_px, name,
    is_public, stored_at, stored_by
)
select w.*, cast(:now as timestamptz), cast(:actor as text)
from wish w
on conflict (owner_id, purpose, sha256) where erased_at is null do nothing
returning id
