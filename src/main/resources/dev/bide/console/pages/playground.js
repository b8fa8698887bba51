/** Any delay, from several moments and in several places. All of it stands in the address, so that it can be sent to somebody. */
import {clock, may, problem} from '../api.js';
import {go, here, link} from '../app.js';
import {parse, write} from '../model/json.js';
import {nextTen, years} from '../model/starts.js';
import {list} from '../model/words.js';
import {modern} from '../model/zones.js';
import {days} from '../time.js';
import {Part, heading, html, icon, nothing, toast} from '../parts/base.js';
import {copy} from '../parts/curl.js';
import {after, clockNote, dueCell, nowish, pauseAfter, previews, startsIn} from '../parts/delay-answer.js';
import '../parts/delay-editor.js';
import {failed, loading} from '../parts/notice.js';
import {exact, locals, readers} from '../parts/times.js';
import '../parts/when.js';
import {zonePicker} from '../parts/zone-picker.js';

const MOST_ZONES = 4;
const MOST_STARTS = 20;
const DAY = 86_400_000;
const ONE_DAY = {type: 'period', amount: 1, unit: 'days'};

/** @typedef {import('../parts/delay-answer.js').Item} Item */

export default class Playground extends Part {
  static title() {
    return 'Playground';
  }

  /** @type {Record<string, number>} */
  static calls = {previewDelay: 0};

  constructor() {
    super();
    /** @type {any} */
    this.delay = ONE_DAY;
    /** @type {string[]} */
    this.zones = [];
    /** @type {string[]} what was asked for; else those that are worth a look */
    this.from = [];
    this.wrong = '';
    /** @type {{starts: string[], columns: Item[][], zones: string[]} | undefined} */
    this.grid = undefined;
    /** @type {Item[]} */
    this.ten = [];
    this.adding = false;
    /** @type {string} what is wrong with a new start */
    this.refusal = '';
    this.typed = 0;
    this.abort = new AbortController();
    this.placed();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.typed);
    this.abort.abort();
  }

  /** Takes what the address says. */
  placed() {
    const {query} = here();
    clearTimeout(this.typed);
    this.zones = [...new Set(query.getAll('zone').filter(zone => zone.trim() !== ''))].slice(0, MOST_ZONES);
    if (this.zones.length === 0) {
      this.zones = [modern(readers())];
    }
    this.from = [...new Set(query.getAll('from'))].filter(text => !Number.isNaN(Date.parse(text))).map(text => new Date(text).toISOString()).slice(0, MOST_STARTS);
    const text = query.get('delay');
    this.wrong = '';
    if (text === null) {
      this.delay = ONE_DAY;
    } else if (text !== write(this.delay)) {
      try {
        const read = parse(text);
        if (read === null || typeof read !== 'object' || Array.isArray(read)) {
          throw new Error('it is no object');
        }
        this.delay = read;
      } catch (fault) {
        this.wrong = fault instanceof Error ? fault.message : String(fault);
        this.delay = ONE_DAY;
      }
    }
    void this.load();
  }

  address() {
    const query = new URLSearchParams([['delay', write(this.delay)], ...this.zones.map(zone => ['zone', zone]), ...this.from.map(from => ['from', from])]);
    return `${link('/playground')}?${query}`;
  }

  /** @param {{zones?: string[], from?: string[], delay?: unknown}} patch @param {boolean} [push] */
  change(patch, push = false) {
    Object.assign(this, patch);
    this.requestUpdate();
    clearTimeout(this.typed);
    this.typed = window.setTimeout(() => go(this.address(), {replace: !push, keepFocus: true}), push ? 0 : 200);
  }

  async load() {
    this.abort.abort();
    const {signal} = (this.abort = new AbortController());
    const {delay, zones} = this;
    try {
      const now = nowish();
      const starts = this.from.length > 0 ? this.from : [now, ...(await startsIn(zones[0])).map(start => start.at)];
      const columns = await Promise.all(zones.map(zone => previews(delay, starts, zone, signal)));
      await Promise.all(zones.map(zone => locals.of(zone, starts)));
      const again = delay.type === 'weekdays' || (delay.type === 'date' && String(delay.date).startsWith('--'));
      const own = delay.timezone ?? zones[0];
      const beginnings = delay.type === 'weekdays' ? [Date.parse(now), ...days(own, clock.now(), 80).slice(1)] : years(Date.parse(now));
      const ten = again ? await nextTen(delay, own, beginnings, (what, from, zone) => previews(what, from, zone, signal)) : [];
      if (!signal.aborted) {
        [this.grid, this.ten, this.fault] = [{starts, columns, zones}, ten, undefined];
      }
    } catch (error) {
      if (!signal.aborted) {
        this.fault = problem(error);
        if (this.fault.away) {
          this.typed = window.setTimeout(() => this.load(), pauseAfter(this.fault));
        }
      }
    }
    this.requestUpdate();
  }

  /** A start by the clocks of the first zone: the service says which moment that is. @param {SubmitEvent} event */
  async add(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const given = new FormData(form);
    const [date, at] = [String(given.get('date')), String(given.get('at'))];
    try {
      // Begun two days before that date by any clock.
      const before = new Date(Date.parse(`${date}T00:00:00Z`) - 2 * DAY).toISOString();
      const [item] = await previews({type: 'date', date, at}, [before], this.zones[0]);
      this.refusal = '';
      this.adding = false;
      this.change({from: [...new Set([...(this.grid?.starts ?? []), String(item.dueAt)])].sort().slice(0, MOST_STARTS)}, true);
    } catch (error) {
      this.refusal = date === '' ? 'Choose a date.' : problem(error).message.replace(/^delay\./, '');
      this.requestUpdate();
    }
  }

  render() {
    return html`${heading('Playground', 'What a delay comes to. Nothing is stored, nobody is called.', html`
        <button type="button" @click=${async () => toast((await copy(new URL(this.address(), document.baseURI).href)) ? 'The link is copied.' : 'This browser does not let a page copy. The address of this page is the link.')}>${icon('link')}Copy the link</button>
        ${may('createWorkflow', 'POST', '/workflows') ? html`<a class="button" href=${link('/workflows/new', {delay: write(this.delay), zone: this.zones[0]})}>Use in a workflow</a>` : nothing}`)}
      <div class="stack">
        ${this.wrong ? html`<div class="notice fault" role="alert"><p class="row">${icon('cross')}<strong>The delay in the address can’t be read</strong></p><p>${this.wrong}. Below is one of a day instead.</p></div>` : nothing}
        <section class="card" aria-label="The delay"><bide-delay-editor .value=${this.delay} .zone=${this.zones[0]} .zoneFrom=${'of the run: here the first one below'} .linked=${false} @delay-change=${(/** @type {CustomEvent} */ event) => this.change({delay: event.detail.json})}></bide-delay-editor></section>
        ${this.places()}
        ${this.ten.length > 0 && !this.fault ? html`<section class="card"><header><h2>The next ten</h2><span class="scope">by the clocks of ${this.delay.timezone ?? this.zones[0]}</span></header><ol class="ten">${this.ten.map(item => html`<li><span class="nowrap">${exact(item.local)}</span> ${clockNote(item, undefined)}</li>`)}</ol></section>` : nothing}
      </div>`;
  }

  places() {
    const {zones, grid, fault} = this;
    return html`<section class="card">
      <header><h2>From other moments, in other time zones</h2><span class="scope">${this.delay.timezone ? `The delay has a time zone of its own, ${this.delay.timezone}: those below change nothing.` : `${zones.length === 1 ? 'one time zone' : `${zones.length} time zones`}, at most ${MOST_ZONES}`}</span></header>
      <div class="stack">
        <div class="filters">
          ${zones.map((zone, i) => html`<div class="row end">${zonePicker({id: `place-${i}`, label: i === 0 ? 'Time zone' : `Time zone ${i + 1}`, value: zone, change: next => this.change({zones: zones.map((other, j) => (i === j ? next || other : other))}, true)})}
            ${zones.length > 1 ? html`<button type="button" class="square plain" aria-label="Without ${zone}" title="Without ${zone}" @click=${() => this.change({zones: zones.filter((_, j) => i !== j)}, true)}>${icon('close')}</button>` : nothing}</div>`)}
          ${zones.length < MOST_ZONES ? html`<button type="button" @click=${() => this.change({zones: [...zones, ['UTC', 'Asia/Ho_Chi_Minh', 'Europe/Berlin', 'America/New_York'].find(zone => !zones.includes(zone)) ?? 'UTC']}, true)}>Add a time zone</button>` : nothing}
        </div>
        ${fault ? (fault.errors.length > 0 ? html`<p class="soft">Not yet: the delay can’t be used so. ${list(fault.errors.map(error => `${error.field} ${error.message}`))}.</p>` : failed(fault, () => this.load())) : grid ? this.table(grid) : loading(5)}
        ${this.start()}
      </div>
    </section>`;
  }

  /** @param {{starts: string[], columns: Item[][], zones: string[]}} grid */
  table({starts, columns, zones}) {
    return html`<div class="table cards" role="region" aria-label="When it is due" tabindex="0"><table class="places">
      <caption class="visually-hidden">When it is due, by beginning and time zone</caption>
      <thead><tr><th scope="col">Begun, ${zones[0]}</th>${zones.map(zone => html`<th scope="col">${zone}</th>`)}${this.from.length > 0 ? html`<th scope="col"><span class="visually-hidden">Without it</span></th>` : nothing}</tr></thead>
      <tbody>${starts.map((start, i) => html`<tr>
        <th scope="row"><bide-when .at=${start} .zone=${zones[0]} .only=${'exact'}></bide-when></th>
        ${zones.map((zone, j) => html`<td data-label=${zone}>${dueCell(columns[j][i], locals.get(this.delay.timezone ?? zone, start))}<span class="note">${after(columns[j][i], start)}</span></td>`)}
        ${this.from.length > 0 ? html`<td class="number"><button type="button" class="square plain" aria-label="Without this start" @click=${() => this.change({from: this.from.filter(other => other !== start)}, true)}>${icon('close')}</button></td>` : nothing}
      </tr>`)}</tbody>
    </table></div>`;
  }

  start() {
    if (!this.adding) {
      return html`<div class="row">
        ${(this.grid?.starts.length ?? 0) < MOST_STARTS ? html`<button type="button" @click=${async () => {
          this.adding = true;
          this.requestUpdate();
          await this.updateComplete;
          /** @type {HTMLInputElement | null} */ (this.querySelector('#start-date'))?.focus();
        }}>Add a start</button>` : nothing}
        ${this.from.length > 0 ? html`<button type="button" class="plain" @click=${() => this.change({from: []}, true)}>Back to the usual ones</button>` : nothing}
      </div>`;
    }
    return html`<form class="filters" @submit=${(/** @type {SubmitEvent} */ event) => this.add(event)}>
      <div class="field"><label for="start-date">Begun on</label><input id="start-date" name="date" type="date" required aria-invalid=${this.refusal ? 'true' : nothing} aria-describedby=${this.refusal ? 'start-error' : nothing}></div>
      <div class="field"><label for="start-at">at</label><input id="start-at" class="short" name="at" value="12:00" autocomplete="off"></div>
      <button class="primary">Add it</button>
      <button type="button" @click=${() => {
        this.adding = false;
        this.refusal = '';
        this.requestUpdate();
      }}>Not now</button>
      <span class="soft small">by the clocks of ${this.zones[0]}</span>
      ${this.refusal ? html`<p class="error" id="start-error">${icon('cross')}<span>${this.refusal}</span></p>` : nothing}
    </form>`;
  }
}

customElements.define('bide-playground', Playground);
