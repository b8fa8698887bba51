import assert from 'node:assert/strict';
import test from 'node:test';
import {asked, barred, body, isEmpty, order, orderWords, query, read, states, words} from '../../main/resources/dev/bide/console/model/filter.js';

const ID = '0198a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1';
const from = text => read(new URLSearchParams(text));
const names = {time: instant => instant.slice(0, 10), workflow: id => (id === ID ? 'Onboarding' : undefined)};

test('a url is read and written again, in one order', () => {
  const text = `workflowId=${ID}&dueTo=2026-11-30T02:00:00Z&status=retrying,scheduled&host=api.example.com:443`;
  const filter = from(text);
  assert.deepEqual(filter.status, ['scheduled', 'retrying']);
  assert.equal(new URLSearchParams(query(filter)).toString().replaceAll('%3A', ':').replaceAll('%2C', ','), `status=scheduled,retrying&dueTo=2026-11-30T02:00:00Z&host=api.example.com:443&workflowId=${ID}`);
  assert.deepEqual(from(new URLSearchParams(query(filter)).toString()), filter);
});

test('what can\'t be used is dropped', () => {
  assert.ok(isEmpty(from('status=unknown&workflowId=x&dueFrom=yesterday&problem=1&host=%20&more=1')));
});

test('waiting timers come by due time', () => {
  assert.deepEqual(asked(from('status=scheduled')), {status: 'scheduled', dueFrom: '0001-01-01T00:00:00Z'});
  assert.deepEqual(asked(from(`status=scheduled,retrying&workflowId=${ID}`)), {status: 'scheduled,retrying', workflowId: ID, dueFrom: '0001-01-01T00:00:00Z'});
  assert.deepEqual(asked(from(`taskId=${ID}`)), {taskId: ID});
  assert.deepEqual(asked(from('status=scheduled&dueTo=2026-11-30T02:00:00Z')), {status: 'scheduled', dueTo: '2026-11-30T02:00:00Z'});
});

for (const [text, expected, said] of [
  ['', 'newest', 'newest first'], ['status=dead', 'died', 'newest death first'], ['status=dead,cancelled', 'newest', 'newest first'], ['status=scheduled', 'due', 'by due time'],
  ['host=a', 'called', 'in the order in which they are called'], ['host=a&status=paused', 'newest', 'newest first'], ['problem=0123456789abcdef', 'died', 'newest death first'],
  [`runId=${ID}&status=scheduled`, 'newest', 'newest first'], ['key=a&status=scheduled', 'newest', 'newest first'],
]) {
  test(`“${text}” comes ${said}`, () => {
    assert.equal(order(from(text)), expected);
    assert.equal(orderWords(from(text)), said);
  });
}

test('a group of failures holds dead ones, so that to cancel them is to dismiss them', () => {
  assert.deepEqual(states(from('problem=0123456789abcdef')), ['dead']);
  assert.deepEqual(states(from('status=paused')), ['paused']);
  assert.deepEqual(states(from('')), []);
});

test('bulk calls take one state as text and several as a list', () => {
  assert.deepEqual(body(from('status=dead&problem=0123456789abcdef')), {status: 'dead', problem: '0123456789abcdef'});
  assert.deepEqual(body(from('status=dead,paused')), {status: ['paused', 'dead']});
  assert.deepEqual(body(from('')), {});
});

test('only what has an index can be asked', () => {
  assert.equal(barred(from('host=a'), 'status', 'delivered'), "Timers that are delivered can't be found by destination.");
  assert.equal(barred(from('host=a'), 'status', 'dead'), null);
  assert.equal(barred(from('host=a&status=scheduled'), 'status', 'retrying'), null);
  assert.equal(barred(from('host=a&status=scheduled'), 'status', 'paused'), 'By destination, timers that are paused are found alone.');
  assert.equal(barred(from('host=a&status=dead'), 'status', 'retrying'), 'By destination, timers that are dead are found alone.');
  assert.equal(barred(from('host=a&status=paused'), 'status', 'paused'), null);
  assert.equal(barred(from('status=scheduled,retrying'), 'host'), null);
  assert.equal(barred(from('status=paused'), 'host'), null);
  assert.equal(barred(from('status=scheduled,retrying,paused'), 'host'), 'By destination, timers that are paused are found alone.');
  assert.equal(barred(from('status=delivered,cancelled'), 'host'), "Timers that are delivered or cancelled can't be found by destination.");
  assert.equal(barred(from('status=scheduled'), 'problem'), 'A group of failures holds dead timers only.');
  assert.equal(barred(from('host=a'), 'key'), 'A key is looked for alone, or with states.');
  assert.equal(barred(from('key=a'), 'workflowId'), 'A key is looked for alone, or with states.');
  assert.equal(barred(from('status=scheduled'), 'key'), null);
});

for (const [text, said] of [
  ['', 'all timers'],
  [`workflowId=${ID}&status=retrying&dueTo=2026-11-30T02:00:00Z`, 'timers of Onboarding that are retrying, due before 2026-11-30'],
  [`taskId=${ID}&status=scheduled,paused`, 'timers of the task …8e9fa0b1 that are scheduled or paused'],
  ['host=api.example.com&dueFrom=2026-11-30T02:00:00Z&dueTo=2026-12-01T02:00:00Z', 'timers to api.example.com, due from 2026-11-30 to before 2026-12-01'],
  ['key=customer-7', 'timers with the key customer-7'],
  ['problem=0123456789abcdef&status=dead', 'timers that are dead of one group of failures'],
]) {
  test(`“${text}” is ${said}`, () => assert.equal(words(from(text), names), said));
}

test('a group of failures is named where its name is known', () => {
  const filter = read(new URLSearchParams('problem=0123456789abcdef'));
  assert.equal(words(filter, {time: at => at, group: id => (id === '0123456789abcdef' ? 'a answers 410 Gone' : undefined)}), 'timers of one group of failures (a answers 410 Gone)');
});
