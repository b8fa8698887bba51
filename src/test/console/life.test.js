import assert from 'node:assert/strict';
import test from 'node:test';
import {next, sentence, went} from '../../main/resources/dev/bide/console/model/life.js';
import {destination} from '../../main/resources/dev/bide/console/model/words.js';

const timer = (status, ...outcomes) => ({status, attempts: outcomes.map(outcome => ({outcome})), retry: {maxRetries: 3}});
const F = 'failed', D = 'delivered', R = 'refused';

for (const [given, way] of [
  [timer('scheduled'), 'scheduled'],
  [timer('delivered', D), 'scheduled delivered'],
  [timer('retrying', F), 'scheduled retrying'],
  [timer('delivered', F, F, D), 'scheduled retrying delivered'],
  [timer('dead', F, F, F, F), 'scheduled retrying dead'],
  [timer('dead', R), 'scheduled dead'],
  [timer('dead', F, R), 'scheduled retrying dead'],
  [timer('paused'), 'scheduled paused'],
  [timer('paused', F), 'scheduled retrying paused'],
  [timer('cancelled', F), 'scheduled retrying cancelled'],
  [timer('scheduled', R), 'scheduled dead scheduled'],
  [timer('delivered', F, F, F, F, D), 'scheduled retrying dead scheduled delivered'],
  [timer('delivered', R, D), 'scheduled dead scheduled delivered'],
  [timer('cancelled', R), 'scheduled dead cancelled'],
]) {
  test(`${given.status} after ${given.attempts.length} attempts went ${way}`, () => assert.equal(went(given).join(' '), way));
}

test('the diagram in words', () => {
  assert.equal(sentence(timer('retrying', F)), 'It went: scheduled, retrying. It may go to: delivered, dead, paused or cancelled.');
  assert.equal(sentence(timer('delivered', D)), 'It went: scheduled, delivered. That is its end.');
  assert.deepEqual(next(timer('paused', F)), ['retrying', 'cancelled']);
});

test('a destination is host and port', () => {
  assert.equal(destination('https://api.example.com/mails'), 'api.example.com:443');
  assert.equal(destination('http://[2001:db8::1]/x'), '[2001:db8::1]:80');
  assert.equal(destination('http://localhost:9090/mail'), 'localhost:9090');
});
