import assert from 'node:assert/strict';
import test from 'node:test';
import {Raw, check, parse, pretty, write} from '../../main/resources/dev/bide/console/model/json.js';

/** A seeded source of random numbers. */
function random(seed) {
  return () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
}

function value(next, depth = 0) {
  const kind = Math.floor(next() * (depth > 4 ? 5 : 7));
  switch (kind) {
    case 0: return null;
    case 1: return next() < 0.5;
    case 2: return Math.floor(next() * 2e6) - 1e6;
    case 3: return next() * 1000;
    case 4: return Array.from({length: Math.floor(next() * 6)}, () => String.fromCodePoint(Math.floor(next() * 0xd7ff))).join('');
    case 5: return Array.from({length: Math.floor(next() * 4)}, () => value(next, depth + 1));
    default: return Object.fromEntries(Array.from({length: Math.floor(next() * 4)}, (_, i) => [`n${i}\u00e9"`, value(next, depth + 1)]));
  }
}

test('reads what JSON.parse reads, and writes what it read', () => {
  const next = random(20261127);
  for (let i = 0; i < 10_000; i++) {
    const text = JSON.stringify(value(next), null, i % 3);
    assert.deepEqual(parse(text), JSON.parse(text));
    assert.deepEqual(JSON.parse(write(parse(text), i % 4)), JSON.parse(text));
    assert.deepEqual(JSON.parse(pretty(text)), JSON.parse(text));
  }
});

test('keeps numbers that a double would change', () => {
  for (const number of ['1e3', '0.10', '123456789012345678901234567890', '1.0', '-0', '1E+2', '9007199254740993']) {
    const read = parse(`{"a":[${number}]}`);
    assert.ok(read.a[0] instanceof Raw, number);
    assert.equal(write(read), `{"a":[${number}]}`);
  }
  assert.equal(parse('12.5'), 12.5);
});

test('keeps input and body untouched: digits, order, doubled and integer-like names', () => {
  const input = '{ "b": 1e3,\n "1": 2, "0": 0.10, "b": 3 }';
  const text = `{"id":"x","input":${input} ,"action":{"body": [1.0 ,2]}}`;
  const read = parse(text);
  assert.equal(read.input.text, input);
  assert.equal(read.action.body.text, '[1.0 ,2]');
  assert.equal(write({input: read.input}), `{"input":${input}}`);
});

test('a header may be called body', () => {
  assert.deepEqual(parse('{"headers":{"body":"x","input":"y"}}'), {headers: {body: 'x', input: 'y'}});
});

test('a member called __proto__ is a member', () => {
  const read = parse('{"__proto__":1}');
  assert.deepEqual(Object.keys(read), ['__proto__']);
  assert.equal(write(read), '{"__proto__":1}');
});

test('leaves out what is undefined', () => assert.equal(write({a: undefined, b: [null]}), '{"b":[null]}'));

test('pretty changes no token', () => {
  assert.equal(pretty('{"a":[1e3,{}],"a":[],"b":"x"}'), '{\n  "a": [\n    1e3,\n    {}\n  ],\n  "a": [],\n  "b": "x"\n}');
  assert.equal(pretty(' "x" '), '"x"');
});

for (const [text, line, column, message] of [
  ['{"a":1 "b":2}', 1, 8, 'a comma or } was expected'],
  ['{\n  "a": 1,\n}', 3, 1, 'another name after the comma was expected'],
  ['[1,\n2', 2, 2, 'the text ends; a comma or ] was expected'],
  ['', 1, 1, 'the text ends; a value was expected'],
  ['{"a" 1}', 1, 6, 'a colon was expected'],
  ["{'a':1}", 1, 2, "“'” can't stand here"],
  ['{a:1}', 1, 2, '“a” has to stand in double quotes'],
  ['[01]', 1, 2, 'this is no number as JSON has them'],
  ['[1.]', 1, 2, 'this is no number as JSON has them'],
  ['["a\nb"]', 1, 4, 'a text ends on its own line; a line break in it is written \\n'],
  ['["\\x"]', 1, 3, 'after a backslash comes one of " \\ / b f n r t, or u and four hex digits'],
  ['"a', 1, 1, 'this text has no closing quote'],
  ['1 2', 1, 3, 'the end of the text was expected'],
]) {
  test(`says where ${JSON.stringify(text)} is wrong`, () => assert.deepEqual(check(text), {line, column, message}));
}

test('accepts what is right, and asks for an object where one is needed', () => {
  assert.equal(check(' {"a":[true,null,-1.5e-3,"\\u00e9"]} '), null);
  assert.equal(check('[]', 'object')?.message, 'an object was expected: { … }');
  assert.equal(check('['.repeat(1000))?.message, 'this is nested too deeply');
});
