create schema files;

-- What somebody uploaded or the platform made. The bytes lie outside, under their sha256; a row is
-- never changed but by erasing it, and the same bytes for the same purpose of the same owner are one.
create table files.files (
    id bigint primary key,
    owner_id bigint not null,
    purpose text not null,
    kind text not null check (kind in ('document', 'image', 'video')),
    content_type text not null,
    sha256 bytea not null check (octet_length(sha256) = 32),
    size_bytes bigint not null check (size_bytes > 0),
    width_px int check (width_px > 0),
    height_px int check (height_px > 0),
    name text not null,
    is_public boolean not null,  -- Anybody who knows the hash may read it.
    stored_at timestamptz not null,
    stored_by text not null,
    erased_at timestamptz,   -- Nobody reads it from then on.
    removed_at timestamptz,  -- The bytes are gone, or are another file's.
    check ((kind = 'image') = (width_px is not null) and (width_px is null) = (height_px is null))
);
create unique index on files.files (owner_id, purpose, sha256) where erased_at is null;
create index on files.files (sha256);
create index on files.files (id) where erased_at is not null and removed_at is null;
create index on files.files (owner_id, id);
