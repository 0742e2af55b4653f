-- What a replay has made: the names of a data set beside our ids, and the steps that are done.
-- Written in the units of work of the replay itself, so that it goes on exactly where it was.
create table kernel.replayed (
    noun text not null,
    key text not null,
    id bigint not null,
    primary key (noun, key)
);
