// Load on a Bide that runs anywhere, with k6 (https://k6.io): README.md here says how to run it and how to read the figures.
// Settings come from the environment; see the table there.
import { check, fail, sleep } from 'k6';
import http from 'k6/http';
import { Counter, Gauge, Trend } from 'k6/metrics';

const BASE_URL = (__ENV.BASE_URL || 'http://localhost:8088').replace(/\/+$/, '');
// The admin ports of all nodes, with commas between them; "none" where they can't be reached from here.
const ADMIN_URLS = (__ENV.ADMIN_URL || 'http://localhost:8089').split(',').filter((url) => url !== 'none');
const THIRD_PARTY_URL = __ENV.THIRD_PARTY_URL || 'http://localhost:9090/reminders';
const SCENARIO = __ENV.SCENARIO || 'smoke';
const RATE = Number(__ENV.RATE || 1389);
const DUE_IN = Number(__ENV.DUE_IN || 5);
const ACCEPT_P95_MS = Number(__ENV.ACCEPT_P95_MS || 500);
const LATENESS_P95_MS = Number(__ENV.LATENESS_P95_MS || 1000);

const HEADERS = { 'Content-Type': 'application/json' };
if (__ENV.API_KEY) {
  HEADERS.Authorization = `Bearer ${__ENV.API_KEY}`;
}

const accepted = new Counter('timers_accepted');
const acceptDuration = new Trend('accept_duration', true);
const latenessP95 = new Gauge('lateness_p95_ms');
const timersStarted = new Gauge('timers_started');

// Arrivals by the clock. k6 needs a VU for each request under way; those it has no VU for are dropped, and dropping fails the run.
const VUS = { preAllocatedVUs: Math.max(10, Math.ceil(RATE / 10)), maxVUs: Math.max(50, RATE) };

const SCENARIOS = {
  smoke: { executor: 'constant-vus', exec: 'life', vus: 1, duration: __ENV.DURATION || '15s' },
  sustained: {
    executor: 'constant-arrival-rate',
    exec: 'create',
    rate: RATE,
    timeUnit: '1s',
    duration: __ENV.DURATION || '10m',
    ...VUS,
  },
  peak: {
    executor: 'ramping-arrival-rate',
    exec: 'create',
    startRate: RATE,
    timeUnit: '1s',
    stages: [
      { target: RATE, duration: '1m' },
      { target: 2 * RATE, duration: '30s' },
      { target: 2 * RATE, duration: __ENV.DURATION || '5m' },
      { target: RATE, duration: '30s' },
      { target: RATE, duration: '1m' },
    ],
    preAllocatedVUs: 2 * VUS.preAllocatedVUs,
    maxVUs: 2 * VUS.maxVUs,
  },
  soak: {
    executor: 'constant-arrival-rate',
    exec: 'create',
    rate: RATE,
    timeUnit: '1s',
    duration: __ENV.DURATION || '1h',
    ...VUS,
  },
};

if (!SCENARIOS[SCENARIO]) {
  throw new Error(`SCENARIO must be one of ${Object.keys(SCENARIOS).join(', ')}`);
}

export const options = {
  scenarios: { [SCENARIO]: SCENARIOS[SCENARIO] },
  thresholds: {
    http_req_failed: ['rate<0.001'],
    checks: ['rate>0.999'],
    accept_duration: [`p(95)<${ACCEPT_P95_MS}`],
    ...(SCENARIO === 'smoke' ? {} : { dropped_iterations: ['count<1'] }),
    ...(ADMIN_URLS.length === 0 ? {} : { lateness_p95_ms: [`value<${LATENESS_P95_MS}`] }),
  },
  // Bide's answers are looked at only in the smoke test; elsewhere a status is enough, and k6 is cheaper without.
  discardResponseBodies: SCENARIO !== 'smoke',
  summaryTrendStats: ['avg', 'med', 'p(95)', 'p(99)', 'max'],
  setupTimeout: '60s',
  teardownTimeout: '5m',
};

/** What the nodes have counted before: the figures are of this run only. */
export function setup() {
  const health = http.get(`${BASE_URL}/v1/health`);
  if (health.status !== 200) {
    fail(`${BASE_URL} is not up: ${health.status}`);
  }
  return { lateness: readLateness() };
}

/** One new timer, due in a few seconds. */
export function create() {
  const response = http.post(`${BASE_URL}/v1/timers`, timer(DUE_IN), { headers: HEADERS, tags: { name: 'accept' } });
  count(response);
}

/** A timer's life by hand: made, read, moved, fired, and another one made and cancelled. */
export function life() {
  const made = http.post(`${BASE_URL}/v1/timers`, timer(60), { headers: HEADERS, tags: { name: 'accept' } });
  if (!count(made)) {
    return;
  }
  const id = made.json('id');
  const url = `${BASE_URL}/v1/timers/${id}`;
  check(http.get(url, { headers: HEADERS, tags: { name: 'read' } }), {
    'reads what it made': (r) => r.status === 200 && r.json('status') === 'scheduled',
  });
  const delay = JSON.stringify({ delay: { type: 'period', amount: 30, unit: 'seconds' } });
  check(http.patch(url, delay, { headers: HEADERS, tags: { name: 'reschedule' } }), {
    'moves it': (r) => r.status === 200 && Date.parse(r.json('dueAt')) < Date.parse(made.json('dueAt')),
  });
  check(http.post(`${url}/fire`, null, { headers: HEADERS, tags: { name: 'fire' } }), {
    'fires it now': (r) => r.status === 200,
  });
  const other = http.post(`${BASE_URL}/v1/timers`, timer(60), { headers: HEADERS, tags: { name: 'accept' } });
  if (count(other)) {
    const cancel = `${BASE_URL}/v1/timers/${other.json('id')}/cancel`;
    check(http.post(cancel, null, { headers: HEADERS, tags: { name: 'cancel' } }), {
      'cancels another': (r) => r.status === 200 && r.json('status') === 'cancelled',
    });
  }
  let seen;
  for (let second = 0; second < 10; second++) {
    sleep(1);
    seen = http.get(url, { headers: HEADERS, tags: { name: 'read' } });
    if (seen.status !== 200 || seen.json('status') === 'delivered') {
      break;
    }
  }
  check(seen, { 'sees it delivered': (r) => r.status === 200 && r.json('status') === 'delivered' });
}

/** Waits for the last timers, and reads from the nodes' metrics how late this run's timers started. */
export function teardown(data) {
  if (ADMIN_URLS.length === 0) {
    return;
  }
  sleep(DUE_IN);
  let lateness = readLateness();
  for (let round = 0; round < 60; round++) {
    sleep(2);
    const before = lateness;
    lateness = readLateness();
    if (total(lateness) === total(before)) {
      break;
    }
  }
  const ofThisRun = {};
  for (const bound of Object.keys(lateness)) {
    ofThisRun[bound] = lateness[bound] - (data.lateness[bound] || 0);
  }
  timersStarted.add(total(ofThisRun));
  // A threshold without a value passes: where nothing started, the value is one that fails.
  latenessP95.add(total(ofThisRun) === 0 ? Number.MAX_SAFE_INTEGER : percentile(ofThisRun, 0.95) * 1000);
}

function timer(seconds) {
  return JSON.stringify({
    delay: { type: 'period', amount: seconds, unit: 'seconds' },
    action: { url: THIRD_PARTY_URL, body: { event: 'reminder', channel: 'mail' } },
  });
}

function count(response) {
  acceptDuration.add(response.timings.duration);
  const isAccepted = check(response, { 'is accepted': (r) => r.status === 201 });
  if (isAccepted) {
    accepted.add(1);
  }
  return isAccepted;
}

/** The buckets of the histogram of lateness, all nodes and label sets together: how many were at most so many seconds late. */
function readLateness() {
  const buckets = {};
  for (const url of ADMIN_URLS) {
    const response = http.get(`${url.replace(/\/+$/, '')}/metrics`, { responseType: 'text', tags: { name: 'metrics' } });
    if (response.status !== 200) {
      fail(`${url}/metrics answers ${response.status}; set ADMIN_URL, or ADMIN_URL=none to go without lateness`);
    }
    for (const line of response.body.split('\n')) {
      const match = /^\w*lateness\w*_bucket\{(?:[^}]*,)?le="([^"]+)"[^}]*\} (\S+)/.exec(line);
      if (match) {
        buckets[match[1]] = (buckets[match[1]] || 0) + Number(match[2]);
      }
    }
  }
  return buckets;
}

function total(buckets) {
  return buckets['+Inf'] || 0;
}

/** In seconds, evenly spread within a bucket as Prometheus does it. */
function percentile(buckets, share) {
  const bounds = Object.keys(buckets)
    .map((bound) => ({ text: bound, seconds: bound === '+Inf' ? Infinity : Number(bound) }))
    .sort((one, other) => one.seconds - other.seconds);
  const rank = total(buckets) * share;
  let lower = 0;
  let below = 0;
  for (const { text, seconds } of bounds) {
    const count = buckets[text];
    if (count >= rank) {
      return seconds === Infinity ? Number.MAX_SAFE_INTEGER : lower + ((rank - below) / (count - below)) * (seconds - lower);
    }
    lower = seconds;
    below = count;
  }
  return lower;
}
