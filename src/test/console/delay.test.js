import assert from 'node:assert/strict';
import test from 'node:test';
import {DAYS, UNITS, change, draft, fieldOf, json, quick, shown} from '../../main/resources/dev/bide/console/model/delay.js';
import {parse, write} from '../../main/resources/dev/bide/console/model/json.js';

const sent = d => parse(write(json(d)));

/** All valid shapes: kinds × times of day × zones × what becomes of a past date. */
function* all() {
  for (const timezone of [undefined, 'Europe/Berlin', 'Pacific/Chatham']) {
    for (const at of [undefined, '09:00', '23:59:59']) {
      const rest = {...(at && {at}), ...(timezone && {timezone})};
      for (const unit of UNITS) {
        for (const amount of [0, 1, 90]) {
          if (!at || (amount > 0 && (unit === 'days' || unit === 'weeks'))) {
            yield {type: 'period', amount, unit, ...rest};
          }
        }
      }
      for (let mask = 1; mask < 128; mask += 5) {
        yield {type: 'weekdays', days: DAYS.filter((_, i) => mask & (1 << i)), ...rest};
      }
      for (const date of ['2027-03-01', '--12-24', '--02-29', '--01-01']) {
        for (const ifPast of [undefined, 'skip', 'reject']) {
          yield {type: 'date', date, ...(at && {at}), ...(ifPast && {ifPast}), ...(timezone && {timezone})};
        }
      }
    }
  }
}

test('every valid delay comes out of its draft as it went in', () => {
  let n = 0;
  for (const delay of all()) {
    assert.deepEqual(sent(draft(delay)), delay);
    assert.deepEqual(draft(sent(draft(delay))), draft(delay));
    n++;
  }
  assert.ok(n > 350, String(n));
});

test('fields of other kinds are kept while one goes to and fro', () => {
  let d = draft({type: 'weekdays', days: ['FRIDAY', 'MONDAY'], at: '09:00'});
  assert.deepEqual(d.days, ['MONDAY', 'FRIDAY']);
  d = change(change(d, 'kind', 'period'), 'unit', 'hours');
  assert.deepEqual(sent(d), {type: 'period', amount: 1, unit: 'hours'});
  assert.ok(!shown(d).includes('at'));
  d = change(d, 'kind', 'weekdays');
  assert.deepEqual(sent(d), {type: 'weekdays', days: ['MONDAY', 'FRIDAY'], at: '09:00'});
});

test('amounts go out as typed', () => {
  const d = change(draft({type: 'period', amount: 1, unit: 'days'}), 'amount', '1e0');
  assert.equal(write(json(d)), '{"type":"period","amount":1e0,"unit":"days"}');
  assert.equal(write(json(change(d, 'amount', 'two'))), '{"type":"period","amount":"two","unit":"days"}');
  assert.equal(write(json(change(d, 'amount', ' '))), '{"type":"period","unit":"days"}');
});

test('errors find their field', () => {
  assert.equal(fieldOf(draft({type: 'date', date: '--12-24'}), 'date'), 'day');
  assert.equal(fieldOf(draft({type: 'date', date: '2027-01-01'}), 'date'), 'date');
  assert.equal(fieldOf(draft({type: 'weekdays', days: []}), 'days[0]'), 'days');
  assert.equal(fieldOf(draft({}), 'type'), null);
});

test('offers are valid drafts', () => {
  for (const {delay} of quick) {
    assert.deepEqual(sent(draft(delay)), delay);
  }
});
