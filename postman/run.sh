#!/usr/bin/env bash
# Runs the collection against the jar as users start it, on ports and a directory of its own: postman/run.sh. Needs target/bide.jar, curl, and npm for newman.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=$(mktemp -d)
# Root has PostgreSQL run by another account, which has to get in.
chmod 755 "$directory"
export HTTP_PORT=${HTTP_PORT:-18088} ADMIN_PORT=${ADMIN_PORT:-18089} DATA_DIR=$directory/data
third_party_port=${THIRD_PARTY_PORT:-19090}

java -Xmx512m -jar target/bide.jar > "$directory/service.log" 2>&1 & service=$!
java -Xmx128m -jar target/bide.jar third-party --port "$third_party_port" --quiet > "$directory/third-party.log" 2>&1 & third_party=$!
end() {
    status=$?
    kill $service $third_party 2> /dev/null || true
    wait $service $third_party 2> /dev/null || true
    [ $status = 0 ] || tail -n 50 "$directory/service.log"
    rm -rf "$directory"
}
trap end EXIT

for address in "http://localhost:$HTTP_PORT/v1/health" "http://localhost:$third_party_port/_calls/count"; do
    timeout 180 bash -c "until curl -sf $address > /dev/null; do sleep 0.3; done"
done
npx --yes newman@6.2.2 run postman/bide.postman_collection.json -e postman/bide.postman_environment.json \
    --env-var "baseUrl=http://localhost:$HTTP_PORT/v1" --env-var "thirdParty=http://localhost:$third_party_port" --reporter-cli-no-banner "$@"
