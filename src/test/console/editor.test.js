import assert from 'node:assert/strict';
import test from 'node:test';
import {fields, tasks} from '../../main/resources/dev/bide/console/model/diff.js';
import {Raw} from '../../main/resources/dev/bide/console/model/json.js';
import {pauses, sentence} from '../../main/resources/dev/bide/console/model/retry.js';
import {forget, learn, walk} from '../../main/resources/dev/bide/console/model/walk.js';

test('retries in numbers', () => {
  assert.equal(sentence(undefined), 'Attempts: when it is due, then within 1 s, 2 s, 4 s. Given up after at most 47 s.');
  assert.equal(sentence({maxRetries: 0}, 'PT5S'), 'One attempt. Given up after at most 5 s.');
  assert.equal(sentence({maxRetries: 10, initialBackoff: 'PT1S', multiplier: 10, maxBackoff: 'PT1M'}, 'PT1S'), 'Attempts: when it is due, then within 1 s, 10 s, 1 min, 1 min, … 1 min. Given up after at most 8 min.');
  assert.equal(sentence({initialBackoff: 'soon'}), '');
  assert.deepEqual(pauses({maxRetries: 3, multiplier: 1, initialBackoff: 'PT0.1S'}), [100, 100, 100]);
});

const named = list => list.map(({change, task}) => `${change} ${task.name}`);
const T = (id, name, more = {}) => ({id, name, delay: {type: 'period', amount: 1, unit: 'days'}, ...more});

test('tasks are added, removed, moved and changed', () => {
  const before = [T('1', 'a'), T('2', 'b'), T('3', 'c')];
  assert.deepEqual(named(tasks(before, before)), ['same a', 'same b', 'same c']);
  assert.deepEqual(named(tasks(before, [before[2], before[0], before[1]])), ['moved c', 'same a', 'same b']);
  assert.deepEqual(named(tasks(before, [before[0], T(undefined, 'd'), before[2]])), ['same a', 'added d', 'same c', 'removed b']);
  assert.deepEqual(named(tasks(before, [T('1', 'renamed'), T(undefined, 'b'), before[2]])), ['changed renamed', 'same b', 'same c']);
  const [first] = tasks(before, [T('1', 'a', {delay: {type: 'period', amount: 2, unit: 'days'}})]);
  assert.deepEqual(first.fields, [{path: 'delay.amount', old: '1', new: '2'}]);
});

test('fields differ by their text', () => {
  assert.deepEqual(fields({body: new Raw('1e3')}, {body: new Raw('1000')}), [{path: 'body', old: '1e3', new: '1000'}]);
  assert.deepEqual(fields({a: {}}, {a: {b: undefined}}), []);
  assert.deepEqual(fields({}, {timeout: 'PT5S'}), [{path: 'timeout', old: null, new: '"PT5S"'}]);
});

test('a walk asks each wait once, goes on past what is left out, ends at what fails', async () => {
  forget();
  let asked = 0;
  const preview = async (delay, from) => {
    asked++;
    if (delay.bad) {
      throw new Error('can\'t be used');
    }
    return {dueAt: delay.past ? null : new Date(Date.parse(from) + delay.ms).toISOString(), rule: 'r'};
  };
  const from = '2026-11-27T09:00:00.000Z';
  const list = [{name: 'a', delay: {ms: 1000}}, {name: 'b', delay: {past: true}}, {name: 'c', delay: {ms: 2000}}];
  const {steps, endsAt} = await walk(list, from, 'UTC', preview);
  assert.equal(endsAt, '2026-11-27T09:00:03.000Z');
  assert.deepEqual(steps.map(({name, from, dueAt, skipped}) => [name, from.slice(17, 19), dueAt?.slice(17, 19), skipped]), [['a', '00', '01', undefined], ['b', '01', undefined, true], ['c', '01', '03', undefined]]);
  await walk(list, from, 'UTC', preview);
  assert.equal(asked, 3);
  const broken = await walk([...list.slice(0, 1), {name: 'x', delay: {bad: true}}, ...list], from, 'UTC', preview);
  assert.equal(broken.endsAt, null);
  assert.deepEqual(broken.steps.map(({name, error}) => [name, error]), [['a', undefined], ['x', "can't be used"]]);
});

test('a service that is away says nothing of a wait', async () => {
  forget();
  const away = Object.assign(new Error('nobody is there'), {away: true});
  await assert.rejects(walk([{name: 'a', delay: {}}], '2026-11-27T09:00:00.000Z', 'UTC', () => Promise.reject(away)), away);
});

test('a walk that is no longer wanted ends', async () => {
  forget();
  const abort = new AbortController();
  const preview = async () => {
    abort.abort();
    return {dueAt: '2026-11-27T09:00:00.000Z'};
  };
  await assert.rejects(walk([{name: 'a', delay: {}}], '2026-11-27T09:00:00.000Z', 'UTC', preview, {signal: abort.signal}), {name: 'AbortError'});
});

test('what a simulation said is not asked again', async () => {
  forget();
  const from = '2026-11-27T09:00:00.000Z';
  const tasks = [{name: 'a', delay: {ms: 1}}, {name: 'b', delay: {past: true}}, {name: 'c', delay: {ms: 2}}];
  learn(tasks, 'UTC', [
    {from, dueAt: '2026-11-27T10:00:00.000Z', rule: 'r', local: '2026-11-27T10:00:00Z'},
    {from: '2026-11-27T10:00:00.000Z', skipped: true, rule: 's'},
    {from: '2026-11-27T10:00:00.000Z', error: 'no'},
  ]);
  const asked = [];
  const {steps} = await walk(tasks, from, 'UTC', async delay => {
    asked.push(delay);
    return {dueAt: '2026-11-27T11:00:00.000Z'};
  });
  assert.deepEqual(asked, [{ms: 2}]);
  assert.deepEqual(steps.map(({name, dueAt, skipped, rule}) => [name, dueAt?.slice(11, 13), skipped, rule]), [['a', '10', undefined, 'r'], ['b', undefined, true, 's'], ['c', '11', undefined, undefined]]);
});
