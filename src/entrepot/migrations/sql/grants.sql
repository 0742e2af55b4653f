-- What the application's role may do: work with rows, never with tables. It owns nothing, so it can
-- neither drop a trigger nor disable one. Runs after every upgrade; says the same each time.
do $$
declare
    app text := current_setting('entrepot.app');
    room text;
    sealed regclass;
begin
    for room in
        select nspname from pg_namespace
        where nspowner = current_user::regrole or nspname = 'public'
    loop
        execute format('grant usage on schema %I to %I', room, app);
        execute format(
            'grant select, insert, update, delete on all tables in schema %I to %I', room, app
        );
        execute format('grant usage, select on all sequences in schema %I to %I', room, app);
        execute format('grant execute on all functions in schema %I to %I', room, app);
    end loop;
    -- A table that a trigger seals against change is sealed by the role as well.
    for sealed in
        select tgrelid::regclass from pg_trigger
        where tgname = 'frozen' and not tgisinternal
    loop
        execute format('revoke update, delete, truncate on %s from %I', sealed, app);
    end loop;
    execute format('revoke insert, update, delete on public.alembic_version from %I', app);
end $$;
