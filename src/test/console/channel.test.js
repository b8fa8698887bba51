import assert from 'node:assert/strict';
import test from 'node:test';
import {body, draft, where} from '../../main/resources/dev/bide/console/model/channel.js';

test('a channel comes out of its draft as it went in, without what the service says of it', () => {
  for (const channel of [
    {type: 'email', to: ['a@example.com', 'b@example.com'], events: ['timer.dead', 'node.lost']},
    {type: 'webhook', url: 'https://a.example/x', workflowId: 'w'},
    {type: 'telegram', url: 'https://api.telegram.org/bot1/sendMessage', chatId: '-100'},
  ]) {
    assert.deepEqual(body(draft({...channel, name: 'n', readOnly: false, waiting: 1})), channel);
  }
});

test('what another type has no use for is not sent, and addresses are told apart by commas', () => {
  assert.deepEqual(body({...draft(), to: ' a@example.com,, b@example.com ', url: 'https://a.example', chatId: '1'}), {type: 'email', to: ['a@example.com', 'b@example.com']});
});

test('of what was given as a secret only the host is shown', () => {
  assert.equal(where({type: 'slack', url: 'https://hooks.slack.com/services/T/B/x'}), 'hooks.slack.com');
  assert.equal(where({type: 'telegram', url: 'https://api.telegram.org/bot1/sendMessage', chatId: '-1'}), 'chat -1 by api.telegram.org');
  assert.equal(where({type: 'webhook', url: 'https://a.example/x'}), 'https://a.example/x');
});
