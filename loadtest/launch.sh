#!/bin/sh
# Starts a load test; its scripts call it: launch.sh CLASS-BELOW-dev.bide.loadtest "JVM OPTIONS" OPTIONS-OF-THE-TEST…
set -eu
cd "$(dirname "$0")/.."
class="$1"
options="$2"
shift 2
if [ ! -f target/bide.jar ] || [ ! -f "target/test-classes/dev/bide/loadtest/$(echo "$class" | tr . /).class" ]; then
    echo "Building target/bide.jar" >&2
    mvn -q -B -DskipTests package
elif [ -n "$(find pom.xml config.yml migrations src/main src/test/java/dev/bide/loadtest src/test/java/dev/bide/testing -newer target/bide.jar | head -n 1)" ]; then
    echo "Note: there are sources newer than target/bide.jar, which is what runs. To build it: mvn -DskipTests package" >&2
fi
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
# In place of this shell, so that a signal reaches it; it stops all that it started.
# shellcheck disable=SC2086 # several options
exec ${LAUNCH_IN:-} "$java" -XX:+UseSerialGC $options -cp "target/test-classes:target/bide.jar:target/loadtest/*" "dev.bide.loadtest.$class" "$@"
