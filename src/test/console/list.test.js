import assert from 'node:assert/strict';
import test from 'node:test';
import {Pages} from '../../main/resources/dev/bide/console/parts/list.js';

/** A list of ids that grows at its head, by pages of two; the cursor is the last id of the page. */
function newestFirst(ids) {
  globalThis.fetch = async address => {
    const {searchParams} = new URL(address, 'http://bide.example');
    const from = searchParams.has('cursor') ? ids.indexOf(searchParams.get('cursor')) + 1 : 0;
    const items = ids.slice(from, from + 2).map(id => ({id}));
    return new Response(JSON.stringify({items, nextCursor: from + 2 < ids.length ? items[1].id : null}), {headers: {'Content-Type': 'application/json'}});
  };
}

globalThis.sessionStorage = {getItem: () => null, setItem: () => {}, removeItem: () => {}};
const shown = pages => pages.all.map(({id}) => id).join(' ');
const made = how => new Pages({path: '/timers', query: () => ({}), size: 2, changed: () => {}, ...how});

test('what is newer pushes nothing out between the first page and older ones', async () => {
  const pages = made();
  newestFirst(['e', 'd', 'c', 'b', 'a']);
  await pages.first();
  await pages.goOn();
  assert.equal(shown(pages), 'e d c b');
  newestFirst(['f', 'e', 'd', 'c', 'b', 'a']);
  await pages.first();
  assert.equal(shown(pages), 'e d c b');
  pages.show();
  assert.equal(shown(pages), 'f e');
  await pages.goOn();
  await pages.goOn();
  assert.equal(shown(pages), 'f e d c b a');
  assert.equal(pages.cursor, null);
});

test('a list of one page follows what comes, unless its rows must stay', async () => {
  let calm = false;
  const pages = made({calm: () => calm});
  newestFirst(['c', 'b', 'a']);
  await pages.first();
  newestFirst(['d', 'c', 'b', 'a']);
  await pages.first();
  assert.equal(shown(pages), 'd c');
  calm = true;
  newestFirst(['c', 'b', 'a']);
  await pages.first();
  assert.equal(shown(pages), 'd c');
  await pages.goOn();
  assert.equal(shown(pages), 'd c b a');
});
