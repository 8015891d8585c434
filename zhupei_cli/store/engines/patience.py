"""How long a writer waits for another one."""

#: In milliseconds; read where it is used, so that whoever cannot wait sets it in one place.
BUSY_TIMEOUT = 30_000
