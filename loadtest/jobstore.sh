#!/bin/sh
# Measures job stores side by side: stock Quartz, db-scheduler, ours with one and two nodes, and a floor without Java.
# Usage: loadtest/jobstore.sh [--timers 100000] [--stock-timers 10000] [--rate 1389] [--seconds 10] [--only quartz,dbScheduler,bide,bideTwoNodes,floor] [--waiting N] [--hold-vacuum]
# The last line is RESULT and JSON; the exit code is not 0 where a firing is missing, doubled or early.
set -eu
cd "$(dirname "$0")/.."
mvn -q -B test-compile dependency:build-classpath -Dmdep.outputFile=target/test-classpath -Dmdep.includeScope=test >&2
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx2g -XX:+UseParallelGC -Dorg.quartz.scheduler.skipUpdateCheck=true \
  -cp "target/test-classes:target/classes:$(cat target/test-classpath)" dev.bide.jobstore.benchmark.Benchmark "$@"
