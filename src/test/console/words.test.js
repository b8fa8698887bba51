import assert from 'node:assert/strict';
import test from 'node:test';
import {count, host, isId, list, rate, share, short, some, state} from '../../main/resources/dev/bide/console/model/words.js';

test('a count says whether it stopped', () => {
  assert.equal(count({count: 12345, exact: true}), '12,345');
  assert.equal(count({count: 100000, exact: false}), '100,000+');
  assert.equal(count({count: 2000, exact: false}), '2,000+');
  assert.equal(count({count: 1243567, exact: false}), '≈ 1.24 million');
  assert.equal(count({count: 123456, exact: false}), '≈ 123,000');
  assert.equal(count({count: 2.5e9, exact: false}), '≈ 2.5 billion');
  assert.equal(count(7), '7');
  assert.equal(count(null), '–');
});

test('short counts fit a cell', () => {
  for (const [n, text] of [[0, '0'], [999, '999'], [1000, '1k'], [1240, '1.2k'], [9949, '9.9k'], [9951, '10k'], [12_400, '12k'], [999_499, '999k'], [999_500, '1M'], [1_240_000, '1.2M'], [12e9, '12G']]) {
    assert.equal(short(n), text);
  }
});

test('a share is never rounded up to a promise', () => {
  assert.equal(share(1), '100 %');
  assert.equal(share(0.99999), '99.99 %');
  assert.equal(share(0.9998), '99.98 %');
  assert.equal(share(null), '–');
});

test('small words', () => {
  assert.equal(some(1, 'timer'), '1 timer');
  assert.equal(some(12345, 'timer'), '12,345 timers');
  assert.equal(list(['a', 'b', 'c'], 'or'), 'a, b or c');
  assert.equal(list([]), '');
  assert.equal(rate(3400.4), '3,400/s');
  assert.equal(rate(0.25), '0.25/s');
  assert.equal(host('https://api.example.com/x?y'), 'api.example.com');
  assert.equal(host('http://[::1]:9090/'), '[::1]:9090');
  assert.equal(host('{{x}}'), '{{x}}');
  assert.ok(isId('0198a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1'));
  assert.ok(!isId('0198a1b2'));
  assert.equal(state('skipped').word, 'left out');
  assert.equal(state('unheard of').word, 'unheard of');
});
