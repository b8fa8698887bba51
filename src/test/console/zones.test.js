import assert from 'node:assert/strict';
import test from 'node:test';
import {timeOfDay} from '../../main/resources/dev/bide/console/model/delay.js';
import {clockChange, onTheDay, starts, turned} from '../../main/resources/dev/bide/console/model/starts.js';
import {modern, resolve} from '../../main/resources/dev/bide/console/model/zones.js';
import {preview} from './preview.js';

const ZONES = Intl.supportedValuesOf('timeZone');

for (const [typed, zone] of [
  ['Hanoi', 'Asia/Ho_Chi_Minh'], ['hanoi ', 'Asia/Ho_Chi_Minh'], ['Saigon', 'Asia/Ho_Chi_Minh'], ['Asia/Saigon', 'Asia/Ho_Chi_Minh'], ['san francisco', 'America/Los_Angeles'],
  ['europe/berlin', 'Europe/Berlin'], ['berlin', 'Europe/Berlin'], ['new york', 'America/New_York'], ['Calcutta', 'Asia/Kolkata'], ['', ''], ['Atlantis', 'Atlantis'], ['+07:00', '+07:00'],
  ['Hà Nội', 'Asia/Ho_Chi_Minh'], ['ĐÀ NẴNG', 'Asia/Ho_Chi_Minh'], ['Zürich', 'Europe/Zurich'], ['são paulo', 'America/Sao_Paulo'], ['GMT1', 'GMT1'],
]) {
  test(`“${typed}” means ${zone || 'nothing'}`, () => assert.equal(resolve(typed, ZONES), zone));
}

test('old names give way', () => {
  assert.equal(modern('Asia/Saigon'), 'Asia/Ho_Chi_Minh');
  assert.equal(modern('Europe/Berlin'), 'Europe/Berlin');
  assert.equal(modern('Europe/Kiev'), 'Europe/Kyiv');
});

for (const [typed, at] of [['9', '09:00'], ['9:00', '09:00'], ['09:00', '09:00'], ['9.30', '09:30'], ['0930', '09:30'], ['9 pm', '21:00'], ['12am', '00:00'], ['12 p.m.', '12:00'], ['9:30:15', '09:30:15'], ['25', '25:00'], ['noon', 'noon'], ['', '']]) {
  test(`“${typed}” is the time ${at || '(none)'}`, () => assert.equal(timeOfDay(typed), at));
}

const ask = async (delay, from, timezone) => preview({delay, from, timezone}).json.items;
const NOW = Date.parse('2026-11-27T09:00:00Z');

test('the next change of the clocks is found to the day', async () => {
  assert.equal(await clockChange('Europe/Berlin', NOW, ask), '2027-03-28');
  assert.equal(await clockChange('Australia/Lord_Howe', NOW, ask), '2027-04-04');
  assert.equal(await clockChange('Asia/Ho_Chi_Minh', NOW, ask), null);
});

test('starts stand in the order of time, by the clocks of the zone', async () => {
  assert.deepEqual((await starts('Europe/Berlin', NOW, ask)).map(({local, words}) => `${local} ${words}`), [
    '2026-11-27T17:00:00+01:00 ',
    '2026-11-28T10:00:00+01:00 ',
    '2027-02-28T12:00:00+01:00 ',
    '2027-03-27T12:00:00+01:00 the day before the clocks change',
  ]);
  assert.equal((await starts('Asia/Ho_Chi_Minh', NOW, ask)).length, 3);
});

test('of a weekday at an hour the same day before that hour is one of the starts', async () => {
  const monday = {type: 'weekdays', days: ['MONDAY'], at: '09:00'};
  const [start] = await onTheDay(monday, 'Europe/Berlin', '2026-11-27T09:00:00Z', ask);
  assert.deepEqual(start, {at: '2026-11-30T07:00:00.000Z', local: '2026-11-30T08:00:00+01:00', words: 'on the day, before the hour'});
  assert.equal((await ask(monday, [start.at], 'Europe/Berlin'))[0].local, '2026-11-30T09:00:00+01:00', 'begun then it is due the same day');
  for (const delay of [{...monday, at: '00:30'}, {...monday, at: undefined}, {type: 'period', amount: 1, unit: 'days', at: '09:00'}]) {
    assert.deepEqual(await onTheDay(delay, 'Europe/Berlin', '2026-11-27T09:00:00Z', ask), []);
  }
});

test('which way the clocks went is read off the offsets', () => {
  assert.equal(turned('2027-03-27T12:00:00+01:00', '2027-03-29T09:00:00+02:00'), 'forward');
  assert.equal(turned('2026-10-01T12:00:00+02:00', '2026-12-01T12:00:00+01:00'), 'back');
  assert.equal(turned('2026-12-01T12:00:00-03:30', '2026-12-02T12:00:00-03:30'), '');
  assert.equal(turned('2026-03-01T12:00:00-05:00', '2026-04-01T12:00:00-04:00'), 'forward');
  assert.equal(turned('2026-03-01T12:00:00Z', '2026-04-01T12:00:00+01:00'), 'forward');
  assert.equal(turned(undefined, '2026-04-01T12:00:00+01:00'), '');
});
