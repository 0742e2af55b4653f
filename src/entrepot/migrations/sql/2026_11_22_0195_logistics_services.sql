-- Where a location is, as its keeper told it: lines, city, state, postal code, who is there.
alter table inventory.locations add column address jsonb not null default '{}';
