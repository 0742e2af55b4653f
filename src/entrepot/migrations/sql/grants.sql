-- What the application's role may do: work with rows, never with tables. It owns nothing, so it can
-- neither drop a trigger nor disable one. Runs after every upgrade; says the same each time. The
-- schema `public` may be shared: of it only what our libraries made there is touched.
do $$
declare
    app text := current_setting('entrepot.app');
    ours constant oid := current_user::regrole;
    room text;
    thing record;
    sealed regclass;
begin
    for room in
        select nspname from pg_namespace where nspowner = ours and nspname <> 'public'
    loop
        execute format('grant usage on schema %I to %I', room, app);
        execute format(
            'grant select, insert, update, delete on all tables in schema %I to %I', room, app
        );
        execute format('grant usage, select on all sequences in schema %I to %I', room, app);
        execute format('grant execute on all functions in schema %I to %I', room, app);
    end loop;
    for thing in
        select oid::regclass as name, relkind = 'S' as counts from pg_class
        where relnamespace = 'public'::regnamespace and relowner = ours
        and relkind in ('r', 'S') and relname ~ '^(procrastinate_|alembic_version$)'
    loop
        if thing.counts then
            execute format('grant usage, select on sequence %s to %I', thing.name, app);
        else
            execute format('grant select, insert, update, delete on %s to %I', thing.name, app);
        end if;
    end loop;
    for thing in
        select oid::regprocedure as name from pg_proc
        where pronamespace = 'public'::regnamespace and proowner = ours
        and prokind = 'f' and proname ~ '^procrastinate_'
    loop
        execute format('grant execute on function %s to %I', thing.name, app);
    end loop;
    -- A table that a trigger seals against change is sealed by the role as well.
    for sealed in
        select tgrelid::regclass from pg_trigger join pg_class on pg_class.oid = tgrelid
        where tgname = 'frozen' and not tgisinternal and relowner = ours
    loop
        execute format('revoke update, delete, truncate on %s from %I', sealed, app);
    end loop;
    execute format('revoke insert, update, delete on public.alembic_version from %I', app);
end $$;
