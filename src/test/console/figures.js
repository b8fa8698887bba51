/** Samples of figures and workflows: a cluster of three nodes on a working day, with something to look at. `SAMPLES` chooses another state: `empty`, `error`, `slow`. */

const id = n => `0198a1b2-7c3d-7e4f-8a5b-${String(n).padStart(12, '0')}`;
const at = ms => new Date(Date.now() + ms).toISOString();
const S = 1000, MIN = 60 * S, H = 60 * MIN, D = 24 * H;
const counted = (count, exact = true) => ({count, exact});
const STATE = process.env.SAMPLES ?? '';
const CAPACITY = 3400.5;
const HANOI = 7 * H;

/** The same for the same number, between 0 and 1. */
const chance = n => {
  const x = Math.sin(n * 12.9898) * 43758.5453;
  return x - Math.floor(x);
};

/** How many come due in an hour, spread over it. */
function spread(hour) {
  const local = new Date(hour * H + HANOI);
  const day = local.getUTCDay();
  const time = local.getUTCHours();
  const busy = time >= 8 && time <= 18 ? 1 : time === 7 || (time > 18 && time < 22) ? 0.2 : time < 3 ? 0.05 : 0;
  const far = Math.exp(-Math.max(0, hour * H - Date.now()) / (90 * D));
  return Math.round(4000 * busy * (day === 0 || day === 6 ? 0.1 : 1) * far * (0.4 + chance(hour)));
}

/** What is due to the second: 09:00 on workdays, noon of the next hour, and the end of the year. */
function bursts() {
  const out = [];
  const today = Math.floor((Date.now() + HANOI) / D) * D - HANOI;
  for (let i = 0; i < 400; i++) {
    const nine = today + i * D + 9 * H;
    const local = new Date(nine + HANOI);
    const day = local.getUTCDay();
    if (day > 0 && day < 6 && i < 60) {
      out.push([nine, day === 1 ? 120_000 : Math.round(9000 * Math.exp(-i / 20))]);
    }
    if (local.getUTCDate() === 1) {
      out.push([nine, 42_000]);
    }
    if (local.getUTCMonth() === 11 && local.getUTCDate() === 24) {
      out.push([nine, 310_000]);
    }
  }
  const next = Math.ceil(Date.now() / (10 * MIN)) * 10 * MIN;
  out.push([next + 10 * MIN, 61_000], [next + 20 * MIN, process.env.SAMPLES === 'burst' ? 120_000 : 300_000]);
  return out;
}

function due(from, to) {
  let sum = 0;
  for (let hour = Math.floor(from / H); hour * H < to; hour++) {
    sum += (spread(hour) * (Math.min(to, (hour + 1) * H) - Math.max(from, hour * H))) / H;
  }
  for (const [when, count] of bursts()) {
    sum += when >= from && when < to ? count : 0;
  }
  return Math.round(sum * (STATE === 'empty' ? 0 : 1));
}

function density(query) {
  const from = Date.parse(query.get('from') ?? at(0));
  const buckets = Number(query.get('buckets') ?? 60);
  const width = (Date.parse(query.get('to')) - from) / buckets;
  const part = query.get('taskId') ? 0.02 : query.get('workflowId') ? 0.1 : 1;
  let seen = 0;
  const items = Array.from({length: buckets}, (_, i) => {
    const count = Math.round(due(from + i * width, from + (i + 1) * width) * part);
    seen += count;
    const far = seen > 900_000;
    return {from: new Date(from + i * width).toISOString(), to: new Date(from + (i + 1) * width).toISOString(), count, ...(far && count > 0 ? {exact: false} : {})};
  });
  return {exact: items.every(item => item.exact !== false), capacityPerSecond: STATE === 'empty' ? null : CAPACITY, buckets: items};
}

function stats() {
  const none = STATE === 'empty';
  return {
    at: at(0),
    window: 'PT5M',
    perSecond: none ? {accepted: 0, delivered: 0, retried: 0, dead: 0} : {accepted: 1389.2, delivered: 1377.9, retried: 3.1, dead: 0.02},
    latenessMs: none ? {p50: null, p95: null, p99: null} : {p50: 9, p95: 31, p99: 74},
    onTimeShare: none ? null : 0.99987,
    timers: {scheduled: none ? counted(0) : counted(1_237_114, false), retrying: counted(none ? 0 : 912), paused: counted(none ? 0 : 3100), dead: none ? counted(0) : counted(2140)},
    due: {count: none ? 0 : 14, exact: true, oldestSeconds: none ? 0 : 0.02},
    warnings: none ? [] : [{code: 'clocks-apart', detail: 'The clock of bide-worker-2 is 640 ms ahead of the database’s.', since: at(-3 * H)}],
  };
}

function series(query) {
  const to = Date.parse(query.get('to') ?? at(0));
  const from = Date.parse(query.get('from') ?? at(-15 * MIN));
  const text = query.get('step') ?? '10';
  const iso = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text);
  const step = (iso ? (iso[1] ?? 0) * 3600 + (iso[2] ?? 0) * 60 + Number(iso[3] ?? 0) : Number(text)) * S;
  const points = [];
  for (let t = Math.floor(from / step) * step; t < to; t += step) {
    const wave = 1 + 0.4 * Math.sin(t / (4 * H)) + 0.1 * chance(t / S);
    const peak = t % (10 * MIN) < 30 * S && step < 5 * MIN ? 2 : 1;
    const per = n => Math.round((n * wave * peak * step) / S);
    const gap = step > MIN && Math.floor(t / (20 * MIN)) % 37 === 5;
    points.push({
      at: new Date(t).toISOString(),
      accepted: gap ? 0 : per(1300),
      delivered: gap ? 0 : per(1280),
      retried: gap ? 0 : per(3),
      dead: step >= H ? Math.round(90 * chance(t)) : Math.round(chance(t) * 1.2),
      due: gap ? null : Math.round(14 * wave * peak ** 8),
      latenessMs: gap ? {p50: null, p95: null, p99: null} : {p50: Math.round(9 * wave), p95: Math.round(31 * wave * peak ** 3), p99: Math.round(74 * wave * peak ** 5)},
    });
  }
  return {step: iso ? text : `PT${step / S}S`, points: STATE === 'empty' ? [] : points};
}

const node = (name, seen, roles = ['api', 'scheduler', 'worker']) => ({
  nodeId: name,
  roles,
  version: '0.1.0',
  startedAt: at(-3 * D),
  lastSeenAt: at(-seen),
  clockOffsetMs: 3,
  inFlight: 14,
  connections: {used: 9, max: 40},
  heap: {used: 210_000_000, max: 536_870_912},
});

const group = (n, host, status, text, count, ago) => ({
  problem: `9f3c01d2aa54e7b${n}`,
  host,
  outcome: status === 410 || status === 422 ? 'refused' : 'failed',
  ...(status ? {httpStatus: status} : {}),
  text,
  count,
  firstAt: at(-3 * D),
  lastAt: at(-ago),
  workflowIds: [id(3000)],
  samples: [id(4), id(10), id(16)],
});

const destination = (name, more) => ({
  destination: name,
  window: 'PT1M',
  callsPerSecond: 12.1,
  latencyMs: {p50: 61, p95: 240},
  outcomes: {delivered: 700, failed: 40, refused: 0, deferred: {}},
  inFlight: 3,
  breakers: [{nodeId: 'bide-worker-1', state: 'closed'}],
  limits: {maxConcurrentCalls: 16, from: 'configuration', binding: []},
  waiting: counted(0),
  paused: false,
  ...more,
});

export const operation = (n, kind, status, more = {}) => ({
  id: id(5000 + n),
  kind,
  status,
  matched: 12_345,
  done: 12_345,
  failed: 0,
  failures: [],
  filter: {status: 'scheduled', workflowId: id(3000)},
  createdAt: at(-n * 20 * MIN),
  startedAt: at(-n * 20 * MIN + S),
  updatedAt: at(-n * 10 * MIN),
  ...(status === 'running' ? {} : {endedAt: at(-n * 10 * MIN)}),
  reason: 'the mail was sent by hand',
  ...more,
});

const ACTION = (name, body) => ({method: 'POST', url: `https://api.example.com/${name}`, headers: {'X-Template': name}, body});
const RETRY = {maxRetries: 3, initialBackoff: 'PT1S', multiplier: 2, maxBackoff: 'PT5M'};

const task = (n, name, delay, more = {}) => ({id: id(2000 + n), name, delay, action: ACTION(name, {to: '{{input.email}}', language: '{{input.language}}', run: '{{run.id}}'}), retry: RETRY, timeout: 'PT10S', ...more});

const TASKS = [
  task(1, 'welcome', {type: 'period', amount: 2, unit: 'minutes'}),
  task(2, 'reminder', {type: 'weekdays', days: ['MONDAY', 'WEDNESDAY'], at: '09:00'}),
  task(3, 'survey', {type: 'period', amount: 2, unit: 'weeks', at: '10:30'}),
  task(4, 'christmas', {type: 'date', date: '--12-24', at: '09:00', ifPast: 'skip'}),
];
const NAMES = ['Onboarding', 'Invoice reminders', 'Renewals', 'CRM sync', 'Trial that ends', 'A workflow whose name is as long as somebody who names workflows after everything that they do would make it'];

function workflow(n, version = 4) {
  const old = version < 4;
  return {
    id: id(3000 + n),
    version,
    name: NAMES[n % NAMES.length] + (n < NAMES.length ? '' : ` ${n}`),
    timezone: n % 2 ? 'Europe/Berlin' : 'Asia/Ho_Chi_Minh',
    tasks: n === 4 ? [] : old ? [TASKS[0], task(9, 'upsell', {type: 'period', amount: 5, unit: 'days'}), {...TASKS[1], delay: {type: 'weekdays', days: ['MONDAY'], at: '08:00'}}] : TASKS.slice(0, 4 - (n % 3)),
    createdAt: at(-200 * D),
    updatedAt: at(-(5 - version) * 9 * D),
    ...(n === 5 ? {archivedAt: at(-D)} : {}),
  };
}

function waiting(n) {
  const row = (each, version, counts, first, last) => ({
    taskId: each.id,
    name: each.name,
    version,
    waiting: counted(counts[0], counts[0] < 100_000),
    retrying: counted(counts[1]),
    paused: counted(counts[2]),
    dead: counted(counts[3]),
    ...(counts[0] + counts[1] + counts[2] > 0 ? {earliestDueAt: at(first), latestDueAt: at(last)} : {}),
  });
  if (n === 4) {
    return {items: []};
  }
  const big = n === 1 ? 40 : 1;
  return {
    items: [
      row(TASKS[0], 4, [12 * big, 0, 0, n === 3 ? 12 : 0], 3 * S, 2 * MIN),
      row(TASKS[1], 4, [5201 * big, 4, 0, 2], 2 * D, 9 * D),
      row(TASKS[2], 4, [611, 0, 40, 0], 5 * D, 16 * D),
      row(TASKS[3], 4, [0, 0, 0, 0], 0, 0),
      ...(n === 0 ? [row(task(9, 'upsell', {}), 3, [1, 0, 0, 0], 4 * D, 4 * D)] : []),
    ],
  };
}

function simulation(query, body) {
  const {from = at(0), timezone = 'Asia/Ho_Chi_Minh', input = {}} = JSON.parse(body || '{}');
  const begin = Date.parse(from);
  const local = ms => new Date(ms + HANOI).toISOString().slice(0, 19) + '+07:00';
  const step = (each, wait, dueIn, rule, more = {}) => ({taskId: each.id, name: each.name, from: new Date(begin + wait).toISOString(), dueAt: new Date(begin + dueIn).toISOString(), local: local(begin + dueIn), timezone, rule, skipped: false, request: {...each.action, body: {...each.action.body, to: input.email ?? null}}, ...more});
  return {
    steps: [
      step(TASKS[0], 0, 2 * MIN, '2 minutes after the wait begins'),
      step(TASKS[1], 2 * MIN, 3 * D, 'the first Monday or Wednesday at 09:00'),
      step(TASKS[2], 3 * D, 17 * D, '2 weeks after the wait begins, at 10:30', {clockChange: {kind: 'gap', local: '2027-03-28T02:30:00'}}),
      {taskId: TASKS[3].id, name: 'christmas', from: new Date(begin + 17 * D).toISOString(), timezone, rule: '24 December 2026 at 09:00; left out if that has passed', skipped: true},
    ],
    endsAt: new Date(begin + 17 * D).toISOString(),
  };
}

const run = n => ({
  id: id(1000 + n),
  workflowId: id(3000),
  workflowVersion: n % 3 ? 4 : 3,
  ...(n % 4 ? {key: `customer-${n}`} : {}),
  status: ['active', 'active', 'completed', 'paused', 'failed', 'cancelled'][n % 6],
  timezone: 'Asia/Ho_Chi_Minh',
  input: {email: 'ada@example.com'},
  currentTaskId: TASKS[n % 3].id,
  createdAt: at(-n * 3 * H),
  updatedAt: at(-n * H),
});

const page = (items, query) => {
  const from = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  return {items: items.slice(from, from + limit), nextCursor: from + limit < items.length ? String(from + limit) : null};
};

/**
 * @param {string} method
 * @param {string} path
 * @param {URLSearchParams} query
 * @param {string} body
 * @returns {{status: number, json: any, headers?: Record<string, string>} | undefined} nothing where it is not of these
 */
export function figures(method, path, query, body) {
  const ok = (json, headers) => ({status: 200, json, headers});
  const none = STATE === 'empty';
  if (STATE === 'error' && method === 'GET') {
    return {status: 500, json: {type: 'urn:bide:problem:internal', title: 'Something went wrong', status: 500, detail: 'The log of the node says what.'}};
  }
  if (method === 'GET') {
    switch (path) {
      case '/stats':
        return ok(stats());
      case '/stats/series':
        return ok(series(query));
      case '/timers/density':
        return ok(density(query));
      case '/nodes':
        return ok({items: none ? [node('bide-1', S)] : [node('bide-api-1', 2 * S, ['api']), node('bide-worker-1', 4 * S, ['scheduler', 'worker']), node('bide-worker-2', 12 * MIN, ['scheduler', 'worker'])]});
      case '/problems':
        return ok({scope: none ? 'all 0' : 'all 2140', items: none ? [] : [group(0, 'crm.example.com:443', 410, 'no such contact {id}', 1788, 2 * MIN), group(1, 'api.example.com:443', 503, 'upstream busy', 340, 3 * H), group(2, 'slow.example.com:443', undefined, 'no answer within {time}', 12, 40 * H)]});
      case '/destinations':
        return ok({scope: 'the 500 busiest of each node', items: none ? [] : [destination('slow.example.com:443', {breakers: [{nodeId: 'bide-worker-1', state: 'open'}, {nodeId: 'bide-worker-2', state: 'closed'}], waiting: counted(812)}), destination('api.example.com:443', {paused: true, pausedAt: at(-12 * MIN), reason: 'they move to another data center', waiting: counted(100_000, false)})], nextCursor: null});
      case '/operations':
        return ok(page(none ? [] : [operation(0, 'reschedule', 'running', {done: 7654, failed: 0}), operation(1, 'cancel', 'completed'), operation(2, 'redrive', 'completed', {failed: 3, done: 12_342, failures: [{id: id(4), detail: 'is paused'}]})].filter(each => !query.get('status') || each.status === query.get('status')), query));
      case '/workflows': {
        const asked = query.get('query')?.toLowerCase() ?? '';
        const all = none ? [] : Array.from({length: 31}, (_, n) => workflow(n)).filter(each => each.name.toLowerCase().includes(asked) && (query.get('archived') === 'true') === Boolean(each.archivedAt));
        return ok(page(all, query));
      }
      case '/runs':
        return ok(page(none ? [] : Array.from({length: 90}, (_, n) => run(n)).filter(each => (!query.get('status') || query.get('status').split(',').includes(each.status)) && (!query.get('key') || query.get('key') === each.key) && (!query.get('workflowId') || query.get('workflowId') === each.workflowId)), query));
    }
  }
  const one = /^\/workflows\/([0-9a-f-]{36})(\/.*)?$/.exec(path);
  const n = one ? Number(one[1].slice(-12)) - 3000 : -1;
  if (!one || n < 0 || n > 30) {
    return undefined;
  }
  const rest = one[2] ?? '';
  const version = /^\/versions\/(\d+)$/.exec(rest);
  if (method === 'GET' && rest === '') {
    return ok(workflow(n), {ETag: '"4"'});
  }
  if (method === 'GET' && rest === '/waiting') {
    return ok(waiting(n));
  }
  if (method === 'GET' && rest === '/versions') {
    return ok({items: [4, 3, 2, 1].map(v => ({version: v, name: workflow(n, v).name, createdAt: workflow(n, v).updatedAt})), nextCursor: null});
  }
  if (method === 'GET' && version) {
    return ok(workflow(n, Number(version[1])));
  }
  if (method === 'POST' && rest === '/simulate') {
    return ok(simulation(query, body));
  }
  if (method === 'POST' && rest === '/runs') {
    const {key, input = {}} = JSON.parse(body);
    if (n === 4) {
      return {status: 409, json: {type: 'urn:bide:problem:conflict', title: 'Conflict', status: 409, detail: 'The workflow has no tasks yet.'}};
    }
    return {status: key === 'customer-7' ? 200 : 201, json: {...run(7), workflowId: one[1], key, input}};
  }
  if (method === 'DELETE' && rest === '') {
    return {status: 204, json: undefined};
  }
  return undefined;
}
