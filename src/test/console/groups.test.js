import assert from 'node:assert/strict';
import test from 'node:test';
import {groupOf, groupWords} from '../../main/resources/dev/bide/console/model/groups.js';

const group = more => ({problem: '0123456789abcdef', host: 'crm.example.com:443', outcome: 'refused', httpStatus: 410, text: 'no such contact {id}', count: 3, ...more});

test('a group is called by its host, its status and what was answered', () => {
  assert.equal(groupWords(group({})), 'crm.example.com answers 410 Gone: “no such contact ···”');
  assert.equal(groupWords(group({text: 'answer 410'})), 'crm.example.com answers 410 Gone');
  assert.equal(groupWords(group({httpStatus: undefined, text: 'no answer within {n} s'})), 'crm.example.com: no answer within ··· s');
});

test('a death belongs to the group that its answer fits', () => {
  const [contact, bare, other, failed] = [group({}), group({text: 'answer 410'}), group({text: 'gone (for {n} days)'}), group({outcome: 'failed', httpStatus: 500, text: 'no such contact {id}'})];
  const all = [contact, bare, other, failed];
  assert.equal(groupOf({outcome: 'refused', httpStatus: 410, error: 'answer 410: no such contact 0198a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1'}, all), contact);
  assert.equal(groupOf({outcome: 'refused', httpStatus: 410, error: 'answer 410'}, all), bare);
  assert.equal(groupOf({outcome: 'refused', httpStatus: 410, error: 'answer 410: gone (for 31.5 days)'}, all), other);
  assert.equal(groupOf({outcome: 'failed', httpStatus: 500, error: 'answer 500: no such contact 7f3a9c2e11'}, all), failed);
  assert.equal(groupOf({outcome: 'refused', httpStatus: 422, error: 'answer 422: no such contact 7f3a9c2e11'}, all), undefined);
});

test('of a text that was cut the beginning counts, and what fits two belongs to the one with the very text', () => {
  const long = group({text: `${'x'.repeat(157)} {n`});
  assert.equal(groupOf({outcome: 'refused', httpStatus: 410, error: `answer 410: ${'x'.repeat(157)} 12 and so on`}, [long]), long);
  const [any, gone] = [group({text: 'Gone {n}'}), group({text: 'Gone two'})];
  assert.equal(groupOf({outcome: 'refused', httpStatus: 410, error: 'answer 410: Gone two'}, [any, gone]), gone);
  assert.equal(groupOf({outcome: 'refused', httpStatus: 410, error: 'answer 410: Gone 2 2'}, [any, group({text: 'Gone {n} {n}'})]), undefined);
});
