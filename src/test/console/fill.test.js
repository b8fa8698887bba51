import assert from 'node:assert/strict';
import test from 'node:test';
import {fill, fillBody, known, sampleFor, used, variables} from '../../main/resources/dev/bide/console/model/fill.js';

const VALUES = {input: '{"email":"ada@example.com","n":1e3,"big":0.10,"ok":true,"none":null,"list":[1,{"a":"x"}],"q":"say \\"hi\\"","email":"ada@later.example"}', 'run.id': 'r1', 'task.name': 'welcome', 'timer.dueAt': '2026-11-30T02:00:00.000Z'};

for (const [body, filled] of [
  ['{"to":"{{input.email}}"}', '{"to":"ada@later.example"}'],
  ['{"n":"{{input.n}}","big":"{{ input.big }}"}', '{"n":1e3,"big":0.10}'],
  ['["{{input.ok}}","{{input.none}}","{{input.missing}}","{{run.key}}"]', '[true,null,null,null]'],
  ['"{{input.list}}"', '[1,{"a":"x"}]'],
  ['"{{input.list.1.a}}"', '"x"'],
  ['"{{input.list.7}}"', 'null'],
  ['"n is {{input.n}}, {{input.missing}}{{input.none}}."', '"n is 1e3, ."'],
  ['"{{input.list}} for {{{task.name}}}"', '"[1,{\\"a\\":\\"x\\"}] for welcome"'],
  ['"he would {{input.q}}"', '"he would say \\"hi\\""'],
  ['{"a" : 1e3, "{{input.n}}": "plain", "0":0.10}', '{"a" : 1e3, "{{input.n}}": "plain", "0":0.10}'],
  ['{"a":"{{run.id}}", "a":"{{timer.dueAt}}"}', '{"a":"r1", "a":"2026-11-30T02:00:00.000Z"}'],
  ['"{{input.email"', '"{{input.email"'],
]) {
  test(`${body} is filled`, () => assert.equal(fillBody(body, VALUES), filled));
}

test('in a text there is no white space around what is filled in', () => assert.equal(fillBody('"is {{input}}"', {input: '{"a": [1, {"b c": " d"}]}'}), '"is {\\"a\\":[1,{\\"b c\\":\\" d\\"}]}"'));

test('headers hold text', () => {
  assert.equal(fill('Bearer {{input.list}}', VALUES), 'Bearer [1,{"a":"x"}]');
  assert.equal(fill('{{input.none}}', VALUES), '');
  assert.equal(fill('plain', VALUES), 'plain');
});

test('without an input there is nothing', () => assert.equal(fillBody('["{{input}}"]', {input: null}), '[null]'));

test('offers what the sample has', () => {
  assert.deepEqual(variables('{"a":{"b":1},"c.d":2}').slice(0, 3), ['input.a', 'input.a.b', 'run.id']);
  assert.deepEqual(variables('{"a":')[0], 'run.id');
  assert.deepEqual(used('{"a":"{{input.x}} {{ run.id }}","b":"{{input.x}}"}'), ['input.x', 'run.id']);
  assert.ok(known('input.a.b') && known('input') && !known('input.') && !known('input..a') && !known('runs.id'));
});

test('a sample has what the calls use', () => {
  assert.equal(sampleFor(['{"to":"{{input.email}}","city":"{{input.address.city}}","a":"{{run.id}}{{input.}}"}', '{{input.address.zip}}']), JSON.stringify({email: 'ada@example.com', address: {city: 'some city', zip: 'some zip'}}, null, 2));
  assert.equal(sampleFor(['{{input.__proto__.query}}{{input.constructor}}{{input.a.__proto__}}']), '{\n  "__proto__": {\n    "query": "some query"\n  },\n  "constructor": "some constructor",\n  "a": {\n    "__proto__": "some __proto__"\n  }\n}');
  assert.equal(/** @type {any} */ ({}).query, undefined);
  assert.equal(sampleFor([]), JSON.stringify({email: 'ada@example.com', name: 'Ada'}, null, 2));
});
