#!/bin/sh
# Breaks things while timers run, and checks that no promise was: see README.md here. Options: --seconds S --rate R --nodes N --faults LIST --seed X …
# On two processors the HTTP client would start a thread for each step of a request.
exec "$(dirname "$0")/launch.sh" chaos.Chaos "-Xmx1g -Djava.util.concurrent.ForkJoinPool.common.parallelism=4" "$@"
