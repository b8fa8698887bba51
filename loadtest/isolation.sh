#!/bin/sh
# One party misbehaves, and the others are watched: see README.md here. Options: --case hung|burst|slow-senders|large-inputs|frozen|paused|limits, --redis …
# On two processors the HTTP client would start a thread for each step of a request.
exec "$(dirname "$0")/launch.sh" chaos.Isolation "-Xmx1g -Djava.util.concurrent.ForkJoinPool.common.parallelism=4" "$@"
