import assert from 'node:assert/strict';
import test from 'node:test';
import {parse} from '../../main/resources/dev/bide/console/model/json.js';
import {breakerWords, condition, deferredWords, failedShare, failedWords, limitWords, look, worstFirst} from '../../main/resources/dev/bide/console/model/third.js';

const outcomes = {delivered: 7080, failed: 11, refused: 1, deferred: {}};
const none = {delivered: 0, failed: 0, refused: 0, deferred: {}};
const breakers = (...states) => states.map((state, i) => ({nodeId: `n${i}`, state}));
const well = {destination: 'api.example.com:443', paused: false, breakers: breakers('closed', 'closed'), limits: {from: 'configuration', binding: []}, outcomes, waiting: {count: 0, exact: true}};

test('a look holds numbers, whatever digits they came with', () => {
  const said = parse('{"callsPerSecond":10.0,"latencyMs":{"p50":8,"p95":30.0}}');
  assert.deepEqual(look(said, 5), {at: 5, perSecond: 10, p50: 8, p95: 30});
  assert.deepEqual(look(parse('{"callsPerSecond":0.0,"latencyMs":{"p50":null,"p95":null}}'), 5), {at: 5, perSecond: 0, p50: null, p95: null});
});

test('what holds it is said first', () => {
  assert.deepEqual(condition(well), {status: 'closed', words: 'calling'});
  assert.deepEqual(condition({...well, outcomes: none}), {status: 'closed', words: 'no calls'});
  assert.deepEqual(condition({...well, breakers: breakers('open', 'half-open', 'closed')}), {status: 'open', words: 'breaker open on 2 of 3 nodes'});
  assert.deepEqual(condition({...well, breakers: breakers('half-open')}), {status: 'half-open', words: 'breaker half open'});
  assert.deepEqual(condition({...well, paused: true, breakers: breakers('open')}), {status: 'paused', words: 'paused'});
  assert.equal(condition({...well, limits: {from: 'database', binding: ['callsPerSecond']}}).words, 'held by its limit');
  assert.equal(condition({...well, waiting: {count: 3, exact: true}}).words, 'held back');
  const names = worstFirst([well, {...well, destination: 'b', paused: true}, {...well, destination: 'c', breakers: breakers('open')}]).map(each => each.destination);
  assert.deepEqual(names, ['c', 'b', 'api.example.com:443']);
});

test('the share that failed is never rounded to nothing', () => {
  assert.equal(failedShare(none), null);
  assert.equal(failedWords(none), '–');
  assert.equal(failedWords(outcomes), '0.17 %');
  assert.equal(failedWords({...none, delivered: 5}), '0 %');
  assert.equal(failedWords({...none, refused: 5}), '100 %');
  assert.equal(failedWords({...none, delivered: 999_999, failed: 1}), 'below 0.01 %');
  assert.equal(failedWords({...none, delivered: 1, failed: 2}), '66.7 %');
});

test('breakers, limits and what was put off in words', () => {
  assert.equal(breakerWords(breakers('closed', 'closed', 'closed')), 'Closed on 3 nodes.');
  assert.equal(breakerWords(breakers('open', 'closed', 'half-open')), 'Open on 1 node, half open on 1 node and closed on 1 node.');
  assert.equal(breakerWords([]), 'No node has called it in this minute.');
  assert.equal(limitWords({maxConcurrentCalls: 256, ofEachNode: true, from: 'configuration', binding: []}), 'At most 256 calls at once on each worker as configured. Not reached in this minute.');
  assert.equal(limitWords({maxConcurrentCalls: 16, callsPerSecond: 1200, from: 'database', binding: ['callsPerSecond']}), 'At most 16 calls at once and 1,200 calls a second in the whole cluster. Reached in this minute: calls a second.');
  assert.equal(limitWords({maxConcurrentCalls: 256, ofEachNode: true, callsPerSecond: 50, from: 'configuration', binding: []}), 'At most 256 calls at once on each worker and 50 calls a second in the whole cluster, as configured. Not reached in this minute.');
  assert.deepEqual(deferredWords({'breaker-open': 3, 'destination-full': 40, 'some-new-one': 1, interrupted: 0}), [
    {words: 'as many calls were under way as it is allowed', count: 40},
    {words: 'its breaker was open', count: 3},
    {words: 'some new one', count: 1},
  ]);
});
