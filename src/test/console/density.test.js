import assert from 'node:assert/strict';
import test from 'node:test';
import {carries, asked, burst, filterOf, fold, fullest, height, into, load, move, rowHead, sentence, spans, steps, summary, ticks, when, work} from '../../main/resources/dev/bide/console/model/density.js';

const H = 3_600_000;
const NOW = Date.parse('2026-11-27T08:58:20Z');
const HANOI = 'Asia/Ho_Chi_Minh';

/** What the service would answer to spans, with a count for each bucket. */
function answer(list, count = () => 0) {
  let n = 0;
  return list.map(({from, to, buckets}) => {
    const width = (to - from) / buckets;
    return {
      exact: true,
      capacityPerSecond: 3400,
      buckets: Array.from({length: buckets}, (_, i) => ({from: new Date(from + i * width).toISOString(), to: new Date(from + (i + 1) * width).toISOString(), count: count(n++)})),
    };
  });
}

test('the hour is sixty minutes from the full minute', () => {
  assert.deepEqual(spans('hour', HANOI, NOW).map(asked), [{from: '2026-11-27T08:58:00.000Z', to: '2026-11-27T09:58:00.000Z', buckets: 60}]);
});

test('the week is 168 hours from the full local hour', () => {
  assert.deepEqual(spans('week', HANOI, NOW).map(asked), [{from: '2026-11-27T08:00:00.000Z', to: '2026-12-04T08:00:00.000Z', buckets: 168}]);
  assert.equal(asked(spans('week', 'Asia/Kathmandu', NOW)[0]).from, '2026-11-27T08:15:00.000Z');
});

test('the year is cut where days are longer or shorter, and has no gap', () => {
  for (const [zone, most] of [[HANOI, 1], ['Europe/Berlin', 5], ['Australia/Lord_Howe', 5], ['America/Havana', 5], ['UTC', 1]]) {
    const list = spans('year', zone, NOW);
    assert.ok(list.length <= most, `${zone} ${list.length}`);
    list.slice(1).forEach((span, i) => assert.equal(span.from, list[i].to));
    const cells = fold('year', zone, answer(list));
    assert.equal(cells.length, list.reduce((sum, span) => sum + span.buckets, 0));
    assert.deepEqual([cells[0].row, cells[0].column], [0, 26]);
    assert.equal(cells.at(-1).row, 12);
    assert.equal(new Set(cells.map(cell => `${cell.row} ${cell.column}`)).size, cells.length);
  }
  const berlin = spans('year', 'Europe/Berlin', NOW);
  assert.deepEqual(berlin.map(span => (span.to - span.from) / span.buckets / H), [24, 23, 24, 25, 24]);
});

test('the hour told twice has two cells in one slot, the one left out has none', () => {
  const autumn = fold('week', 'Europe/Berlin', answer(spans('week', 'Europe/Berlin', Date.parse('2027-10-29T08:00:00Z'))));
  const twice = autumn.filter(cell => cell.row === 2 && cell.column === 2);
  assert.deepEqual(twice.map(cell => cell.again ?? false), [false, true]);
  const spring = fold('week', 'Europe/Berlin', answer(spans('week', 'Europe/Berlin', Date.parse('2027-03-26T08:00:00Z'))));
  assert.equal(spring.filter(cell => cell.row === 2 && cell.column === 2).length, 0);
  assert.equal(spring.filter(cell => cell.row === 2).length, 23);
});

test('work piles up above capacity, and is worked off', () => {
  const cells = fold('hour', HANOI, answer(spans('hour', HANOI, NOW), i => (i === 2 ? 300_000 : 100)));
  const loads = load(cells, 3400);
  assert.deepEqual(loads.map(({over}) => over).indexOf(true), 2);
  assert.equal(loads[2].left, 300_000 - 204_000);
  assert.equal(loads[3].left, 0);
  assert.equal(load(cells, 3400, 1_000_000)[0].left, 1_000_100 - 204_000);
  assert.equal(summary(cells, HANOI, 3400), '16:00: 300,000 due, some 88 s of work; done by 16:02.');
  assert.equal(summary(cells, HANOI, 1e6), 'All of it fits.');
  assert.equal(summary(cells, HANOI, null), 'What the cluster can carry is known after its first busy minute.');
  assert.deepEqual(load(cells, null)[2], {left: 0, over: false});
});

test('a burst is told from a busy minute', () => {
  const seconds = Array.from({length: 60}, () => ({count: 0}));
  seconds[0].count = 120_000;
  assert.equal(burst(seconds, 3400), 'nearly all at once: some 35 s of work');
  assert.equal(burst(Array.from({length: 60}, () => ({count: 2000})), 3400), 'spread over the minute: it fits');
  assert.equal(burst(seconds.map((second, i) => ({count: i < 10 ? 12_000 : 0})), 3400), 'spread over the minute: some 35 s of work');
});

test('heat goes by the logarithm', () => {
  assert.deepEqual(steps([0, 1, 10, 100, 1000, 10_000, 100_000]), [0, 1, 1, 2, 3, 4, 5]);
  assert.deepEqual(steps([0, 0]), [0, 0]);
  assert.equal(height(25, 100), 0.5);
  assert.equal(height(5, 0), 0);
});

test('a cell says what it is', () => {
  const week = fold('week', HANOI, answer(spans('week', HANOI, NOW), () => 12_400));
  const cell = week.find(each => each.row === 4 && each.column === 9);
  assert.equal(sentence('week', cell, HANOI, 3400), 'Tue 1 Dec, 09:00 to 10:00 (times in Asia/Ho_Chi_Minh): 12,400 due, counted. Some 4 s of work.');
  assert.equal(sentence('week', {...cell, exact: false}, HANOI, null), 'Tue 1 Dec, 09:00 to 10:00 (times in Asia/Ho_Chi_Minh): ≈ 12,400 due, estimated.');
  assert.equal(sentence('week', {...cell, count: 0}, HANOI, 3400), 'Tue 1 Dec, 09:00 to 10:00 (times in Asia/Ho_Chi_Minh): none due.');
  assert.equal(work(100, 3400), '');
  assert.deepEqual(filterOf(cell), {status: 'scheduled,retrying,paused', dueFrom: '2026-12-01T02:00:00.000Z', dueTo: '2026-12-01T03:00:00.000Z'});
  assert.equal(filterOf(cell, 'api.example.com').status, 'scheduled,retrying');
  assert.equal(rowHead('week', 4, week[0].from, HANOI), 'Tue 1');
  assert.equal(rowHead('year', 1, week[0].from, HANOI), 'December 2026');
  assert.equal(rowHead('year', 2, week[0].from, HANOI), 'January 2027');
});

test('keys go through a grid', () => {
  const cells = fold('year', HANOI, answer(spans('year', HANOI, NOW)));
  const key = (at, name, ctrl = false) => cells[move(cells, at, {key: name, ctrl})];
  assert.deepEqual([key(0, 'ArrowDown').row, key(0, 'ArrowDown').column], [1, 26]);
  assert.deepEqual([key(0, 'End').row, key(0, 'End').column], [0, 29]);
  assert.equal(key(0, 'ArrowLeft'), cells[0]);
  assert.equal(key(0, 'ArrowUp'), cells[0]);
  assert.equal(key(0, 'End', true), cells.at(-1));
  const last = cells.findIndex(cell => cell.row === 2 && cell.column === 30);
  assert.equal(key(last, 'ArrowDown').column, 27, 'February has 28 days');
  assert.equal(key(5, 'x'), cells[5]);
});

test('what comes at once in a cell is found, down to its second', async () => {
  const nine = Date.parse('2026-11-30T02:00:00Z');
  const asks = [];
  const service = (at, many, exact = true) => async span => {
    asks.push(span.buckets);
    const width = (span.to - span.from) / span.buckets;
    return Array.from({length: span.buckets}, (_, i) => {
      const from = span.from + i * width;
      return {from: new Date(from).toISOString(), to: new Date(from + width).toISOString(), count: at >= from && at < from + width ? many : 0, ...(exact ? {} : {exact: false})};
    });
  };
  const day = {from: nine - 9 * H, to: nine + 15 * H, count: 120_000, exact: true, row: 0, column: 0};
  assert.equal(await into(day, HANOI, 3400, service(nine, 120_000)), '09:00: 120,000 due, nearly all at once: some 35 s of work.');
  assert.deepEqual(asks, [24, 60, 60]);
  const hour = {...day, from: nine, to: nine + H};
  assert.equal(await into(hour, HANOI, 3400, service(nine + 600_000, 6000)), '', 'less than two seconds of work');
  assert.equal(await into(hour, HANOI, 3400, service(nine, 120_000, false)), '', 'nobody knows of what is estimated');
  const minute = {...day, from: nine, to: nine + 60_000};
  assert.equal(await into(minute, HANOI, 3400, service(nine, 130_000, false)), '09:00: more than 100,000 at once.');
  const spread = async ({from}) => Array.from({length: 60}, (_, i) => ({from: new Date(from + i * 1000).toISOString(), to: new Date(from + i * 1000 + 1000).toISOString(), count: 2000}));
  assert.equal(await into(minute, HANOI, 3400, spread), '', 'it fits');
});

test('the fullest cell, round lines, and when a cell is', () => {
  const week = fold('week', HANOI, answer(spans('week', HANOI, NOW), i => (i === 7 ? 5 : 1)));
  assert.equal(fullest(week), week[7]);
  assert.equal(fullest(fold('week', HANOI, answer(spans('week', HANOI, NOW)))), undefined);
  assert.deepEqual(ticks(204_000), [200_000, 50_000, 10_000]);
  assert.deepEqual(ticks(1), [1]);
  assert.equal(when('week', week[0], HANOI), 'Fri 27 Nov 2026 15:00');
  assert.equal(when('year', week[0], HANOI), 'Fri 27 Nov 2026');
});

test('a best minute that was worth little says nothing of what can be carried', () => {
  assert.deepEqual([null, undefined, 0, '0.0', 4.18, '19.9'].map(carries), [null, null, null, null, null, null]);
  assert.deepEqual([20, '3400.5'].map(carries), [20, 3400.5]);
});
