import assert from 'node:assert/strict';
import test from 'node:test';
import {lay, place, sentence} from '../../main/resources/dev/bide/console/model/timeline.js';

const T0 = Date.parse('2026-11-27T08:56:00Z');
const S = 1000, MIN = 60 * S, H = 60 * MIN, D = 24 * H;
const at = ms => new Date(T0 + ms).toISOString();
const TASKS = ['welcome', 'survey', 'reminder', 'christmas'].map(name => ({id: `t-${name}`, name}));
const attempt = (number, start, outcome, more = {}) => ({number, startedAt: at(start), durationMs: 61, outcome, ...more});
const timer = (task, created, due, status, attempts = [], more = {}) => ({id: `timer-${task}`, taskId: `t-${task}`, createdAt: at(created), dueAt: at(due), status, attempts, ...more});
const run = (status, history, more = {}) => ({id: 'r', status, key: 'customer-7', createdAt: at(0), history, ...more});
const WELCOME = timer('welcome', 0, 2 * S, 'delivered', [attempt(1, 2 * S + 12, 'delivered', {httpStatus: 200})], {latenessMs: 12, finishedAt: at(2100)});
const COMING = {steps: [{taskId: 't-christmas', name: 'christmas', dueAt: at(27 * D), rule: '24 December at 09:00, every year'}], endsAt: at(27 * D)};
const kinds = segments => segments.map(({kind, state}) => `${kind}/${state}`).join(' ');
const says = now => ({now: T0 + now, time: ms => new Date(ms).toISOString().slice(5, 16)});

test('a run that waits: what was, what it waits for, what is to come', () => {
  const segments = lay(run('active', [WELCOME, timer('reminder', 2100, 3 * D, 'scheduled')]), TASKS, COMING, T0 + D);
  assert.equal(kinds(segments), 'begun/past wait/past attempt/past leftOut/past wait/now now/now wait/coming coming/coming end/coming');
  const wait = segments[4];
  assert.ok(wait.share > 0.33 && wait.share < 0.34);
  assert.equal(segments[6].ms, 24 * D);
  assert.deepEqual(segments.map(segment => sentence(segment, says(D))).filter(text => text !== ''), [
    'Begun 11-27T08:56, with the key customer-7.',
    '“welcome” waited 2 s, called 11-27T08:56, 12 ms late. Answered 200 in 61 ms.',
    '“survey” was not called: its date had passed, or it came with a later version.',
    '“reminder” waits until 11-30T08:56, in 2 d; 24 h of 3 d are over.',
    '“christmas” would be due 12-24T08:56, 24 d later, if the call before it succeeds at once. Rule: 24 December at 09:00, every year.',
    'It would end 12-24T08:56.',
  ]);
});

test('the current timer is there where the history lacks it, once where it does not', () => {
  const current = timer('reminder', 2100, 3 * D, 'scheduled');
  assert.equal(kinds(lay(run('active', [WELCOME], {timer: current}), [], null, T0 + D)), kinds(lay(run('active', [WELCOME, current], {timer: current}), [], null, T0 + D)));
});

test('retries stand on one island, to scale', () => {
  const retrying = timer('welcome', 0, 2 * S, 'retrying', [attempt(2, 5 * S, 'failed', {error: 'no answer'}), attempt(1, 2 * S, 'failed', {httpStatus: 503})], {nextAttemptAt: at(9 * S), latenessMs: 0});
  const segments = lay(run('active', [retrying]), TASKS, null, T0 + 6 * S);
  assert.equal(kinds(segments), 'begun/past wait/past attempt/past backoff/past attempt/past backoff/now now/now');
  assert.equal(sentence(segments[2], says(6 * S)), 'Attempt 1 of “welcome”, called 11-27T08:56, on time, was answered 503 in 61 ms.');
  assert.equal(sentence(segments[4], says(6 * S)), 'Attempt 2 of “welcome”, called 11-27T08:56, failed after 61 ms. “no answer” The next one is due 11-27T08:56, in 3 s.');
  const {boxes} = place(segments, 680);
  assert.equal(boxes.filter(({kind}) => kind === 'fold').length, 0);
});

test('a dead one, and a redriven one that shows both goes', () => {
  const dead = timer('welcome', 0, 2 * S, 'dead', [attempt(1, 2 * S, 'refused', {httpStatus: 410, error: 'no such contact\nmore'})], {finishedAt: at(3 * S)});
  const failed = lay(run('failed', [dead], {finishedAt: at(3 * S), error: 'welcome is dead'}), TASKS, null, T0 + D);
  assert.equal(kinds(failed), 'begun/past wait/past attempt/past end/past');
  assert.equal(sentence(failed[2], says(D)), 'Attempt 1 of “welcome”, called 11-27T08:56, was answered 410: final. “no such contact”');
  assert.equal(sentence(failed[3], says(D)), 'Failed 11-27T08:56 after 3 s: welcome is dead.');
  const again = {...dead, status: 'delivered', attempts: [...dead.attempts, attempt(2, 3 * H, 'delivered', {httpStatus: 200})]};
  const redriven = lay(run('completed', [again], {finishedAt: at(3 * H + 61)}), TASKS.slice(0, 1), null, T0 + D);
  assert.equal(kinds(redriven), 'begun/past wait/past attempt/past backoff/past attempt/past end/past');
  assert.equal(place(redriven, 680).boxes.find(({kind}) => kind === 'fold').text, '3 h');
  const waiting = {...dead, status: 'scheduled', dueAt: at(4 * H)};
  assert.equal(kinds(lay(run('active', [waiting]), [], null, T0 + H)), 'begun/past wait/past attempt/past backoff/now now/now');
});

test('what was called before its rule said so says when that would have been', () => {
  const segments = lay(run('active', [WELCOME]), TASKS, null, T0 + D);
  const called = segments.find(({kind}) => kind === 'attempt');
  assert.equal(sentence({...called, ruled: T0 + 3 * D}, says(D)), '“welcome” waited 2 s, called 11-27T08:56, early: by its rule it was due 11-30T08:56. Answered 200 in 61 ms.');
});

test('a paused one has no times to come', () => {
  const segments = lay(run('paused', [timer('welcome', 0, 2 * D, 'paused')]), TASKS, COMING, T0 + H);
  assert.equal(kinds(segments), 'begun/past held/now now/now coming/coming coming/coming coming/coming');
  assert.equal(sentence(segments[1], says(H)), 'Paused. It would be due 11-29T08:56; resumed after that, it is called at once.');
  assert.equal(sentence(segments[3], says(H)), '“survey” comes when it is resumed.');
});

test('what is to come ends where it can\'t be used', () => {
  const steps = [{taskId: 'a', name: 'a', skipped: true}, {taskId: 'b', name: 'b', error: {message: 'its date will have passed'}}, {taskId: 'c', name: 'c', dueAt: at(D)}];
  const segments = lay(run('active', [timer('welcome', 0, 2 * H, 'scheduled')]), TASKS, {steps, endsAt: null}, T0 + H);
  assert.equal(kinds(segments), 'begun/past wait/now now/now leftOut/coming refused/coming');
  assert.equal(sentence(segments[4], says(H)), "“b” can't be used then: its date will have passed. The run would fail here.");
});

test('of many tasks to come twelve are drawn', () => {
  const steps = Array.from({length: 50}, (_, i) => ({taskId: `${i}`, name: `n${i}`, dueAt: at((i + 1) * D)}));
  const segments = lay(run('active', [timer('welcome', 0, H, 'scheduled')]), [], {steps, endsAt: at(50 * D)}, T0);
  assert.equal(segments.filter(({kind}) => kind === 'coming').length, 12);
  assert.equal(sentence(segments.find(({kind}) => kind === 'more'), says(0)), 'And 38 more tasks.');
});

test('a cancelled one ends where it was cancelled', () => {
  const segments = lay(run('cancelled', [timer('welcome', 0, 2 * D, 'cancelled', [], {finishedAt: at(H)})], {finishedAt: at(H)}), TASKS, null, T0 + D);
  assert.equal(kinds(segments), 'begun/past wait/past end/past');
  assert.equal(segments[1].ms, H);
  assert.equal(sentence(segments[2], says(D)), 'Cancelled 11-27T09:56 after 1 h.');
});

test('longer folds are longer, and nothing lies upon another, at any width', () => {
  const length = ms => {
    const {boxes} = place(lay(run('active', [timer('welcome', 0, ms, 'scheduled')]), [], null, T0 + 1), 0);
    const fold = boxes.find(({kind}) => kind === 'fold');
    return fold.end - fold.start;
  };
  assert.ok(length(H) < length(D) && length(D) < length(1000 * D) && length(1000 * D) < 200);
  let seed = 7;
  const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let round = 0; round < 200; round++) {
    let clock = 0;
    const history = Array.from({length: 1 + Math.floor(next() * 20)}, (_, i) => {
      const created = clock;
      clock += Math.floor(Math.exp(next() * 22));
      const attempts = Array.from({length: 1 + Math.floor(next() * 4)}, (_, n) => attempt(n + 1, (clock += Math.floor(next() * 9 * S) + 70), 'failed'));
      return {...timer('welcome', created, clock, 'delivered', attempts), id: `x${String(i).padStart(3, '0')}`};
    });
    for (const [width, direction] of [[328, 'down'], [680, 'across'], [1150, 'across']]) {
      const {boxes, size} = place(lay(run('active', history), [], null, T0 + clock + H), width, direction);
      const marks = boxes.filter(({kind}) => kind === 'mark');
      marks.slice(1).forEach((mark, i) => assert.ok(mark.start - marks[i].start >= 14));
      boxes.forEach(({start, end}) => assert.ok(start <= end && start >= 0 && end <= size));
    }
  }
});

test('now lies inside the fold, at its share', () => {
  const {boxes} = place(lay(run('active', [timer('welcome', 0, 4 * D, 'scheduled')]), [], null, T0 + D), 680);
  const fold = boxes.find(({kind}) => kind === 'fold');
  const now = boxes.find(({kind}) => kind === 'now');
  assert.equal(Math.round((100 * (now.start - fold.start)) / (fold.end - fold.start)), 25);
});
