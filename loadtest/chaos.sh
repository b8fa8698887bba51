#!/bin/sh
# Breaks things while timers run, and checks that no promise was: see README.md here. Options: --seconds S --rate R --nodes N --faults LIST --seed X …
set -eu
cd "$(dirname "$0")/.."
if [ ! -f target/bide.jar ] || [ ! -f target/test-classes/dev/bide/loadtest/chaos/Chaos.class ]; then
    echo "Building target/bide.jar" >&2
    mvn -q -B -DskipTests package
elif [ -n "$(find pom.xml config.yml migrations src/main src/test/java/dev/bide/loadtest -newer target/bide.jar | head -n 1)" ]; then
    echo "Note: there are sources newer than target/bide.jar, which is what runs. To build it: mvn -DskipTests package" >&2
fi
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
# In place of this shell, so that a signal reaches it; it stops all that it started.
# On two processors the HTTP client would start a thread for each step of a request.
exec "$java" -XX:+UseSerialGC -Xmx1g -Djava.util.concurrent.ForkJoinPool.common.parallelism=4 -cp target/test-classes:target/bide.jar dev.bide.loadtest.chaos.Chaos "$@"
