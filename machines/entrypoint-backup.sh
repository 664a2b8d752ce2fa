#!/bin/sh
# A fresh volume of Fly belongs to root, and a Postgres server refuses to run as root: what is root here hands the volume
# over and goes on as postgres. Elsewhere the container is started as that user at once.
set -eu
if [ "$(id -u)" = 0 ]; then
  chown postgres:postgres "${BACKUP_DIR:-/backups}"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
fi
exec "$@"
