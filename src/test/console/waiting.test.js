import assert from 'node:assert/strict';
import test from 'node:test';
import {empties, fully, sample, shares, sum, totals, waits, words} from '../../main/resources/dev/bide/console/model/waiting.js';

const counted = (count, exact = true) => ({count, exact});
const task = (name, waiting, more = {}) => ({taskId: name, name, version: 1, waiting: counted(waiting), retrying: counted(0), paused: counted(0), dead: counted(0), ...more});

test('counts add up, and are exact only where all are', () => {
  assert.deepEqual(sum([counted(3), counted(4)]), counted(7));
  assert.deepEqual(sum([counted(3), counted(100_000, false)]), counted(100_003, false));
  assert.deepEqual(sum([]), counted(0));
  assert.deepEqual(waits(task('a', 3, {retrying: counted(2), paused: counted(1), dead: counted(9)})), counted(6));
  const all = totals([task('a', 3, {earliestDueAt: '2026-11-28T01:00:00Z', dead: counted(1)}), task('b', 2, {earliestDueAt: '2026-11-28T00:00:00.500Z'}), task('c', 0)]);
  assert.deepEqual(all, {waiting: counted(5), dead: counted(1), earliest: '2026-11-28T00:00:00.500Z'});
  assert.equal(totals([]).earliest, undefined);
});

test('shares fill the whole, and a small one can be seen', () => {
  const all = shares([task('a', 1), task('b', 0), task('c', 99_999)]);
  assert.deepEqual(all.map(({task: {name}}) => name), ['a', 'c']);
  assert.ok(all[0].width > 1.9 && all[0].width < 2);
  assert.equal(all[1].from, all[0].width);
  assert.ok(Math.abs(all.reduce((whole, {width}) => whole + width, 0) - 100) < 1e-9);
  assert.ok(shares(Array.from({length: 100}, (_, i) => task(`t${i}`, 1))).every(({width}) => Math.abs(width - 1) < 1e-9));
});

test('a strip in words', () => {
  assert.equal(words([]), 'nobody waits');
  assert.equal(fully([task('a', 0)]), 'Nobody waits');
  assert.equal(words([task('welcome', 12), task('reminder', 5201), task('x', 0)]), 'welcome 12 and reminder 5.2k');
  const many = [task('a', 1), task('b', 20), task('c', 3), task('d', 40), task('e', 50, {waiting: counted(50_000, false)})];
  assert.equal(words(many), 'b 20, d 40, e ≈ 50k and 2 more');
  assert.equal(fully(many.slice(0, 2)), '1 at a and 20 at b');
});

test('what a run needs, by what its tasks use', () => {
  assert.deepEqual(sample(['input.email', 'run.id', 'input.who.name', 'input.who.age', 'input']), {email: '', who: {name: '', age: ''}});
  assert.deepEqual(sample(['input.who', 'input.who.name']), {who: {name: ''}}, 'the longer one says more');
  assert.deepEqual(sample(['input.__proto__.x']), {});
});

test('what of an input is empty still is named', () => {
  assert.deepEqual(empties({email: '', who: {name: '', age: 3, tags: ['', 'b']}, none: null, space: ' '}), ['input.email', 'input.who.name', 'input.who.tags.0']);
  assert.deepEqual(empties({}), []);
});
