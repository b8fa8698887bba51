/** Lists by pages: the first is asked again and again, older ones are kept; rows don't move under the pointer, nor out of a list with older pages. And rows that are chosen. */
import {get} from '../api.js';
import {some} from '../model/words.js';
import {html, live, nothing} from './base.js';

const MOST = 500;
/** Pages that are short or empty, but lead on, are followed so often by themselves. */
const FOLLOWED = 3;
export const CHOSEN_MOST = 50;

/** @typedef {Record<string, any>} Item */

export class Pages {
  /**
   * @param {{path: string, query: () => Record<string, string | number | boolean | undefined>, size?: number, changed: () => void, calm?: () => boolean, key?: (item: Item) => string}} how
   *   `calm`: whether rows must stay where they are just now
   */
  constructor({path, query, size = 50, changed, calm = () => false, key = item => item.id}) {
    this.path = path;
    this.query = query;
    this.size = size;
    this.changed = changed;
    this.calm = calm;
    this.key = key;
    /** @type {Item[] | undefined} */
    this.items = undefined;
    /** @type {Item[]} older pages, which are not asked again */
    this.more = [];
    /** @type {string | null} */
    this.cursor = null;
    /** @type {{items: Item[], cursor: string | null} | undefined} what came while rows had to stay */
    this.waiting = undefined;
    /** @type {Item} the last answer but its items */
    this.rest = {};
    this.busy = false;
    this.turn = 0;
  }

  reset() {
    this.items = undefined;
    this.more = [];
    this.cursor = null;
    this.waiting = undefined;
    this.rest = {};
    this.busy = false;
    this.turn++;
  }

  /** @param {AbortSignal} [signal] */
  async first(signal) {
    const page = await this.page(undefined, signal);
    this.rest = page.rest;
    const before = this.items;
    if (before === undefined || (this.more.length === 0 && !this.calm())) {
      this.items = page.items;
      this.cursor = page.cursor;
      this.waiting = undefined;
      return;
    }
    const fresh = new Map(page.items.map(item => [this.key(item), item]));
    this.items = before.map(item => fresh.get(this.key(item)) ?? item);
    const same = page.items.length === before.length && page.items.every((item, i) => this.key(item) === this.key(before[i]));
    this.waiting = same ? undefined : page;
    if (same && this.more.length === 0) {
      this.cursor = page.cursor;
    }
  }

  /** @param {string | undefined} cursor @param {AbortSignal} [signal] @returns {Promise<{items: Item[], cursor: string | null, rest: Item}>} */
  async page(cursor, signal) {
    /** @type {Item[]} */
    let items = [];
    let at = cursor;
    for (let i = 0; ; i++) {
      const {items: some, nextCursor, ...rest} = await get(this.path, {...this.query(), limit: this.size, cursor: at}, signal);
      items = [...items, ...some];
      if (nextCursor === null || items.length >= this.size || i === FOLLOWED) {
        return {items, cursor: nextCursor, rest};
      }
      at = nextCursor;
    }
  }

  async goOn() {
    if (this.busy || !this.cursor) {
      return;
    }
    const {turn} = this;
    this.busy = true;
    this.changed();
    try {
      const page = await this.page(this.cursor);
      if (turn === this.turn) {
        this.more = [...this.more, ...page.items];
        this.cursor = page.cursor;
      }
    } finally {
      this.busy = false;
      this.changed();
    }
  }

  /** The first page as it is by now. Those that were open below it end where it ended before, and are dropped. */
  show() {
    if (this.waiting) {
      this.items = this.waiting.items;
      this.cursor = this.waiting.cursor;
      this.more = [];
      this.waiting = undefined;
      this.turn++;
    }
    this.changed();
  }

  get all() {
    const fresh = this.items ?? [];
    const known = new Set(fresh.map(this.key));
    return [...fresh, ...this.more.filter(item => !known.has(this.key(item)))];
  }

  /** Above the rows: that there are others by now. */
  newer() {
    if (!this.waiting) {
      return nothing;
    }
    const known = new Set((this.items ?? []).map(this.key));
    const fresh = this.waiting.items.filter(item => !known.has(this.key(item))).length;
    return html`<p class="small row">${fresh > 0 ? `${fresh} newer.` : 'The order has changed.'} <button type="button" class="plain" @click=${() => this.show()}>Show</button></p>`;
  }

  /** Below the rows: how many, and more of them. @param {string} one @param {unknown} [narrow] what to do where there are too many */
  foot(one, narrow = 'Narrow it down to see others.') {
    const shown = this.all.length;
    const on = () => this.goOn().catch(() => {});
    return html`<p class="small soft row">${shown === 0 ? 'None found yet.' : `${some(shown, one)} shown.`}
      ${this.cursor === null ? 'That is all.' : shown >= MOST ? narrow : html`<button type="button" aria-disabled=${this.busy ? 'true' : 'false'} @click=${on}>${shown === 0 ? 'Go on' : 'More'}</button>`}</p>`;
  }
}

/** Rows that are chosen: Space chooses one, Shift+Space (or a click with Shift) all from the last one to here. */
export class Choice {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    /** @type {Set<string>} */
    this.ids = new Set();
    /** @type {string | undefined} */
    this.last = undefined;
  }

  clear() {
    this.ids.clear();
    this.last = undefined;
    this.changed();
  }

  /** @param {string} id @param {boolean} on @param {boolean} upTo @param {string[]} order */
  set(id, on, upTo, order) {
    const [from, to] = upTo && this.last !== undefined && order.includes(this.last) ? [order.indexOf(this.last), order.indexOf(id)].sort((a, b) => a - b) : [order.indexOf(id), order.indexOf(id)];
    for (const each of order.slice(from, to + 1)) {
      if (!on) {
        this.ids.delete(each);
      } else if (this.ids.size < CHOSEN_MOST) {
        this.ids.add(each);
      }
    }
    this.last = id;
    this.changed();
  }

  /** @param {string} id @param {string} label @param {string[]} order */
  box(id, label, order) {
    let shift = false;
    return html`<input type="checkbox" aria-label=${label} .checked=${live(this.ids.has(id))}
      @keydown=${(/** @type {KeyboardEvent} */ event) => {
        if (event.key === ' ' && event.shiftKey) {
          event.preventDefault();
          this.set(id, true, true, order);
        }
      }}
      @pointerdown=${(/** @type {PointerEvent} */ event) => (shift = event.shiftKey)}
      @change=${(/** @type {Event} */ event) => {
        this.set(id, /** @type {HTMLInputElement} */ (event.target).checked, shift, order);
        shift = false;
      }}>`;
  }
}

/** Whether rows must stay: the pointer is over them, or one has the focus. @param {HTMLElement} part */
export const isOver = part => part.querySelector('tbody:hover, tbody :focus-visible') !== null;
