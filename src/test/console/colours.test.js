import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import test from 'node:test';

const css = readFileSync(new URL('../../main/resources/dev/bide/console/console.css', import.meta.url), 'utf8');

/** The custom properties with colours, of the scheme. @param {'light' | 'dark'} scheme */
function colours(scheme) {
  const block = css.slice(css.indexOf(':root {'), css.indexOf('}', css.indexOf(':root {')));
  return Object.fromEntries([...block.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(([, name, light, dark]) => [name, scheme === 'light' ? light : dark]));
}

/** WCAG's relative luminance. */
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const TEXT = 4.5;
const SHAPE = 3;
const GROUNDS = ['paper', 'surface', 'sunk'];
const PAIRS = [
  ...GROUNDS.flatMap(ground => [['ink', ground, TEXT], ['soft', ground, TEXT], ['edge', ground, SHAPE], ['focus', ground, SHAPE], ['accent', ground, TEXT], ['dead', ground, TEXT]]),
  ['accent', 'tint', TEXT], ['ink', 'tint', TEXT], ['soft', 'tint', TEXT], ['on-accent', 'accent', TEXT], ['on-dead', 'dead', TEXT],
  ...['waiting', 'retrying', 'paused', 'done', 'dead', 'off'].flatMap(state => [[state, `${state}-bg`, TEXT], ['ink', `${state}-bg`, TEXT]]),
  ...['done', 'waiting', 'paused'].map(state => [state, 'sunk', TEXT]),
  ...[0, 1, 2, 3].map(step => ['heat-low', `heat-${step}`, TEXT]),
  ...[4, 5].map(step => ['heat-high', `heat-${step}`, TEXT]),
];

for (const scheme of /** @type {const} */ (['light', 'dark'])) {
  const known = colours(scheme);
  for (const [on, ground, least] of PAIRS) {
    test(`${scheme}: ${on} can be read on ${ground}`, () => {
      const found = ratio(known[on], known[ground]);
      assert.ok(found >= least, `${on} ${known[on]} on ${ground} ${known[ground]}: ${found.toFixed(2)}`);
    });
  }
}

test('a scheme that was chosen goes before the system’s', () => {
  assert.match(css, /:root\[data-scheme="light"\] \{ color-scheme: light; \}/);
  assert.match(css, /:root\[data-scheme="dark"\] \{ color-scheme: dark; \}/);
  assert.ok(Object.keys(colours('dark')).length >= 30);
});

test('the style sheet stays small', () => assert.ok(Buffer.byteLength(css) <= 30_000, `${Buffer.byteLength(css)} bytes`));
