"""The settings of the embedded server, each with its reason, and nowhere else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of postgresql.conf."""

    name: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"# {self.reason}\n{self.name} = '{self.value}'\n"


TUNING = [
    # Nothing acknowledged is ever lost.
    Setting("fsync", "on", "A commit is on the disk before anybody hears of it, also in the demo."),
    Setting("synchronous_commit", "on", "The same: acknowledged means durable."),
    Setting("full_page_writes", "on", "A page torn by a crash is mended from the log."),
    # Who may come in: whoever may enter the socket's folder, which is its owner and root.
    Setting("listen_addresses", "", "No port: nothing to collide with, nothing to attack."),
    Setting("unix_socket_permissions", "0700", "The folder and the socket are the access control."),
    Setting("max_connections", "100", "Six processes with a pool of 16, and some for people."),
    # Memory of a laptop, two cores.
    Setting(
        "shared_buffers", "256MB", "The working set of a demo; the rest is the system's cache."
    ),
    Setting("effective_cache_size", "1GB", "What plans may expect to find in memory in all."),
    Setting("work_mem", "16MB", "Sorts of a settlement batch stay in memory."),
    Setting("maintenance_work_mem", "128MB", "Indexes of a replayed data set build in one pass."),
    # The write-ahead log: fewer, longer checkpoints, since each doubles the bytes after it.
    Setting("wal_compression", "on", "Full pages are most of the log; they shrink to a third."),
    Setting("wal_buffers", "16MB", "A batch of orders fits in without an early write."),
    Setting("checkpoint_timeout", "15min", "Fewer full pages; recovery still takes seconds."),
    Setting("checkpoint_completion_target", "0.9", "Checkpoints spread out, no latency spikes."),
    Setting("max_wal_size", "2GB", "A replay does not force checkpoints before their time."),
    Setting("min_wal_size", "256MB", "Log files are used again instead of made anew."),
    # Plans.
    Setting("jit", "off", "Our statements are short; compiling costs more than it saves."),
    Setting("random_page_cost", "1.1", "Disks are solid state, and most pages are in memory."),
    Setting("effective_io_concurrency", "64", "The same."),
    # Queue-like tables (fresh facts, ledger deltas, jobs) die young and must be swept often.
    Setting("autovacuum_naptime", "15s", "Looks four times as often as the default."),
    Setting("autovacuum_vacuum_cost_delay", "1ms", "Sweeps finish before the next load."),
    # What it says.
    Setting("timezone", "UTC", "Instants are UTC; markets have their zone in our tables."),
    Setting("log_timezone", "UTC", "The same for its log."),
    Setting("logging_collector", "on", "Writes files that turn over, instead of one that grows."),
    Setting("log_filename", "postgres-%a.log", "One file a weekday, seven in all …"),
    Setting("log_truncate_on_rotation", "on", "… each emptied when its day comes again."),
    Setting("log_error_verbosity", "terse", "Details quote values of rows: personal data."),
    Setting("log_parameter_max_length", "0", "Bound values are never logged, for the same reason."),
    Setting("log_parameter_max_length_on_error", "0", "Nor when a statement fails."),
    Setting("log_min_duration_statement", "1s", "What takes this long is worth a look."),
    Setting("log_lock_waits", "on", "So is who waits for whom."),
    Setting("deadlock_timeout", "200ms", "Deadlocks are bugs here: found fast, repeated fast."),
]

STATISTICS = Setting(
    "shared_preload_libraries", "pg_stat_statements", "Counts statements for bench and doctor."
)

# Faster and unsafe: for test databases that nobody would miss.
UNSAFE = [
    Setting("fsync", "off", "Thrown away after the run."),
    Setting("synchronous_commit", "off", "Thrown away after the run."),
    Setting("full_page_writes", "off", "Thrown away after the run."),
    Setting("max_connections", "300", "Every test worker and its processes share one server."),
]


def configuration(sockets: str, *, safe: bool, statistics: bool) -> str:
    """The text of postgresql.conf, written anew at each start; the last of a name wins."""
    place = Setting("unix_socket_directories", sockets.replace("'", "''"), "Where clients find it.")
    lines = [*TUNING, place, *([STATISTICS] if statistics else []), *([] if safe else UNSAFE)]
    head = "# Written by Entrepot at each start. For settings of your own use ALTER SYSTEM.\n\n"
    return head + "\n".join(map(str, lines))
