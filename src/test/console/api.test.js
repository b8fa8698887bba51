import assert from 'node:assert/strict';
import test from 'node:test';

const store = new Map();
globalThis.sessionStorage = {getItem: name => store.get(name) ?? null, setItem: (name, value) => store.set(name, value), removeItem: name => store.delete(name)};
globalThis.document = {baseURI: 'http://bide.example/x/', hidden: false, querySelector: () => null};
const {Problem, Raw, call, clock, curl, idOf, key, may, live, place, poll, rights, url} = await import('../../main/resources/dev/bide/console/api.js');

/** Answers in turn; what was asked is kept. */
function answers(...responses) {
  const asked = [];
  globalThis.fetch = async (address, init) => {
    asked.push({address, ...init});
    const next = responses.shift();
    if (next instanceof Error) {
      throw next;
    }
    return next;
  };
  return asked;
}
const json = (status, body, headers = {}) => new Response(JSON.stringify(body), {status, headers: {'Content-Type': status < 400 ? 'application/json' : 'application/problem+json', ...headers}});

test('urls are relative, without what is not given', () => {
  assert.equal(url('/timers', {status: 'a,b', key: '', limit: 50, cursor: undefined}), 'v1/timers?status=a%2Cb&limit=50');
  assert.equal(url('/nodes'), 'v1/nodes');
});

test('a body keeps its digits, a key goes as a header', async () => {
  key.value = 'secret';
  const asked = answers(json(201, {id: 1}));
  await call('POST', '/timers', {body: {action: {body: new Raw('{"a":1e3}')}}});
  assert.equal(asked[0].body, '{"action":{"body":{"a":1e3}}}');
  assert.equal(asked[0].headers.Authorization, 'Bearer secret');
  assert.ok(!curl('POST', '/timers', {body: {}}).includes('secret'));
  key.value = '';
});

test('curl is quoted for a shell', () => {
  assert.equal(curl('GET', '/timers', {query: {key: "a'b"}}), "curl -sS 'http://bide.example/x/v1/timers?key=a%27b'");
  assert.equal(curl('POST', '/timers/x/cancel', {body: {reason: "it's"}}), `curl -sS -X POST 'http://bide.example/x/v1/timers/x/cancel' -H 'Content-Type: application/json' -d '{"reason":"it'\\''s"}'`);
});

test('a problem document is a Problem with its fields', async () => {
  answers(json(422, {type: 'urn:bide:problem:invalid', title: 'Invalid', status: 422, errors: [{field: 'delay.amount', message: 'is missing'}]}));
  await assert.rejects(call('POST', '/timers', {body: {}}), error => error instanceof Problem && error.type === 'invalid' && error.errors[0].field === 'delay.amount');
});

test('a change is never sent again by itself', async () => {
  const asked = answers(new TypeError('network'));
  await assert.rejects(call('POST', '/timers/x/fire'), error => error.away && /Nobody knows/.test(error.detail));
  assert.equal(asked.length, 1);
});

test('what is only counted changes nothing, wherever it says so', async () => {
  for (const options of [{body: {filter: {}, dryRun: true}}, {query: {dryRun: true}, body: {}}]) {
    const asked = answers(json(503, {title: 'away', status: 503}, {'Retry-After': '0.01'}), json(200, {matched: 3}));
    assert.deepEqual((await call('POST', '/timers/cancel', options)).body, {matched: 3});
    assert.equal(asked.length, 2);
    answers(new TypeError('network'));
    await assert.rejects(call('POST', '/timers/cancel', {...options, patient: false}), error => error.away && !/Nobody knows/.test(error.detail));
  }
});

test('what changes nothing is tried again after Retry-After', async () => {
  const asked = answers(json(503, {title: 'away', status: 503}, {'Retry-After': '0.01'}), json(200, {items: []}));
  assert.deepEqual((await call('GET', '/timers')).body, {items: []});
  assert.equal(asked.length, 2);
});

test('a browser that keeps nothing is asked for the key once', async () => {
  const usual = globalThis.sessionStorage;
  globalThis.sessionStorage = new Proxy({}, {get: () => () => {
    throw new Error('denied');
  }});
  let opened = 0;
  key.dialog = async () => {
    opened++;
    return 'new';
  };
  const asked = answers(json(401, {title: 'x'}), json(200, {}), json(200, {}));
  await call('GET', '/a');
  await call('GET', '/b');
  assert.equal(opened, 1);
  assert.equal(asked.at(-1).headers.Authorization, 'Bearer new');
  key.value = '';
  globalThis.sessionStorage = usual;
});

test('all who need a key wait for one dialog', async () => {
  let opened = 0;
  key.dialog = async () => {
    opened++;
    return 'new';
  };
  const asked = answers(json(401, {title: 'x'}), json(401, {title: 'x'}), json(200, {}), json(200, {}));
  await Promise.all([call('GET', '/a'), call('GET', '/b')]);
  assert.equal(opened, 1);
  assert.equal(asked.at(-1).headers.Authorization, 'Bearer new');
  key.value = '';
});

test('who has no key is asked again only by a button, and a wrong one is said to be wrong', async () => {
  const said = [];
  key.dialog = async wrong => {
    said.push(wrong);
    return said.length === 1 ? 'wrong' : said.length === 2 ? '' : 'right';
  };
  answers(json(401, {title: 'x'}), json(401, {title: 'x'}), json(401, {title: 'x'}), json(200, {}));
  await assert.rejects(call('GET', '/a'), error => error.type === 'unauthorized');
  assert.deepEqual(said, [false, true]);
  assert.equal(key.value, '');
  await assert.rejects(call('GET', '/a'), error => error.type === 'unauthorized');
  assert.equal(said.length, 2);
  await key.ask(false, true);
  assert.equal(key.declined, false);
  assert.deepEqual((await call('GET', '/a')).body, {});
  key.value = '';
});

test('figures are old when the next ones are late, and without age when nobody asks', async t => {
  let now = 1_000_000;
  t.mock.method(Date, 'now', () => now);
  t.mock.method(globalThis, 'setTimeout', () => 0);
  const settled = async () => {
    for (let i = 0; i < 5; i++) {
      await Promise.resolve();
    }
  };
  const slow = poll(async () => {}, {slow: true});
  const one = poll(async () => {}, {every: 10_000});
  await settled();
  assert.equal(live.at, 1_000_000);
  now = 1_013_000;
  assert.equal(live.state, 'live');
  now = 1_014_001;
  assert.equal(live.state, 'old');
  one.stop();
  one.stop();
  assert.equal(live.at, undefined);
  assert.equal(live.state, 'live');
  slow.stop();
  assert.equal(live.asking, 0);
});

test('an answer of a proxy is no answer', async () => {
  answers(new Response('<html>', {status: 200, headers: {'Content-Type': 'text/html'}}));
  await assert.rejects(call('GET', '/timers', {patient: false}), error => error.title === 'Somebody else answered');
});

test('a reading key may look only', async () => {
  answers(json(200, {}, {'Bide-Rights': 'read'}));
  await call('GET', '/timers');
  assert.ok(!may('cancelTimer'));
  assert.ok(may('listTimers'));
  assert.ok(may('previewDelay'));
  rights.forget();
  assert.ok(may('cancelTimer'));
});

test('errors go to the longest path that they begin with', () => {
  const {fields, rest} = place(
    [{field: 'tasks[1].delay.amount', message: 'a'}, {field: 'tasks[1].delay.unit', message: 'b'}, {field: 'tasks[10]', message: 'c'}, {field: 'name', message: 'd'}],
    ['tasks[1]', 'tasks[1].delay', 'tasks[1].delay.amount', 'name'],
  );
  assert.deepEqual([...fields], [['tasks[1].delay.amount', 'a'], ['tasks[1].delay', 'b'], ['name', 'd']]);
  assert.deepEqual(rest, [{field: 'tasks[10]', message: 'c'}]);
});

test('the service\'s clock counts, but for less than a second', () => {
  const now = Date.now();
  clock.samples = [];
  clock.learn(new Date(now + 3_600_000).toUTCString(), now, now + 10);
  assert.ok(Math.abs(clock.now() - now - 3_600_000) < 1500);
  clock.samples = [];
  clock.learn(new Date(now).toUTCString(), now, now + 10);
  assert.equal(clock.offset, 0);
});

test('only the last part of a Location is used', () => assert.equal(idOf(new Headers({Location: '/v1/timers/abc'})), 'abc'));
