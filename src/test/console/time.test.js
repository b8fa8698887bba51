import assert from 'node:assert/strict';
import test from 'node:test';
import {Locals, countdown, days, exact, hours, iso, length, localOf, offset, readers, relative, title, zones} from '../../main/resources/dev/bide/console/time.js';

const S = 1000, MIN = 60 * S, H = 60 * MIN, D = 24 * H;

for (const [ms, words] of [
  [0, '0 ms'], [41, '41 ms'], [999, '999 ms'], [1000, '1 s'], [59_499, '59 s'], [59_500, '1 min'], [12 * MIN, '12 min'], [59.4 * MIN, '59 min'], [59.6 * MIN, '1 h'],
  [200 * MIN, '3 h 20 min'], [9 * H + 59 * MIN, '9 h 59 min'], [10 * H, '10 h'], [22 * H, '22 h'], [47.4 * H, '47 h'], [47.6 * H, '2 d'], [6 * D + 4 * H, '6 d 4 h'],
  [10 * D - H, '9 d 23 h'], [10 * D, '10 d'], [40 * D, '40 d'], [60 * D, '60 d'], [61 * D, '2 months'], [213 * D, '7 months'], [366 * D, '12 months'], [731 * D, '2 years'],
  [822 * D, '2 years 3 months'],
]) {
  test(`${ms} ms are ${words}`, () => assert.equal(length(ms), words));
}

test('relative says which way', () => {
  const now = Date.parse('2026-11-27T09:00:00Z');
  assert.equal(relative('2026-11-28T07:00:00Z', now), 'in 22 h');
  assert.equal(relative('2026-11-27T08:57:00Z', now), '3 min ago');
  assert.equal(relative(now + 999, now), 'now');
  assert.equal(relative('nonsense', now), '');
});

test('a countdown goes to the second', () => {
  assert.equal(countdown(2 * D + 17 * H + 3 * MIN + 12 * S), '2 d 17 h 3 min 12 s');
  assert.equal(countdown(H), '1 h 0 min 0 s');
  assert.equal(countdown(-5), '0 s');
  assert.equal(countdown(1), '1 s');
});

test('exact cuts the text of the service', () => {
  assert.equal(exact('2026-11-30T09:00:00+07:00'), 'Mon 30 Nov 2026 09:00 +07');
  assert.equal(exact('2026-11-30T09:00+05:30'), 'Mon 30 Nov 2026 09:00 +05:30');
  assert.equal(exact('2026-11-30T09:00:07.012Z'), 'Mon 30 Nov 2026 09:00:07 UTC');
  assert.equal(exact('2026-11-30T09:00:07.012Z', {millis: true, day: false}), '09:00:07.012 UTC');
  assert.equal(exact('0001-01-01T00:00:00Z'), 'Mon 1 Jan 0001 00:00 UTC');
  assert.equal(exact(null), '');
});

test('local times of a zone', () => {
  assert.equal(localOf('Asia/Ho_Chi_Minh', '2026-11-27T09:00:00.000Z'), '2026-11-27T16:00:00.000+07:00');
  assert.equal(localOf('Pacific/Chatham', '2026-11-27T09:00:00.000Z'), '2026-11-27T22:45:00.000+13:45');
  assert.equal(localOf('America/St_Johns', '2026-11-27T09:00:00.000Z'), '2026-11-27T05:30:00.000-03:30');
  assert.equal(offset('Europe/Berlin', Date.parse('2026-07-01T00:00:00Z')), 2 * H);
});

test('days are 23 and 25 hours long where the clocks change', () => {
  const lengths = from => days('Europe/Berlin', Date.parse(from), 3).map((at, i, all) => (all[i + 1] - at) / H).slice(0, 3);
  assert.deepEqual(lengths('2027-03-27T12:00:00Z'), [24, 23, 24]);
  assert.deepEqual(lengths('2026-10-24T12:00:00Z'), [24, 25, 24]);
  assert.equal(days('Europe/Berlin', Date.parse('2026-11-27T23:30:00Z'), 1)[0], Date.parse('2026-11-27T23:00:00Z'));
});

test('a day whose midnight is left out begins where the clock jumps', () => {
  // Havana goes from 00:00 to 01:00 on 14 March 2027.
  assert.equal(days('America/Havana', Date.parse('2027-03-14T12:00:00Z'), 1)[0], Date.parse('2027-03-14T05:00:00Z'));
  // Samoa left out 30 December 2011 as a whole.
  const apia = days('Pacific/Apia', Date.parse('2011-12-29T20:00:00Z'), 3);
  assert.equal(apia[1], apia[2]);
});

test('hours begin at the full local hour', () => {
  const borders = hours('Asia/Kathmandu', Date.parse('2026-11-27T09:00:00Z'), 2);
  assert.deepEqual(borders.map(at => new Date(at).toISOString().slice(11, 16)), ['08:15', '09:15', '10:15']);
});

test('durations are read and written', () => {
  for (const [text, ms] of [['PT10S', 10 * S], ['PT0.5S', 500], ['P0Y0M0DT10S', 10 * S], ['P1DT2H', 26 * H], ['PT1H30M', 90 * MIN], ['PT0S', 0]]) {
    assert.equal(iso.read(text), ms, text);
  }
  for (const text of ['P', 'PT', 'P1M', 'P1W', '-PT1S', 'PT', '10s', 'P1DT']) {
    assert.equal(iso.read(text), null, text);
  }
  for (const ms of [0, 250, 10 * S, 90 * S, 5 * MIN, 26 * H]) {
    assert.equal(iso.read(iso.write(ms)), ms);
  }
  assert.equal(iso.write(5 * MIN), 'PT5M');
});

test('zones hold UTC once, whether or not the browser names it', t => {
  const known = t.mock.method(Intl, 'supportedValuesOf', () => ['Asia/Tokyo', 'Europe/Berlin']);
  assert.deepEqual(zones(), ['UTC', 'Asia/Tokyo', 'Europe/Berlin']);
  known.mock.mockImplementation(() => ['Asia/Tokyo', 'UTC']);
  assert.deepEqual(zones(), ['Asia/Tokyo', 'UTC']);
});

test('locals are asked once, twenty at a time, and fall back to UTC', async () => {
  const asked = [];
  const locals = new Locals(async (zone, instants) => {
    asked.push(instants.length);
    return instants.map(instant => localOf(zone, instant));
  });
  const instants = Array.from({length: 45}, (_, i) => new Date(Date.UTC(2026, 0, 1) + i * H).toISOString());
  const [first] = await Promise.all([locals.of('Asia/Ho_Chi_Minh', instants), locals.of('Asia/Ho_Chi_Minh', instants)]);
  assert.deepEqual(asked, [20, 20, 5]);
  assert.equal(first.get(instants[0]), '2026-01-01T07:00:00.000+07:00');
  await locals.of('Asia/Ho_Chi_Minh', instants);
  assert.equal(asked.length, 3);
  const apart = Array.from({length: 50}, (_, i) => new Date(Date.UTC(2027, 0, 1) + i * H).toISOString());
  await Promise.all([...apart.map(instant => locals.of('Asia/Ho_Chi_Minh', [instant])), locals.of('Asia/Tokyo', [apart[0]])]);
  assert.deepEqual(asked.slice(3).sort((a, b) => b - a), [20, 20, 10, 1]);
  const away = new Locals(() => Promise.reject(new Error('away')));
  assert.equal((await away.of('Asia/Ho_Chi_Minh', [instants[0]])).get(instants[0]), '2026-01-01T00:00:00.000Z');
});

test('the title of a time has the zone of what it is about beside the reader’s', () => {
  const elsewhere = readers() === 'Asia/Tokyo' ? 'Europe/Berlin' : 'Asia/Tokyo';
  const at = '2026-11-30T02:00:00Z';
  assert.equal(title(at, elsewhere), `${title(at)}, there ${elsewhere === 'Asia/Tokyo' ? 'Mon 30 Nov 2026 11:00 +09 (Asia/Tokyo)' : 'Mon 30 Nov 2026 03:00 +01 (Europe/Berlin)'}`);
  assert.equal(title(at, 'UTC'), title(at));
  assert.equal(title(at, 'No/Zone'), title(at));
});
