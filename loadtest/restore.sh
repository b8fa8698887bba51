#!/bin/sh
# Goes back to a moment by a base backup and archived log, and counts what is called again and what is not: see README.md here. Options: --seconds S --rate R --nodes N …
# On two processors the HTTP client would start a thread for each step of a request.
exec "$(dirname "$0")/launch.sh" chaos.Restore "-Xmx1g -Djava.util.concurrent.ForkJoinPool.common.parallelism=4" "$@"
