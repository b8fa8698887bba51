#!/bin/sh
# Measures what tracing costs a timer, apart from all else: the spans of its way, sent to a receiver in a process of its own, off, at one in a hundred and for all.
# Usage: loadtest/traces.sh [timers a second, 1389] [seconds, 20]
set -eu
cd "$(dirname "$0")/.."
mvn -q -B test-compile dependency:build-classpath -Dmdep.outputFile=target/test-classpath -Dmdep.includeScope=test >&2
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx512m -XX:+UseParallelGC \
  -cp "target/test-classes:target/classes:$(cat target/test-classpath)" dev.bide.loadtest.TraceCosts "$@"
