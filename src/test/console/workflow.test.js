import assert from 'node:assert/strict';
import test from 'node:test';
import {check, parse, write} from '../../main/resources/dev/bide/console/model/json.js';
import {exactly, read} from '../../main/resources/dev/bide/console/model/length.js';
import {nextTen, years} from '../../main/resources/dev/bide/console/model/starts.js';
import {back, draft, fresh, json, keep, madeFor, moved, task, unsendable} from '../../main/resources/dev/bide/console/model/workflow.js';
import {preview} from './preview.js';

const STORED = '{"id":"w","version":4,"name":"Onboarding","timezone":"Asia/Ho_Chi_Minh","tasks":[{"id":"t","name":"welcome","delay":{"type":"period","amount":2,"unit":"days","at":"09:00"},"action":{"method":"PUT","url":"https://api.example.com/mails","headers":{"X-A":"{{input.a}}","body":"b"},"body":{"n":1e3,"n":0.10,"7":1,"big":123456789012345678901234567890}},"retry":{"maxRetries":2,"initialBackoff":"PT1.500S","multiplier":2.5,"maxBackoff":"PT1H30M"},"timeout":"PT10S"}]}';

test('a workflow comes out of its draft as it went in, digits, order and doubled names', () => {
  const sent = write(json(draft(parse(STORED))));
  const tight = sent.replaceAll(/\s*\n\s*/g, '').replaceAll('": ', '":');
  assert.equal(tight, STORED.replace('"id":"w","version":4,', '').replace('PT1.500S', 'PT1.5S'));
});

test('a draft is kept as text', () => {
  const one = draft(parse(STORED));
  one.tasks[0].action.body = '{"half": ';
  const again = back(parse(keep(one)));
  assert.notEqual(again.tasks[0].key, one.tasks[0].key);
  assert.deepEqual(again.tasks.map(({key, ...rest}) => rest), one.tasks.map(({key, ...rest}) => rest));
});

test('a task that the stored version lacks is a new one', () => {
  const {tasks} = madeFor({tasks: [{id: 'a', name: 'a'}, {id: 'b', name: 'b'}, {name: 'c'}]}, {tasks: [{id: 'b'}]});
  assert.deepEqual(JSON.parse(write(tasks)), [{name: 'a'}, {id: 'b', name: 'b'}, {name: 'c'}]);
});

test('what nobody said is not sent', () => {
  const made = task({});
  made.retry.multiplier = '';
  made.action.method = 'GET';
  made.action.body = '{"a":1}';
  made.action.headers = [{name: '', value: ''}, {name: 'A', value: 'b'}];
  assert.deepEqual(parse(write(json({name: ' x ', description: ' ', timezone: '', tasks: [made]}))), {
    name: 'x',
    tasks: [{name: '', delay: {type: 'period', amount: 1, unit: 'days'}, action: {method: 'GET', url: '', headers: {A: 'b'}}, retry: {maxRetries: 3, initialBackoff: 'PT1S', maxBackoff: 'PT5M'}, timeout: 'PT10S'}],
  });
});

test('a body that is no JSON, and a header that is there twice, are named before anything is sent', () => {
  const one = draft(parse(STORED));
  one.tasks[0].action.body = '{"a":1,}';
  one.tasks[0].action.headers.push({name: 'X-A', value: ''});
  assert.deepEqual(unsendable(one, check), [
    {field: 'tasks[0].action.body', message: 'line 1, column 8: another name after the comma was expected'},
    {field: 'tasks[0].action.headers', message: 'X-A is there twice'},
  ]);
});

for (const [typed, duration, words = typed] of [
  ['10 s', 'PT10S'], ['1.5 min', 'PT1M30S', '1 min 30 s'], ['2 h 30 min', 'PT2H30M'], ['5m', 'PT5M', '5 min'], ['500 ms', 'PT0.5S'], ['PT24H', 'PT24H', '24 h'], ['P1D', 'P1D', '24 h'], ['0s', 'PT0S', '0 s'],
  ['soon', 'soon'], ['10', '10'], ['', ''],
]) {
  test(`“${typed}” is ${duration || 'nothing'}`, () => {
    assert.equal(read(typed), duration);
    assert.equal(exactly(duration), words);
  });
}

test('tasks move, and copies have names of their own', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 0, 2), ['b', 'c', 'a']);
  assert.deepEqual(moved(['a', 'b', 'c'], 2, 0), ['c', 'a', 'b']);
  assert.equal(fresh('mail', ['mail']), 'mail 2');
  assert.equal(fresh('mail 2', ['mail', 'mail 2', 'mail 3']), 'mail 4');
});

const ask = async (delay, from, timezone) => preview({delay, from, timezone}).json.items;
const NOW = Date.parse('2026-11-27T09:00:00Z');

test('the next ten of a day of the year, of the rarest too', async () => {
  const dates = async date => (await nextTen({type: 'date', date, at: '09:00'}, 'Europe/Berlin', years(NOW), ask)).map(item => item.local.slice(0, 10));
  assert.deepEqual(await dates('--12-24'), Array.from({length: 10}, (_, i) => `${2026 + i}-12-24`));
  assert.deepEqual(await dates('--01-01'), Array.from({length: 10}, (_, i) => `${2027 + i}-01-01`));
  assert.deepEqual(await dates('--02-29'), Array.from({length: 10}, (_, i) => `${2028 + 4 * i}-02-29`));
});

test('whom a workflow tells of the end of a run is sent back as it was, also from a draft that was kept', () => {
  const stored = parse('{"name":"w","tasks":[],"onFailed":{"method":"POST","url":"https://a.example","headers":{"X-A":"1"},"body":{"n":1.50}}}');
  for (const opened of [draft(stored), back(parse(keep(draft(stored))))]) {
    assert.equal(write(json(opened)), '{"name":"w","tasks":[],"onFailed":{"method":"POST","url":"https://a.example","headers":{"X-A":"1"},"body":{\n  "n": 1.50\n}}}');
  }
});
