import assert from 'node:assert/strict';
import test from 'node:test';
import {labels, marks, moment, name, shorten, sign, strokes} from '../../main/resources/dev/bide/console/model/marks.js';
import {place} from '../../main/resources/dev/bide/console/model/timeline.js';

const S = 1000, MIN = 60 * S, H = 60 * MIN, D = 24 * H;
const begun = {kind: 'begun', at: 0, state: 'past'};
const attempt = (at, number, outcome, taskName = 'welcome') => ({kind: 'attempt', at, to: at + 61, state: 'past', number, outcome, taskName});
const coming = (at, taskName) => ({kind: 'coming', at, state: 'coming', taskName});
const end = (at, outcome) => (outcome ? {kind: 'end', at, state: 'past', outcome} : {kind: 'end', at, state: 'coming'});
const mark = (...segments) => ({at: 0, segments});

test('a mark shows what went wrong before what went well', () => {
  assert.equal(sign(mark(begun)), 'dot');
  assert.equal(sign(mark(attempt(0, 1, 'failed'), attempt(1, 2, 'delivered'))), 'tick');
  assert.equal(sign(mark(begun, attempt(0, 1, 'failed'))), 'cross');
  assert.equal(sign(mark(attempt(0, 1, 'refused'))), 'dead');
  assert.equal(sign(mark(attempt(0, 4, 'failed'), end(1, 'failed'))), 'dead');
  assert.equal(sign(mark(attempt(0, 1, 'delivered'), end(1, 'completed'))), 'done');
  assert.equal(sign(mark(end(1, 'cancelled'))), 'slash');
  assert.equal(sign(mark(coming(0, 'a'), end(0))), 'ring');
  assert.equal(sign(mark(end(0))), 'finish');
  assert.equal(sign(mark({kind: 'leftOut', at: 0, state: 'past', taskName: 'survey'})), 'dotted');
  assert.equal(sign({at: 0, segments: [coming(0, 'a')], due: {kind: 'wait', at: 0, to: 1, state: 'now'}}), 'ring');
});

test('a label names what stands there', () => {
  assert.equal(name(mark(begun)), 'begun');
  assert.equal(name(mark(attempt(0, 1, 'failed'), attempt(1, 2, 'failed'))), 'welcome 2×');
  assert.equal(name(mark(attempt(0, 3, 'delivered'))), 'welcome, attempt 3');
  assert.equal(name(mark(attempt(0, 1, 'delivered'), {kind: 'leftOut', at: 0, state: 'past', taskName: 'survey'})), 'welcome');
  assert.equal(name(mark({kind: 'leftOut', at: 0, state: 'past', taskName: 'survey'})), 'survey');
  assert.equal(name(mark(coming(0, 'christmas'), end(0))), 'christmas, end');
  assert.equal(name(mark(attempt(0, 1, 'delivered', 'a'), attempt(1, 1, 'delivered', 'b'), attempt(2, 1, 'delivered', 'c'))), '3 tasks');
  assert.equal(name(mark(coming(0, 'a task whose name goes on and on'))), 'a task whose name goe…');
  assert.equal(name({at: 0, segments: [], due: {kind: 'wait', at: 0, to: 9, state: 'now', taskName: 'reminder'}}), 'reminder');
  assert.equal(moment({at: 0, segments: [], due: {kind: 'wait', at: 0, to: 9, state: 'now'}}), 9);
  assert.equal(moment(mark(coming(null, 'a'))), null);
});

test('the call that a wait leads to is a mark, and one with the end where both are at once', () => {
  const segments = [begun, {kind: 'wait', at: 0, to: 2 * D, ms: 2 * D, state: 'now', share: 0.5, taskName: 'reminder'}, {kind: 'now', at: D, state: 'now'}];
  const alone = marks(place(segments, 680).boxes, 20);
  assert.deepEqual(alone.map(name), ['begun', 'reminder']);
  const last = marks(place([...segments, end(2 * D)], 680).boxes, 20);
  assert.deepEqual(last.map(name), ['begun', 'reminder, end']);
});

test('the end of a run stands with its last call', () => {
  const {segments} = shorten([begun, attempt(2 * D, 1, 'delivered'), end(2 * D + 70, 'completed')]);
  assert.deepEqual(marks(place(segments, 680).boxes, 20).map(name), ['begun', 'welcome, completed']);
  const later = shorten([begun, attempt(2 * D, 1, 'delivered'), end(3 * D, 'cancelled')]).segments;
  assert.deepEqual(marks(place(later, 680).boxes, 20).map(name), ['begun', 'welcome', 'cancelled']);
});

test('of a long run what is around now is drawn, the rest is counted', () => {
  const past = Array.from({length: 30}, (_, i) => attempt((i + 1) * D, 1, 'delivered', `t${i + 1}`));
  const ahead = Array.from({length: 40}, (_, i) => coming((i + 32) * D, `t${i + 32}`));
  const now = {kind: 'now', at: 31 * D, state: 'now'};
  const {earlier, segments} = shorten([begun, ...past, now, ...ahead, end(72 * D)], {before: 4, after: 3});
  assert.equal(earlier, 26);
  assert.deepEqual(marks(place(segments, 680).boxes, 20).map(name), ['begun', '26 earlier', 't27', 't28', 't29', 't30', 't32', 't33', 't34, 37 more']);
  assert.equal(shorten([begun, ...past.slice(0, 4), now]).earlier, 0);
});

test('no label lies upon another, or beyond the line', () => {
  for (const step of [20, 35, 60, 140]) {
    const wanted = Array.from({length: 12}, (_, i) => ({at: 24 + i * step, text: `a name ${i}`, sub: 'Mon 30 Nov 09:00'}));
    const size = 48 + 11 * step;
    const put = labels(wanted, size).filter(label => label !== null);
    put.forEach((label, i) => {
      assert.ok(label.from >= 0 && label.to <= Math.max(size, label.to - label.from + 4));
      put.slice(0, i).forEach(other => assert.ok(other.row !== label.row || other.to <= label.from));
    });
    assert.ok(step < 140 || put.length === 12);
  }
});

test('the strokes of a fold stand clear of now', () => {
  for (const share of [0.02, 0.4, 0.5, 0.6, 0.98]) {
    assert.ok(Math.abs(strokes({start: 0, end: 100, share}) - 100 * share) >= 20);
  }
  assert.equal(strokes({start: 0, end: 100}), 50);
});
