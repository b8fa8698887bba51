import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import test from 'node:test';
import ts from 'typescript';

const root = new URL('../../main/resources/dev/bide/console/', import.meta.url);
const files = readdirSync(root, {recursive: true}).map(String).filter(name => name.endsWith('.js'));
const read = name => readFileSync(new URL(name, root), 'utf8');
/** Without what only people read. */
const code = name => read(name).replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

/** The texts of all templates, each without what stands in its holes: a `>` there would end a tag. */
function templates(name) {
  const found = [];
  const walk = node => {
    if (ts.isNoSubstitutionTemplateLiteral(node)) {
      found.push(node.text);
    } else if (ts.isTemplateExpression(node)) {
      found.push([node.head.text, ...node.templateSpans.map(span => span.literal.text)].join('$'));
    }
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile(name, read(name), ts.ScriptTarget.Latest));
  return found;
}

const DIRECTIVES = ['repeat', 'live', 'ref', 'guard', 'if-defined', 'keyed', 'class-map'];

for (const name of files) {
  test(`${name}: nothing that the content security policy blocks`, () => {
    const text = code(name);
    for (const template of templates(name)) {
      assert.doesNotMatch(template, /<[a-z][^>]*\sstyle=/, 'a style in a template');
      assert.doesNotMatch(template, /<[a-z][^>]*\son[a-z]+=/, 'a handler in a template');
    }
    assert.doesNotMatch(text, /styleMap|unsafeHTML|unsafeSVG|innerHTML|insertAdjacentHTML|\beval\(|new Function/);
    assert.doesNotMatch(text, /<style|<script/);
  });

  test(`${name}: no address that a base would bend`, () => assert.doesNotMatch(code(name), /<use\b|url\(#|href="#/));

  test(`${name}: JSON is read by model/json.js, texts of it by model/fill.js too`, () => {
    if (name !== 'model/json.js' && name !== 'model/fill.js') {
      assert.doesNotMatch(code(name), /JSON\.parse/);
    }
  });

  test(`${name}: of lit only what is served`, () => {
    for (const [, from] of code(name).matchAll(/from '([^']+)'/g)) {
      assert.ok(from === 'lit' || from.startsWith('.') || DIRECTIVES.some(directive => from === `lit/directives/${directive}.js`), from);
      assert.ok(!from.startsWith('.') || from.endsWith('.js'), from);
    }
  });

  test(`${name}: models know no page`, () => {
    if (name.startsWith('model/') || name === 'time.js') {
      assert.doesNotMatch(code(name), /from 'lit|\/(?:api|app)\.js'|\bdocument\b|\bwindow\b/);
    }
  });
}

test('the page has no script of its own but the import map', () => {
  const html = readFileSync(new URL('index.html', root), 'utf8');
  assert.deepEqual([...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>/g)].map(([tag]) => tag), ['<script type="importmap">']);
  assert.doesNotMatch(html, /style=|<style|\son[a-z]+=|https?:/);
});

test('what is preloaded is there', () => {
  const html = readFileSync(new URL('index.html', root), 'utf8');
  for (const [, path] of html.matchAll(/modulepreload" href="console\/([^"]+)"/g)) {
    assert.ok(files.includes(path), path);
  }
});

test('each file stays small', () => {
  for (const name of files) {
    assert.ok(Buffer.byteLength(read(name)) <= 18_000, `${name}: ${Buffer.byteLength(read(name))} bytes`);
  }
});

test('files.txt names what is served: all that is there', () => {
  const there = readdirSync(root, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile());
  const names = there.map(entry => `${entry.parentPath ?? entry.path}/${entry.name}`.replaceAll('//', '/').split('/dev/bide/console/')[1]).filter(name => name !== 'files.txt' && name !== 'index.html' && !name.startsWith('docs/'));
  assert.deepEqual(read('files.txt').trim().split('\n'), names.sort());
});
