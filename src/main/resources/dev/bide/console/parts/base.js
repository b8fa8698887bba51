/** What all parts of the page stand on: light DOM, icons, chips, counts. */
import {LitElement, html, nothing, svg} from 'lit';
import {poll, problem} from '../api.js';
import {count as countWords, state} from '../model/words.js';

export {LitElement, html, nothing, svg};
export {repeat} from 'lit/directives/repeat.js';
export {live} from 'lit/directives/live.js';
export {ref, createRef} from 'lit/directives/ref.js';
export {ifDefined} from 'lit/directives/if-defined.js';
export {keyed} from 'lit/directives/keyed.js';
export {classMap} from 'lit/directives/class-map.js';

/** @typedef {import('../api.js').Poller} Poller */
/** @typedef {import('../api.js').Problem} Problem */

/** A part of the page, drawn into the light DOM: one style sheet for all, and what checks a page sees all of it. */
export class Part extends LitElement {
  constructor() {
    super();
    /** @type {Problem | undefined} */
    this.fault = undefined;
    this.busy = false;
    /** @type {Set<Poller>} */
    this.pollers = new Set();
    /** Each poller's own: that one can be answered mends nothing of the other. @type {Map<Poller, Problem>} */
    this.polled = new Map();
  }

  createRenderRoot() {
    return this;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.pollers.forEach(poller => poller.stop());
    this.pollers.clear();
  }

  /**
   * Asks again and again while this part is on the page.
   * @param {(signal: AbortSignal) => Promise<void>} load
   * @param {{every?: number, slow?: boolean}} [how]
   * @returns {Poller}
   */
  track(load, how) {
    const poller = poll(async signal => {
      try {
        await load(signal);
        this.polled.delete(poller);
      } catch (error) {
        if (!signal.aborted) {
          this.polled.set(poller, problem(error));
        }
        throw error;
      } finally {
        if (!signal.aborted) {
          [this.fault] = this.polled.values();
          this.requestUpdate();
        }
      }
    }, how);
    this.pollers.add(poller);
    return poller;
  }

  /** @param {Poller | undefined} poller */
  untrack(poller) {
    if (poller) {
      poller.stop();
      this.pollers.delete(poller);
      this.polled.delete(poller);
    }
  }

  /** All that this part polls is asked now: something was changed. */
  again() {
    this.pollers.forEach(poller => poller.again());
  }
}

/** Paths of 12 × 12 px; drawn in the colour of the text around them. @type {Record<string, [string, ('line' | 'fill')?]>} */
const ICONS = {
  clock: ['M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1M6 6h3'],
  again: ['M10.300 3.500A5 5 0 1 0 11 6M10.800 1v2.800H8'],
  pause: ['M4 2v8M8 2v8'],
  tick: ['M1.500 6.500l3 3 6-7'],
  cross: ['M1 1h10v10H1zM3.700 3l2.300 2.300L8.300 3l.700.700L6.700 6 9 8.300l-.700.700L6 6.700 3.700 9 3 8.300 5.300 6 3 3.700z', 'fill'],
  slash: ['M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1M2.500 9.500l7-7'],
  dotted: ['M6 1h.01M9.500 2.500h.01M11 6h.01M9.500 9.500h.01M6 11h.01M2.500 9.500h.01M1 6h.01M2.500 2.500h.01'],
  fold: ['M0 6h3M4 10l2-8M7 10l2-8M10 6h2'],
  half: ['M6 1a5 5 0 1 0 0 10zM6 1.500a4.500 4.500 0 0 1 0 9V12A6 6 0 0 0 6 0z', 'fill'],
  flat: ['M1 6h10'],
  dot: ['M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8', 'fill'],
  hollow: ['M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8'],
  warn: ['M6 1v6M6 10.500v.010'],
  search: ['M5 1a4 4 0 1 0 0 8 4 4 0 0 0 0-8M8 8l3 3'],
  menu: ['M1 2.500h10M1 6h10M1 9.500h10'],
  close: ['M2 2l8 8M10 2l-8 8'],
  scheme: ['M6 1a5 5 0 1 0 0 10zM6 1a5 5 0 0 1 0 10', 'line'],
  copy: ['M4 4h7v7H4zM8 1.500H1.500V8'],
  up: ['M6 11V1.500M2 5.500l4-4 4 4'],
  down: ['M6 1v9.500M2 6.500l4 4 4-4'],
  link: ['M5 7l5.500-5.500M7 1.500h3.500V5M9 7v3.500H1.500V3H5'],
};

/** @param {string} name */
export function icon(name) {
  const [path, way = 'line'] = ICONS[name] ?? ICONS.hollow;
  return way === 'fill'
    ? html`<svg class="icon" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d=${path} fill="currentColor" fill-rule="evenodd"></path></svg>`
    : html`<svg class="icon" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d=${path} fill="none" stroke="currentColor" stroke-width="1.500" stroke-linecap="round" stroke-linejoin="round"></path></svg>`;
}

/** A state: its sign and its word. Colour comes on top for what is not over. @param {string} status @param {string} [words] */
export function chip(status, words) {
  const {word, tone, icon: sign} = state(status);
  return html`<span class="chip" data-tone=${tone}>${icon(sign)}${words ?? word}</span>`;
}

/** @param {Parameters<typeof countWords>[0]} counted */
export const count = counted => html`<span class=${typeof counted === 'object' && counted && !counted.exact ? 'nowrap estimated' : 'nowrap'}>${countWords(counted)}</span>`;

/** The head of a page. @param {unknown} title @param {unknown} scope @param {unknown} [actions] */
export const heading = (title, scope, actions = nothing) => html`
  <div class="title">
    <div><h1 tabindex="-1">${title}</h1>${scope ? html`<p class="scope">${scope}</p>` : nothing}</div>
    <div class="row">${actions}</div>
  </div>`;

/** Says something to all who listen, with a way back. @param {string} text @param {{words: string, act: () => void}} [back] */
export function toast(text, back) {
  document.dispatchEvent(new CustomEvent('bide-toast', {detail: {text, back}}));
}
