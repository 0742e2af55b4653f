-- squawk-ignore-file require-concurrent-index-creation
-- Before the first release: no installation has claims yet that this could hold up.

-- Business time of a unit of work in one round trip: wait for whoever moves the clock, then read
-- it. Each statement of a volatile function has a snapshot of its own, so the second one sees what
-- the first one waited for.
create function kernel.business_now(key bigint) returns timestamptz language plpgsql volatile as $$
declare
    now_is timestamptz;
begin
    perform pg_advisory_xact_lock_shared(key);
    select coalesce(held_at, clock_timestamp() + ahead) into now_is from kernel.clock;
    return now_is;
end $$;
