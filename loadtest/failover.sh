#!/bin/sh
# The database's primary fails in several ways under load, and a standby takes over: see README.md here. Options: --faults LIST --through multi-host|haproxy --asynchronous …
# Root may have a network of its own, in which a node can be cut off; it is gone with the run.
if unshare --net true 2>/dev/null && command -v ip >/dev/null; then
    export BIDE_OWN_NETWORK=yes LAUNCH_IN="unshare --net"
fi
# On two processors the HTTP client would start a thread for each step of a request.
exec "$(dirname "$0")/launch.sh" chaos.Failover "-Xmx1g -Djava.util.concurrent.ForkJoinPool.common.parallelism=4" "$@"
