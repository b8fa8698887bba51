/**
 * Samples for runs, failures, destinations and operations. They remember what was done to them, so that a page can be followed: an operation goes on by the second, a paused run
 * is paused.
 */
const id = n => `0198a1b2-7c3d-7e4f-8a5b-${String(n).padStart(12, '0')}`;
const S = 1000, MIN = 60 * S, H = 60 * MIN, D = 24 * H;
const BEGUN = Date.now();
const at = ms => new Date(BEGUN + ms).toISOString();
const now = () => new Date().toISOString();

const ZONE = 'Asia/Ho_Chi_Minh';
const RETRY = {maxRetries: 3, initialBackoff: 'PT1S', multiplier: 2, maxBackoff: 'PT5M'};
const action = (url, body = {to: '{{input.email}}'}) => ({method: 'POST', url, headers: {'X-Template': 'welcome'}, body});
const task = (n, name, delay, url = 'https://api.example.com/mails') => ({id: id(2000 + n), name, delay, action: action(url), retry: RETRY, timeout: 'PT10S'});
const MONDAY = {type: 'weekdays', days: ['MONDAY', 'WEDNESDAY'], at: '09:00'};
const TASKS = [
  task(0, 'welcome', {type: 'period', amount: 2, unit: 'seconds'}),
  task(1, 'survey', {type: 'date', date: '2026-01-01', ifPast: 'skip'}),
  task(2, 'reminder', MONDAY),
  task(3, 'crm', {type: 'period', amount: 1, unit: 'hours'}, 'https://crm.example.com/contacts'),
  task(4, 'christmas', {type: 'date', date: '--12-24', at: '09:00'}),
];
const MANY = Array.from({length: 100}, (_, i) => task(100 + i, `step ${i + 1}`, {type: 'period', amount: 1, unit: 'days'}));
const workflow = {id: id(3000), version: 4, name: 'Onboarding', timezone: ZONE, tasks: TASKS, createdAt: at(-90 * D), updatedAt: at(-9 * D)};
const newest = {...workflow, version: 5, tasks: TASKS.map(each => (each.name === 'crm' ? {...each, action: action('https://crm.example.com/v2/contacts'), timeout: 'PT20S'} : each))};
const long = {...workflow, id: id(3001), name: 'A hundred days', version: 1, tasks: MANY};

const attempt = (number, start, outcome, httpStatus, more = {}) => ({number, startedAt: at(start), durationMs: 61, outcome, ...(httpStatus && {httpStatus}), ...more});
const BUSY = {error: 'answer 503: upstream busy', answer: '{"error":"upstream busy","retry":1e3}'};
let made = 5000;
const timer = (place, created, due, status, attempts = [], more = {}) => ({
  id: id(made++), status, dueAt: at(due), createdAt: at(created), delay: TASKS[place].delay, timezone: ZONE, action: TASKS[place].action, retry: RETRY, timeout: 'PT10S', attempts,
  ...(attempts.length > 0 && {latenessMs: 12}), taskId: TASKS[place].id, workflowId: workflow.id, ...more,
});
const run = (n, status, begun, history, more = {}) => {
  const one = {id: id(1000 + n), workflowId: workflow.id, workflowVersion: 4, key: `customer-${n}`, status, timezone: ZONE, input: {email: 'ada@example.com', sum: 10.5, tags: ['new', 'vip']}, createdAt: at(begun), updatedAt: at(begun), ...more};
  history.forEach(each => (each.runId = one.id));
  const last = history.at(-1);
  return {...one, currentTaskId: last?.taskId, task: TASKS.find(each => each.id === last?.taskId), history, ...(['active', 'paused', 'failed'].includes(status) && last && {timer: last})};
};
const delivered = (place, from, due) => timer(place, from, due, 'delivered', [attempt(1, due + 12, 'delivered', 200)], {finishedAt: at(due + 80)});

const runs = [
  run(0, 'active', -13 * H, [delivered(0, -13 * H, -13 * H + 2 * S), timer(2, -13 * H + 2100, 2 * D + 4 * H, 'scheduled')]),
  run(1, 'active', -40 * S, [timer(0, -40 * S, -38 * S, 'retrying', [attempt(1, -38 * S, 'failed', 503, BUSY), attempt(2, -36 * S, 'failed', undefined, {error: 'no answer within 10 s', durationMs: 10_000})], {nextAttemptAt: at(35 * S)})]),
  run(2, 'failed', -3 * D, [delivered(0, -3 * D, -3 * D + 2 * S), delivered(2, -3 * D + 2 * S, -2 * D), timer(3, -2 * D, -2 * D + H, 'dead', [attempt(1, -2 * D + H, 'refused', 410, {error: 'answer 410: no such contact 4711', answer: 'no such contact 4711'})], {finishedAt: at(-2 * D + H + 61)})], {finishedAt: at(-2 * D + H + 61)}),
  run(3, 'completed', -420 * D, [delivered(0, -420 * D, -420 * D + 2 * S), delivered(2, -420 * D + 2 * S, -417 * D), delivered(3, -417 * D, -417 * D + H), delivered(4, -417 * D + H, -9 * H)], {finishedAt: at(-9 * H + 80)}),
  run(4, 'paused', -2 * H, [delivered(0, -2 * H, -2 * H + 2 * S), timer(2, -2 * H, 3 * D, 'paused')]),
  run(5, 'cancelled', -5 * H, [delivered(0, -5 * H, -5 * H + 2 * S), timer(2, -5 * H, 3 * D, 'cancelled', [], {finishedAt: at(-H)})], {finishedAt: at(-H), key: undefined}),
  run(6, 'active', -30 * D, Array.from({length: 30}, (_, i) => ({...delivered(0, (i - 30) * D, (i - 29) * D - 5 * MIN), taskId: MANY[i].id, workflowId: long.id})).concat({...timer(0, -5 * MIN, D, 'scheduled'), taskId: MANY[30].id, workflowId: long.id}), {workflowId: long.id, workflowVersion: 1}),
  run(7, 'completed', -3 * D, [delivered(0, -3 * D, -3 * D + 2 * S), timer(3, -3 * D, -3 * D + H, 'delivered', [1, 2, 3, 4].map(n => attempt(n, -3 * D + H + n * n * S, 'failed', 503, BUSY)).concat(attempt(5, -3 * D + 4 * H, 'delivered', 201)), {finishedAt: at(-3 * D + 4 * H)})], {finishedAt: at(-3 * D + 4 * H + 61)}),
  run(8, 'failed', -H, [delivered(0, -H, -H + 2 * S)], {finishedAt: at(-H + 2200), error: 'The delay of survey can’t be used: its date has passed.', currentTaskId: TASKS[1].id}),
  run(9, 'active', -9 * D, [delivered(0, -9 * D, -9 * D + 2 * S), timer(2, -9 * D, -12 * S, 'scheduled')]),
  ...Array.from({length: 70}, (_, n) => run(10 + n, n % 7 ? 'active' : 'completed', -(n + 1) * 37 * MIN, [timer(n % 4, -(n + 1) * 37 * MIN, n * 3 * H, 'scheduled')], n % 7 ? {} : {finishedAt: at(-n * MIN)})),
];

const problems = [
  {problem: '9f3c01d2aa54e7b0', host: 'crm.example.com:443', outcome: 'refused', httpStatus: 410, text: 'no such contact {n}', count: 2140, firstAt: at(-3 * D), lastAt: at(-2 * MIN), workflowIds: [id(3000), id(3001)], samples: [runs[2].history[2].id, id(4), id(10)]},
  {problem: '1f3c01d2aa54e7b1', host: 'slow.example.com:8443', outcome: 'failed', text: 'no answer within {n} s', count: 312, firstAt: at(-9 * H), lastAt: at(-20 * S), workflowIds: [id(3000)], samples: [id(4)]},
  {problem: '2f3c01d2aa54e7b2', host: '[2001:db8::1]:80', outcome: 'failed', httpStatus: 503, text: 'upstream busy, ask again at {time} with {id} from {address}', count: 3, firstAt: at(-9 * D), lastAt: at(-8 * D), workflowIds: [], samples: [id(4), id(10), id(16)]},
];

const destination = (name, more = {}) => ({
  destination: name, window: 'PT1M', callsPerSecond: 118.2, latencyMs: {p50: 41, p95: 130}, outcomes: {delivered: 7080, failed: 11, refused: 1, deferred: {}}, inFlight: 14,
  breakers: [1, 2, 3].map(n => ({nodeId: `bide-worker-${n}-5f3a9c07`, state: 'closed'})), limits: {maxConcurrentCalls: 256, from: 'configuration', binding: []}, waiting: {count: 0, exact: true}, paused: false, ...more,
});
const destinations = [
  destination('api.example.com:443'),
  destination('crm.example.com:443', {callsPerSecond: 12, latencyMs: {p50: 88, p95: 410}, outcomes: {delivered: 300, failed: 4, refused: 420, deferred: {}}}),
  destination('mail.example.com:443', {callsPerSecond: 120, limits: {maxConcurrentCalls: 16, callsPerSecond: 120, from: 'database', binding: ['callsPerSecond']}, outcomes: {delivered: 7080, failed: 11, refused: 1, deferred: {'destination-full': 402}}, waiting: {count: 2210, exact: true}}),
  destination('moving.example.com:443', {callsPerSecond: 0, latencyMs: {p50: null, p95: null}, outcomes: {delivered: 0, failed: 0, refused: 0, deferred: {}}, inFlight: 0, paused: true, pausedAt: at(-12 * MIN), reason: 'They move to another data center', waiting: {count: 1_000_400, exact: false}}),
  destination('slow.example.com:8443', {callsPerSecond: 0.25, latencyMs: {p50: 3020, p95: 9800}, outcomes: {delivered: 2, failed: 41, refused: 0, deferred: {'breaker-open': 310, 'asked-to-wait': 12}}, breakers: [{nodeId: 'bide-worker-1-5f3a9c07', state: 'open'}, {nodeId: 'bide-worker-2-5f3a9c07', state: 'half-open'}, {nodeId: 'bide-worker-3-5f3a9c07', state: 'closed'}], waiting: {count: 312, exact: true}}),
  destination('[2001:db8::1]:80', {callsPerSecond: 2}),
];

const operation = (n, kind, status, matched, done, failed, more = {}) => ({
  id: id(7000 + n), kind, status, matched, done, failed, filter: {workflowId: id(3000), status: 'scheduled'}, failures: Array.from({length: Math.min(failed, 20)}, (_, i) => ({id: id(i), detail: i % 2 ? 'is paused' : 'its key is another’s'})),
  createdAt: at(-n * 9 * MIN), startedAt: at(-n * 9 * MIN + 310), updatedAt: at(-n * 9 * MIN + 40 * S), ...(status !== 'running' && {endedAt: at(-n * 9 * MIN + 40 * S)}), ...more,
});
const operations = [
  operation(0, 'reschedule', 'running', 12345, 0, 3, {reason: 'The campaign begins a day later', rate: 150}),
  operation(1, 'redrive', 'completed', 10, 7, 3, {filter: {problem: '9f3c01d2aa54e7b0'}, limit: 10, reason: 'They have mended it'}),
  operation(2, 'cancel', 'cancelled', 5000, 3100, 0, {filter: {host: 'slow.example.com:8443', dueTo: at(D)}}),
  operation(3, 'apply-version', 'completed', 8120, 8098, 22, {filter: {workflowId: id(3000)}}),
  operation(4, 'pause-runs', 'completed', 41, 41, 0, {filter: {workflowId: id(3000), status: ['active']}, reason: 'Their service is away over the weekend'}),
  operation(5, 'dismiss', 'completed', 312, 312, 0, {filter: {problem: '1f3c01d2aa54e7b1', status: 'dead'}, reason: 'Too late for them now'}),
];

/** A running one goes on as time passes. */
function goOn(one) {
  if (one.status === 'running') {
    const ms = Date.now() - Date.parse(one.startedAt);
    one.done = Math.min(one.matched - one.failed, Math.floor((ms / 1000) * (one.rate ?? 5)));
    one.updatedAt = now();
    if (one.done + one.failed >= one.matched) {
      Object.assign(one, {status: 'completed', endedAt: now()});
    }
  }
  const {rate, ...shown} = one;
  return shown;
}

const page = (all, query) => {
  const from = Number(query.get('cursor') ?? 0), limit = Number(query.get('limit') ?? 50);
  return {status: 200, json: {items: all.slice(from, from + limit), nextCursor: from + limit < all.length ? String(from + limit) : null}};
};
const ok = json => ({status: 200, json});
const problem = (status, type, title, detail, errors) => ({status, json: {type: `urn:bide:problem:${type}`, title, status, detail, ...(errors && {errors})}});
const NEXT = {pause: 'paused', resume: 'active', cancel: 'cancelled', redrive: 'active'};
const NEXT_TIMER = {pause: 'paused', resume: 'scheduled', cancel: 'cancelled', redrive: 'scheduled', fire: 'scheduled'};

/** @returns {{status: number, json: unknown, headers?: Record<string, string>} | undefined} undefined for what it does not know */
export function work(method, path, query, body) {
  const asked = `${method} ${path}`;
  const given = body ? JSON.parse(body) : {};
  let found;
  if (asked === 'GET /runs') {
    const states = query.get('status')?.split(',');
    return page(runs.filter(each => (!states || states.includes(each.status)) && (!query.get('key') || each.key === query.get('key'))).map(({history, timer: current, task: in_, ...each}) => each), query);
  }
  if ((found = /^\/runs\/([0-9a-f-]{36})(?:\/(\w+))?$/.exec(path))) {
    const one = runs.find(each => each.id === found[1]);
    if (!one) {
      return undefined;
    }
    if (method === 'POST') {
      const next = NEXT[found[2]];
      one.status = next;
      const current = one.history.at(-1);
      current.status = NEXT_TIMER[found[2]];
      if (next === 'cancelled') {
        current.finishedAt = one.finishedAt = now();
      } else if (found[2] === 'redrive') {
        delete one.finishedAt;
        delete one.error;
        one.timer = current;
        current.dueAt = now();
      }
    }
    return ok(one);
  }
  if ((found = /^\/timers\/([0-9a-f-]{36})(?:\/(\w+))?$/.exec(path))) {
    const one = runs.flatMap(each => each.history).find(each => each.id === found[1]);
    if (!one) {
      return undefined;
    }
    if (method === 'PATCH') {
      one.dueAt = given.dueAt ?? new Date(Date.now() + D).toISOString();
    } else if (method === 'POST') {
      if (found[2] === 'fire' && Date.parse(one.dueAt) < Date.now()) {
        return problem(409, 'conflict', 'Its state does not allow it', 'A call is under way.');
      }
      one.status = NEXT_TIMER[found[2]];
      one.dueAt = found[2] === 'fire' || found[2] === 'redrive' ? now() : one.dueAt;
    }
    return ok(one);
  }
  if ((found = /^\/(timers|runs)\/(cancel|pause|resume|fire|reschedule|redrive)$/.exec(path)) && method === 'POST') {
    const all = given.filter.problem ? (problems.find(each => each.problem === given.filter.problem)?.count ?? 0) : given.filter.key ? 0 : given.filter.status === 'paused' ? 1 : 12345;
    const matched = Math.min(all, given.limit ?? Infinity);
    if (given.dryRun) {
      return ok({matched, earliestDueAt: at(3 * MIN), latestDueAt: at(40 * D), sample: Array.from({length: Math.min(10, matched)}, (_, i) => ({id: found[1] === 'runs' ? runs[i].id : id(i * 6), dueAt: at(i * H)}))});
    }
    if (given.delay?.amount === '' || given.delay?.amount < 0) {
      return problem(422, 'invalid', 'A value breaks a rule', 'delay.amount must be from 0 to 3653 days', [{field: 'delay.amount', message: 'must be from 0 to 3653 days'}]);
    }
    const kind = found[1] === 'runs' ? `${found[2]}-runs` : given.filter.problem && found[2] === 'cancel' ? 'dismiss' : found[2];
    const one = {...operation(0, kind, 'running', matched, 0, Math.min(3, matched), {filter: given.filter, limit: given.limit, reason: given.reason, rate: matched > 100 ? 150 : 3}), id: id(7100 + operations.length), createdAt: now(), startedAt: now(), updatedAt: now()};
    operations.unshift(one);
    return {status: 202, json: goOn(one), headers: {Location: `/v1/operations/${one.id}`}};
  }
  if (asked === 'GET /operations') {
    return page(operations.filter(each => !query.get('status') || each.status === query.get('status')).map(goOn), query);
  }
  if ((found = /^\/operations\/([0-9a-f-]{36})(\/cancel)?$/.exec(path))) {
    const one = operations.find(each => each.id === found[1]);
    if (one && found[2]) {
      if (one.status !== 'running') {
        return problem(409, 'conflict', 'Its state does not allow it', 'It is over already.');
      }
      goOn(one);
      Object.assign(one, {status: 'cancelled', endedAt: now()});
    }
    return one && ok(goOn(one));
  }
  if (asked === 'GET /problems') {
    return ok({scope: query.get('host') ? 'all 312' : 'newest 10000', items: problems.filter(each => !query.get('host') || each.host === query.get('host'))});
  }
  if (asked === 'GET /channels') {
    return ok({items: [
      {name: 'ops', type: 'email', to: ['ops@example.com', 'duty@example.com'], events: ['timer.dead', 'node.lost'], readOnly: false, waiting: 2, lastNoticeAt: now(), lastError: "Couldn't connect to host, port: mail.example.com, 587; timeout 5000"},
      {name: 'pager', type: 'webhook', url: 'https://pager.example.com/events', readOnly: true, waiting: 0},
    ]});
  }
  if (asked === 'GET /destinations') {
    const {json, status} = page(destinations.filter(each => query.get('troubled') !== 'true' || each.paused || each.waiting.count > 0 || each.breakers.some(({state}) => state !== 'closed')), query);
    return {status, json: {scope: 'the 500 busiest of each node', .../** @type {object} */ (json)}};
  }
  if ((found = /^\/destinations\/([^/]+)(?:\/(pause|resume|limits))?$/.exec(path))) {
    const one = destinations.find(each => each.destination === decodeURIComponent(found[1]));
    if (one && found[2] === 'limits') {
      const wrong = ['maxConcurrentCalls', 'callsPerSecond'].filter(name => given[name] !== null && given[name] !== undefined && !(given[name] >= 1));
      if (wrong.length > 0) {
        return problem(422, 'invalid', 'A value breaks a rule', `${wrong[0]} must be at least 1`, wrong.map(field => ({field, message: 'must be at least 1'})));
      }
      one.limits = {...given, from: given.maxConcurrentCalls || given.callsPerSecond ? 'database' : 'configuration', binding: []};
    } else if (one && found[2]) {
      Object.assign(one, found[2] === 'pause' ? {paused: true, pausedAt: now(), reason: given.reason} : {paused: false, pausedAt: undefined, reason: undefined});
    }
    return one && ok({...one, callsPerSecond: one.paused ? 0 : one.callsPerSecond * (0.9 + 0.2 * Math.random())});
  }
  if ((found = /^\/workflows\/([0-9a-f-]{36})(?:\/(versions\/(\d+)|simulate))?$/.exec(path))) {
    const one = [workflow, long].find(each => each.id === found[1]);
    if (one && found[2] === 'simulate') {
      const place = one.tasks.findIndex(each => each.id === given.afterTaskId);
      let from = Date.parse(given.from ?? now());
      const steps = one.tasks.slice(place + 1).map((each, i) => {
        const begun = new Date(from).toISOString();
        from = each.name === 'christmas' ? Math.max(from, Date.UTC(2026, 11, 24, 2)) : from + D + i * H;
        return {taskId: each.id, name: each.name, from: begun, dueAt: new Date(from).toISOString(), timezone: ZONE, rule: each.name === 'christmas' ? '24 December at 09:00, every year' : '1 day after the wait begins', skipped: false};
      });
      return ok({steps, endsAt: new Date(from).toISOString()});
    }
    return one && ok(found[3] ? {...one, version: Number(found[3])} : one === workflow ? newest : one);
  }
  return undefined;
}
