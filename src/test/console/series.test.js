import assert from 'node:assert/strict';
import test from 'node:test';
import {asked, joined, late, lateness, rest, throughput, when} from '../../main/resources/dev/bide/console/model/series.js';

const NOW = Date.parse('2026-11-27T08:58:23Z');
const HANOI = 'Asia/Ho_Chi_Minh';
const point = (at, delivered = 10, p95 = 31) => ({at, accepted: 0, delivered, retried: 0, dead: 0, due: 0, latenessMs: {p50: 9, p95, p99: 74}});

test('all of the range is asked once, then what came since', () => {
  assert.deepEqual(asked('15m', NOW, []), {from: '2026-11-27T08:43:20.000Z', to: '2026-11-27T08:58:23.000Z', step: 10});
  const known = [point('2026-11-27T08:57:50.000Z'), point('2026-11-27T08:58:00.000Z')];
  assert.equal(asked('15m', NOW, known).from, '2026-11-27T08:57:50.000Z');
  assert.equal(asked('15m', NOW + 3_600_000, known).from, '2026-11-27T09:43:20.000Z', 'a page that slept asks for all');
  assert.deepEqual(asked('7d', NOW, []), {from: '2026-11-20T08:30:00.000Z', to: '2026-11-27T08:58:23.000Z', step: 1800});
});

test('what is asked again takes the place of what was known, and what is not over is left out', () => {
  const known = [point('2026-11-27T08:00:00.000Z'), point('2026-11-27T08:57:50.000Z', 1)];
  const fresh = [point('2026-11-27T08:57:50.000Z', 2), point('2026-11-27T08:58:00.000Z', 3), point('2026-11-27T08:58:10.000Z', 4), point('2026-11-27T08:58:20.000Z', 5)];
  assert.deepEqual(joined('15m', NOW, known, fresh).map(({delivered}) => delivered), [2, 3]);
});

test('plots in words', () => {
  const points = [point('2026-11-27T08:57:50.000Z', 20), point('2026-11-27T08:58:00.000Z', 34_000, 1500)];
  assert.equal(throughput('15m', points, HANOI), 'Delivered 1,701/s on average in the last 15 min, most 3,400/s at 15:58:00.');
  assert.equal(throughput('15m', [point('2026-11-27T08:57:50.000Z', 0)], HANOI), 'Nothing was delivered in the last 15 min.');
  const gap = {...point('2026-11-27T08:58:10.000Z', 0), due: null};
  assert.equal(throughput('15m', [...points, gap], HANOI), throughput('15m', points, HANOI), 'what nobody counted is no nought');
  assert.equal(throughput('15m', [], HANOI), 'No figures yet: nodes write them every 10 s.');
  assert.equal(lateness('15m', points, HANOI, 1000), 'p95 was above 1 s in 1 of 2 points of the last 15 min, most 1.5 s at 15:58:00.');
  assert.equal(lateness('15m', points.slice(0, 1), HANOI, 1000), 'p95 was 31 ms at most in the last 15 min; the promise is 1 s.');
  assert.equal(lateness('15m', [point('2026-11-27T08:57:50.000Z', 0, null)], HANOI, 1000), 'No first attempt in the last 15 min.');
  assert.deepEqual([31, 999, 1000, 1449, 9949, 9950, 42_000].map(late), ['31 ms', '999 ms', '1 s', '1.4 s', '9.9 s', '10 s', '42 s']);
  assert.equal(when('24h', NOW, HANOI), 'Fri 27 Nov, 15:58');
});

test('what came after the last full hour is asked by the minute', () => {
  assert.deepEqual(rest([point('2026-11-27T07:00:00.000Z')], NOW), {from: '2026-11-27T08:00:00.000Z', step: 'PT1M'});
  assert.equal(rest([], NOW).from, '2026-11-27T06:58:00.000Z');
  assert.equal(rest([point('2026-11-26T07:00:00.000Z')], NOW).from, '2026-11-27T06:58:00.000Z', 'no more than can be told');
});
