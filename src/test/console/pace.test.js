import assert from 'node:assert/strict';
import test from 'node:test';
import {Pace, beganBy, left, tally, things} from '../../main/resources/dev/bide/console/model/pace.js';

test('the pace is that of the last ten seconds', () => {
  const pace = new Pace();
  assert.equal(pace.perSecond, null);
  pace.add(0, 0);
  pace.add(500, 100);
  assert.equal(pace.perSecond, null);
  for (let s = 1; s <= 60; s++) {
    pace.add(s * 1000, s < 30 ? 1000 * s : 29_000 + 100 * (s - 29));
  }
  assert.equal(pace.perSecond, 100);
  pace.add(59_000, 5);
  pace.add(61_000, 1);
  assert.equal(pace.perSecond, 100);
});

test('the call that began it is told where all of it is known', () => {
  const filter = {status: 'dead'};
  assert.deepEqual(beganBy({kind: 'dismiss', filter, reason: 'old'}), ['/timers/cancel', {filter, reason: 'old'}]);
  assert.deepEqual(beganBy({kind: 'cancel-runs', filter, limit: 5}), ['/runs/cancel', {filter, limit: 5}]);
  assert.deepEqual(['apply-version', 'reschedule', 'redrive-runs'].map(kind => beganBy({kind, filter})), [null, null, null]);
});

test('how far, and how long it still takes', () => {
  const running = {kind: 'cancel', status: 'running', done: 8120, failed: 3, matched: 12_345};
  assert.equal(tally(running), '8,120 of 12,345 timers done, 3 failed');
  assert.equal(left(running, 105.55), '105.6/s, some 40 s left');
  assert.equal(left({...running, done: 12_342}, 100), '100/s');
  assert.equal(left(running, 0), 'Nothing moved in the last 10 s.');
  assert.equal(left(running, null), 'Its pace is known in some seconds.');
  assert.equal(left({...running, status: 'completed'}, 100), '');
  assert.equal(tally({kind: 'apply-version', done: 1, failed: 0, matched: 1}), '1 of 1 run done');
  assert.equal(tally({kind: 'redrive', done: 93, failed: 0, matched: 93}), '93 of 93 timers set off again');
  assert.equal(tally({kind: 'redrive-runs', done: 0, failed: 1, matched: 1}), '0 of 1 run set off again, 1 failed');
  assert.equal(things({kind: 'dismiss'}), 'timers');
});
