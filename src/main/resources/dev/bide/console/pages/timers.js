/** Timers: by state, due range, destination, key, workflow. Everything that is chosen stands in the address. */
import {get, may} from '../api.js';
import {here, link, setQuery} from '../app.js';
import * as filters from '../model/filter.js';
import {TIMER_STATES, host, shortId, some, state} from '../model/words.js';
import {Part, chip, heading, html, icon, ifDefined, nothing, repeat} from '../parts/base.js';
import {asCurl} from '../parts/curl.js';
import {either, empty} from '../parts/notice.js';
import {utc, exact} from '../parts/times.js';
import '../parts/when.js';

const PAGE = 50;
const MOST = 500;
/** Pages that are short or empty, but lead on, are followed so often by themselves. */
const FOLLOWED = 3;

/** @typedef {Record<string, any>} Timer */

export default class Timers extends Part {
  static title() {
    return 'Timers';
  }

  /** @type {Record<string, number>} */
  static calls = {listTimers: 2000};

  constructor() {
    super();
    /** @type {Timer[] | undefined} */
    this.items = undefined;
    /** @type {Timer[]} older pages, which are not asked again */
    this.more = [];
    /** @type {string | null} */
    this.cursor = null;
    this.filter = filters.read(here().query);
    this.typed = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.poller = this.track(signal => this.load(signal));
  }

  /** The address has changed. */
  placed() {
    const next = filters.read(here().query);
    if (JSON.stringify(next) === JSON.stringify(this.filter)) {
      return;
    }
    this.filter = next;
    this.items = undefined;
    this.more = [];
    this.cursor = null;
    this.untrack(this.poller);
    this.poller = this.track(signal => this.load(signal));
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const page = await this.page(undefined, signal);
    this.items = page.items;
    if (this.more.length === 0) {
      this.cursor = page.cursor;
    }
  }

  /** @param {string | undefined} cursor @param {AbortSignal} [signal] @returns {Promise<{items: Timer[], cursor: string | null}>} */
  async page(cursor, signal) {
    /** @type {Timer[]} */
    let items = [];
    let at = cursor;
    for (let i = 0; i <= FOLLOWED; i++) {
      const answer = await get('/timers', {...filters.asked(this.filter), limit: PAGE, cursor: at}, signal);
      items = [...items, ...answer.items];
      if (answer.nextCursor === null || items.length >= PAGE) {
        return {items, cursor: answer.nextCursor};
      }
      at = answer.nextCursor;
    }
    return {items, cursor: at ?? null};
  }

  async goOn() {
    if (this.busy || !this.cursor) {
      return;
    }
    this.busy = true;
    this.requestUpdate();
    try {
      const page = await this.page(this.cursor);
      this.more = [...this.more, ...page.items];
      this.cursor = page.cursor;
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  /** @param {string} name */
  toggle(name) {
    const chosen = new Set(this.filter.status);
    if (!chosen.delete(name)) {
      chosen.add(name);
    }
    setQuery({status: TIMER_STATES.filter(status => chosen.has(status)).join(',')}, {push: true});
  }

  /** @param {filters.Field} field @param {string} value */
  type(field, value) {
    clearTimeout(this.typed);
    this.typed = window.setTimeout(() => setQuery({[field]: value.trim()}), 300);
  }

  render() {
    const scope = html`${filters.words(this.filter, {time: instant => exact(utc(instant))})}, ${filters.orderWords(this.filter)}`;
    return html`${heading('Timers', scope)}${this.filters()}${either({fault: this.fault, there: this.items !== undefined, lines: 8, again: () => this.again()}, () => this.list())}`;
  }

  filters() {
    return html`
      <div class="filters" role="search" aria-label="Which timers">
        <div class="toggles" role="group" aria-label="State">${TIMER_STATES.map(name => {
          const why = filters.barred(this.filter, 'status', name);
          const on = this.filter.status.includes(name);
          return html`<button type="button" class="toggle" aria-pressed=${on ? 'true' : 'false'} aria-disabled=${why && !on ? 'true' : 'false'} title=${ifDefined(why ?? undefined)} @click=${() => !(why && !on) && this.toggle(name)}>${icon(on ? 'tick' : state(name).icon)}${name}</button>`;
        })}</div>
        ${this.text('host', 'Destination', 'api.example.com')}${this.text('key', 'Key', 'compared whole')}
        ${filters.isEmpty(this.filter) ? nothing : html`<a class="button plain" href=${link('/timers')}>Drop all filters</a>`}
      </div>`;
  }

  /** @param {'host' | 'key'} field @param {string} label @param {string} hint */
  text(field, label, hint) {
    const why = this.filter[field] ? null : filters.barred(this.filter, field);
    return html`<div class="field">
      <label for="filter-${field}">${label}</label>
      <input id="filter-${field}" type="search" autocomplete="off" spellcheck="false" placeholder=${hint} ?disabled=${why !== null} title=${ifDefined(why ?? undefined)} .value=${this.filter[field] ?? ''} @input=${(/** @type {Event} */ event) => this.type(field, /** @type {HTMLInputElement} */ (event.target).value)}>
    </div>`;
  }

  list() {
    const fresh = this.items ?? [];
    const ids = new Set(fresh.map(timer => timer.id));
    const items = [...fresh, ...this.more.filter(timer => !ids.has(timer.id))];
    if (items.length === 0 && this.cursor === null) {
      return filters.isEmpty(this.filter)
        ? empty('Nothing here yet. A timer is one wait for one call; runs of workflows make them.', may('createWorkflow') ? html`<a class="button primary" href=${link('/workflows/new')}>Make a workflow</a>` : nothing)
        : empty('No timer matches.', html`<a class="button" href=${link('/timers')}>Drop all filters</a>`);
    }
    return html`
      <div class="table cards"><table>
        <caption class="visually-hidden">Timers ${filters.orderWords(this.filter)}</caption>
        <thead><tr><th scope="col">Due</th><th scope="col">State</th><th scope="col">Destination</th><th scope="col">Key</th><th scope="col" class="number">Attempts</th></tr></thead>
        <tbody>${repeat(items, timer => timer.id, timer => this.timer(timer))}</tbody>
      </table></div>
      <p class="row small soft">
        ${some(items.length, 'timer')} shown.
        ${this.cursor === null ? 'That is all.' : items.length >= MOST ? 'Narrow it down to see others.' : html`<button type="button" aria-disabled=${this.busy ? 'true' : 'false'} @click=${() => this.goOn()}>${items.length === 0 ? 'None found yet. Go on' : 'More'}</button>`}
      </p>
      ${asCurl('GET', '/timers', {query: filters.asked(this.filter)})}`;
  }

  /** @param {Timer} timer */
  timer(timer) {
    const at = timer.nextAttemptAt ?? timer.dueAt;
    return html`<tr>
      <th scope="row"><a href=${link(`/timers/${timer.id}`)}><bide-when .at=${at} .zone=${timer.timezone}></bide-when></a></th>
      <td>${chip(timer.status)}</td>
      <td data-label="to"><span class="cut" title=${timer.action.url}>${host(timer.action.url)}</span></td>
      <td data-label=${timer.key ? 'key' : timer.runId ? 'run' : 'id'}>${timer.key ? html`<span class="cut">${timer.key}</span>` : timer.runId ? html`<a href=${link(`/runs/${timer.runId}`)}>run ${shortId(timer.runId)}</a>` : html`<span class="soft mono">${shortId(timer.id)}</span>`}</td>
      <td class="number" data-label="attempts">${timer.attempts.length}</td>
    </tr>`;
  }
}

customElements.define('bide-timers', Timers);
