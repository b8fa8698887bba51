import assert from 'node:assert/strict';
import test from 'node:test';
import {answer, named, needs, recentOf, why} from '../../main/resources/dev/bide/console/model/needs.js';

const NOW = Date.parse('2026-11-27T08:58:20Z');
const ago = ms => new Date(NOW - ms).toISOString();
const H = 3_600_000;

const destination = more => ({destination: 'slow.example.com:443', breakers: [{nodeId: 'a', state: 'closed'}, {nodeId: 'b', state: 'closed'}], limits: {binding: []}, waiting: {count: 0, exact: true}, paused: false, ...more});
const group = more => ({problem: 'x', host: 'crm.example.com:443', httpStatus: 410, text: 'no such contact {id}', count: 2140, lastAt: ago(120_000), ...more});

test('nothing needs anybody where all is as promised', () => {
  assert.deepEqual(needs({}, NOW), []);
  assert.deepEqual(needs({destinations: [destination({})], operations: [{id: 'o', kind: 'cancel', failed: 0, matched: 5, endedAt: ago(H)}]}, NOW), []);
});

test('deaths of the last day are told, with why and when last; older ones are not', () => {
  const [need, ...others] = needs({problems: [group({}), group({lastAt: ago(25 * H)})]}, NOW);
  assert.equal(need.words, '2,140 timers died: crm.example.com answers 410 Gone. The last 2 min ago.');
  assert.deepEqual([need.tone, need.path, need.query, others.length], ['bad', '/timers', {status: 'dead', problem: 'x'}, 0]);
  assert.equal(needs({problems: [group({count: 1})]}, NOW)[0].words.slice(0, 12), '1 timer died');
  assert.equal(why(group({httpStatus: undefined, host: 'a.example:8443', text: 'no answer'})), 'a.example:8443: no answer');
  assert.equal(answer(499), '499');
  assert.equal(recentOf([group({}), group({lastAt: ago(25 * H)})], NOW).length, 1);
  assert.deepEqual(['a.example:443', 'a.example:80'].map(named), ['a.example', 'a.example:80'], 'one port is left out, not two');
});

test('a breaker says on how many nodes, and how many wait', () => {
  const [need] = needs({destinations: [destination({breakers: [{nodeId: 'a', state: 'open'}, {nodeId: 'b', state: 'closed'}], waiting: {count: 812, exact: true}})]}, NOW);
  assert.equal(need.words, 'Calls to slow.example.com are held back on 1 of 2 nodes: it failed too often, and is tried again by itself. 812 wait because of it.');
  assert.equal(need.path, '/destinations/slow.example.com%3A443');
  const everywhere = needs({destinations: [destination({breakers: [{nodeId: 'a', state: 'half-open'}]})]}, NOW);
  assert.equal(everywhere[0].words, 'Calls to slow.example.com are held back: it failed too often, and is tried again by itself.');
});

test('the worst stands first, and a pause is told once', () => {
  const all = needs(
    {
      warnings: [
        {code: 'destination-paused', detail: 'slow.example.com:443 is paused: they move', since: ago(H)},
        {code: 'clocks-apart', detail: 'clocks are 2 s apart', since: ago(H)},
        {code: 'role-missing', detail: 'no node has the role worker', since: ago(H)},
      ],
      destinations: [destination({paused: true, reason: 'they move', waiting: {count: 1, exact: true}})],
      problems: [group({})],
      operations: [{id: 'o', kind: 'redrive', failed: 3, matched: 12_345, endedAt: ago(H)}],
    },
    NOW,
  );
  assert.deepEqual(all.map(({tone}) => tone), ['bad', 'bad', 'amber', 'amber', 'held']);
  assert.deepEqual(all.map(({words}) => words), [
    'No node has the role worker.',
    '2,140 timers died: crm.example.com answers 410 Gone. The last 2 min ago.',
    'Clocks are 2 s apart.',
    'Try dead timers again: 3 of 12,345 could not be changed.',
    'slow.example.com is paused: they move. 1 waits because of it.',
  ]);
  const alone = needs({warnings: [{code: 'destination-paused', detail: 'x is paused', since: ago(H)}]}, NOW);
  assert.deepEqual([alone[0].words, alone[0].path], ['X is paused.', '/destinations']);
});
