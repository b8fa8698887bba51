/**
 * How long to wait: a period, days of the week, a date. Beside it always the rule in words and what it comes to, from the service. Tells `delay-change` with `{json}` at each change,
 * and `delay-answer` with `{ok}` once the service has said what it comes to.
 */
import {problem} from '../api.js';
import {link} from '../app.js';
import {DAYS, IF_PAST, UNITS, WEEKEND, WORKDAYS, change, draft, fieldOf, json, missing, quick, shown, timeOfDay, zoneMatters} from '../model/delay.js';
import {pretty, write} from '../model/json.js';
import {modern} from '../model/zones.js';
import {MONTH_NAMES} from '../time.js';
import {Part, classMap, html, icon, live, nothing} from './base.js';
import {asCurl, copyButton} from './curl.js';
import {answerFor, answerView, nowish, pauseAfter, spoken} from './delay-answer.js';
import {loading} from './notice.js';
import {readers} from './times.js';
import {zonePicker} from './zone-picker.js';

/** @typedef {import('../model/delay.js').Draft} Draft */
/** @typedef {import('../api.js').FieldError} FieldError */

const TYPED = 150;
const SPOKEN = 1000;
const KINDS = [
  {kind: 'period', words: 'A period', help: '5 min, 3 days'},
  {kind: 'weekdays', words: 'Weekdays', help: 'next Monday'},
  {kind: 'date', words: 'A date', help: '24 December'},
];
const title = (/** @type {string} */ text) => text[0] + text.slice(1).toLowerCase();

export class DelayEditor extends Part {
  static properties = {
    value: {attribute: false},
    zone: {},
    zoneFrom: {},
    path: {},
    errors: {attribute: false},
    linked: {type: Boolean},
    fromNow: {type: Boolean},
  };

  static count = 0;

  constructor() {
    super();
    /** @type {any} a delay as the API has it */
    this.value = undefined;
    /** Counts where the delay has none of its own. */
    this.zone = 'UTC';
    this.zoneFrom = 'the run’s, or else the workflow’s';
    /** Of the delay in what is sent, for errors: `tasks[1].delay`. */
    this.path = 'delay';
    /** @type {FieldError[]} what the service said about it when it was saved, by fields below the delay */
    this.errors = [];
    /** Whether to lead to the playground. */
    this.linked = true;
    /** Whether it is counted from now alone. */
    this.fromNow = false;
    this.name = `delay-${++DelayEditor.count}`;
    this.draft = draft(undefined);
    this.sent = '';
    /** Times of day, by kind: going to and fro changes none. @type {Record<string, string | null>} */
    this.times = {period: null, weekdays: '09:00', date: '09:00'};
    this.dated = /** @type {'date' | 'yearly'} */ ('date');
    /** @type {import('./delay-answer.js').Answer | undefined} */
    this.answer = undefined;
    /** @type {FieldError[]} */
    this.refused = [];
    this.said = '';
    this.asked = '';
    this.timers = {typed: 0, spoken: 0, minute: 0, again: 0};
    this.abort = new AbortController();
  }

  connectedCallback() {
    super.connectedCallback();
    this.timers.minute = window.setInterval(() => !document.hidden && this.answer && this.answer.now !== nowish() && void this.ask(), 5000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    Object.values(this.timers).forEach(clearTimeout);
    this.abort.abort();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const fresh = changed.has('value') && write(this.value ?? null) !== this.sent;
    if (fresh) {
      this.take(draft(this.value));
    }
    if (fresh || changed.has('zone') || this.sent === '') {
      this.sent = write(json(this.draft));
      void this.ask();
    }
  }

  /** @param {Draft} next */
  take(next) {
    this.draft = next;
    if (next.kind === 'date' || next.kind === 'yearly') {
      this.dated = next.kind;
    }
    this.times[next.kind === 'yearly' ? 'date' : next.kind] = next.at;
  }

  /** The zone whose clocks count. */
  get own() {
    return this.draft.timezone?.trim() || this.zone;
  }

  /**
   * @template {keyof Draft} F
   * @param {F} field
   * @param {Draft[F]} value
   */
  set(field, value) {
    this.edit(change(this.draft, field, value));
  }

  /** @param {import('../model/delay.js').Kind} kind @param {Partial<Draft>} [more] */
  choose(kind, more) {
    this.edit({...this.draft, kind, at: this.times[kind === 'yearly' ? 'date' : kind], ...more});
  }

  /** @param {Draft} next */
  edit(next) {
    this.take(next);
    this.errors = [];
    this.refused = [];
    const value = json(this.draft);
    this.sent = write(value);
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('delay-change', {detail: {json: value}, bubbles: true}));
    this.abort.abort();
    clearTimeout(this.timers.typed);
    this.timers.typed = window.setTimeout(async () => {
      await this.ask();
      clearTimeout(this.timers.spoken);
      this.timers.spoken = window.setTimeout(() => {
        this.said = this.refused.length > 0 ? this.refused.map(fault => fault.message).join('. ') : this.answer ? spoken(this.answer) : '';
        this.requestUpdate();
      }, SPOKEN);
    }, TYPED);
  }

  /** Asks what it comes to; an answer to what was asked before is dropped. */
  async ask() {
    this.abort.abort();
    clearTimeout(this.timers.again);
    if (missing(this.draft)) {
      return;
    }
    const {signal} = (this.abort = new AbortController());
    const text = this.sent;
    try {
      const answer = await answerFor(json(this.draft), this.zone, this.own, signal, !this.fromNow);
      if (!signal.aborted) {
        [this.answer, this.asked, this.refused, this.fault] = [answer, text, [], undefined];
        this.tell(answer.items[0].error === undefined);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.fault = problem(error);
        this.refused = this.fault.errors.map(({field, message}) => ({field: field.replace(/^delay\./, ''), message}));
        this.tell(false);
        if (this.fault.away) {
          this.timers.again = window.setTimeout(() => this.ask(), pauseAfter(this.fault));
        }
      }
    }
    this.requestUpdate();
  }

  /** @param {boolean} ok */
  tell(ok) {
    this.dispatchEvent(new CustomEvent('delay-answer', {detail: {ok}, bubbles: true}));
  }

  /** What is wrong, at a field of the draft. @param {keyof Draft} field @returns {string} */
  wrong(field) {
    return [...this.errors, ...this.refused].find(fault => fieldOf(this.draft, fault.field) === field && (field !== 'timezone' || this.draft.timezone !== null))?.message ?? '';
  }

  /** @param {keyof Draft} field */
  problemAt(field) {
    const wrong = this.wrong(field);
    return wrong ? html`<span class="error" id="${this.name}-${field}-error">${icon('cross')}<span>${wrong}</span></span>` : nothing;
  }

  /** @param {keyof Draft} field */
  described(field) {
    return this.wrong(field) ? `${this.name}-${field}-error` : nothing;
  }

  /** @param {keyof Draft} field */
  invalid(field) {
    return this.wrong(field) ? 'true' : nothing;
  }

  render() {
    const {draft: now} = this;
    const kind = now.kind === 'yearly' ? 'date' : now.kind;
    const fields = shown(now);
    return html`
    <div class="stack">
    <div class="row offers" role="group" aria-label="Often wanted"><span class="soft small">Often:</span>${quick.map(
      offer => html`<button type="button" class="toggle" aria-pressed=${write(offer.delay) === write({...json(now), timezone: undefined}) ? 'true' : 'false'} @click=${() => this.offer(offer.delay)}>${offer.words}</button>`,
    )}</div>
    <div class="halves">
      <div class="stack">
        <fieldset>
          <legend class="small">Wait for</legend>
          <div class="options">${KINDS.map(
            ({kind: other, words, help}) => html`<label class="option"><input type="radio" name="${this.name}-kind" .checked=${live(kind === other)} @change=${() => this.choose(other === 'date' ? this.dated : /** @type {'period' | 'weekdays'} */ (other))}><span>${words}<br><span class="small soft">${help}</span></span></label>`,
          )}</div>
        </fieldset>
        ${kind === 'period' ? this.period() : kind === 'weekdays' ? this.weekdays() : this.dates()}
        ${fields.includes('at') ? this.timeOfDay() : nothing}
        ${now.kind === 'date' ? this.past() : nothing}
        ${zoneMatters(now) || now.timezone !== null ? this.clocks() : html`<p class="help soft small">So long by any clock: time zones change nothing.</p>`}
      </div>
      ${this.box()}
    </div></div>`;
  }

  /** Keeps the zone that was chosen. @param {Record<string, unknown>} delay */
  offer(delay) {
    this.edit({...draft(delay), timezone: this.draft.timezone});
  }

  period() {
    const {amount, unit, at} = this.draft;
    const whole = /^\d{1,5}$/.test(amount) ? Number(amount) * (unit === 'weeks' ? 7 : 1) : 0;
    return html`<fieldset>
      <legend class="small">How long</legend>
      <div class="row">
        <input class="tiny" inputmode="numeric" autocomplete="off" aria-label="Amount" data-path="${this.path}.amount" aria-invalid=${this.invalid('amount')} aria-describedby=${this.described('amount')} .value=${live(amount)}
          @input=${(/** @type {Event} */ event) => this.set('amount', /** @type {HTMLInputElement} */ (event.target).value)} @keydown=${(/** @type {KeyboardEvent} */ event) => this.step(event)}>
        <select aria-label="Unit" data-path="${this.path}.unit" aria-invalid=${this.invalid('unit')} @change=${(/** @type {Event} */ event) => this.set('unit', /** @type {HTMLSelectElement} */ (event.target).value)}>
          ${(UNITS.includes(unit) ? UNITS : [unit, ...UNITS]).map(each => html`<option value=${each} .selected=${each === unit}>${amount === '1' ? each.replace(/s$/, '') : each}</option>`)}
        </select>
        ${whole > 0 && at === null && shown(this.draft).includes('at') ? html`<span class="help soft small">${whole * 24} hours, to the second</span>` : nothing}
      </div>
      ${this.problemAt('amount')}${this.problemAt('unit')}
    </fieldset>`;
  }

  /** Up and down change the amount. @param {KeyboardEvent} event */
  step(event) {
    const by = {ArrowUp: 1, ArrowDown: -1}[event.key];
    if (by !== undefined && /^\d{1,9}$/.test(this.draft.amount)) {
      event.preventDefault();
      this.set('amount', String(Math.max(0, Number(this.draft.amount) + by)));
    }
  }

  weekdays() {
    const {days} = this.draft;
    const all = (/** @type {string} */ words, /** @type {string[]} */ chosen) => html`<button type="button" class="plain small" @click=${() => this.set('days', chosen)}>${words}</button>`;
    return html`<fieldset data-path="${this.path}.days" aria-describedby=${this.described('days')}>
      <legend class="small">On the next</legend>
      <div class="days">${DAYS.map(
        day => html`<label class="option" title=${title(day)}><input type="checkbox" class="visually-hidden" .checked=${live(days.includes(day))} @change=${() => this.set('days', days.includes(day) ? days.filter(other => other !== day) : [...days, day])}><span aria-hidden="true">${title(day).slice(0, 3)}</span><span class="visually-hidden">${title(day)}</span></label>`,
      )}</div>
      <div class="row">${all('all days', DAYS)}${all('workdays', WORKDAYS)}${all('weekend', WEEKEND)}</div>
      ${this.problemAt('days')}
    </fieldset>`;
  }

  dates() {
    const {kind, date, month, day} = this.draft;
    const way = (/** @type {'date' | 'yearly'} */ value, /** @type {string} */ words) => html`<label class="choice"><input type="radio" name="${this.name}-dated" .checked=${live(kind === value)} @change=${() => this.choose(value)}>${words}</label>`;
    return html`<fieldset>
      <legend class="small">Which</legend>
      <div class="stack tight">
        <div class="row">${way('date', 'on')}
          <input type="date" aria-label="Date" min="0001-01-01" max="9999-12-31" data-path="${kind === 'date' ? `${this.path}.date` : nothing}" aria-invalid=${this.invalid('date')} aria-describedby=${this.described('date')} .value=${live(date)}
            @input=${(/** @type {Event} */ event) => this.choose('date', {date: /** @type {HTMLInputElement} */ (event.target).value})}></div>
        <div class="row">${way('yearly', 'every year on')}
          <input class="tiny" inputmode="numeric" autocomplete="off" aria-label="Day" data-path="${kind === 'yearly' ? `${this.path}.date` : nothing}" aria-invalid=${this.invalid('day')} aria-describedby=${this.described('day')} .value=${live(day)}
            @input=${(/** @type {Event} */ event) => this.choose('yearly', {day: /** @type {HTMLInputElement} */ (event.target).value})}>
          <select aria-label="Month" @change=${(/** @type {Event} */ event) => this.choose('yearly', {month: /** @type {HTMLSelectElement} */ (event.target).value})}>
            ${MONTH_NAMES.map((name, i) => html`<option value=${String(i + 1)} .selected=${String(i + 1) === month}>${name}</option>`)}
          </select></div>
      </div>
      ${kind === 'yearly' && month === '2' && day.trim() === '29' ? html`<p class="help soft small">29 February waits for a leap year.</p>` : nothing}
      ${this.problemAt(kind === 'date' ? 'date' : 'day')}
    </fieldset>`;
  }

  timeOfDay() {
    const {at, kind} = this.draft;
    const without = {period: 'so many hours later, whatever the clock shows', weekdays: 'from the beginning of the day; at once if today is one of them', date: 'from the beginning of that day', yearly: 'from the beginning of that day'}[kind];
    return html`<fieldset>
      <legend class="small">Time of day</legend>
      <div class="row">
        <label class="choice"><input type="checkbox" .checked=${live(at !== null)} @change=${() => this.set('at', at === null ? '09:00' : null)}>at</label>
        ${at === null
          ? html`<span class="soft">none: ${without}</span>`
          : html`<input class="short" autocomplete="off" spellcheck="false" aria-label="Time of day" placeholder="09:00" data-path="${this.path}.at" aria-invalid=${this.invalid('at')} aria-describedby=${this.described('at')} .value=${live(at)}
              @input=${(/** @type {Event} */ event) => this.set('at', /** @type {HTMLInputElement} */ (event.target).value)} @change=${(/** @type {Event} */ event) => this.set('at', timeOfDay(/** @type {HTMLInputElement} */ (event.target).value))}>`}
      </div>
      ${this.problemAt('at')}
    </fieldset>`;
  }

  past() {
    return html`<fieldset data-path="${this.path}.ifPast">
      <legend class="small">If that date has passed</legend>
      ${IF_PAST.map(({value, words}) => html`<label class="choice"><input type="radio" name="${this.name}-past" .checked=${live(this.draft.ifPast === value)} @change=${() => this.set('ifPast', value)}>${words}</label>`)}
      ${this.problemAt('ifPast')}
    </fieldset>`;
  }

  clocks() {
    const {timezone} = this.draft;
    const own = async () => {
      this.set('timezone', modern(readers()));
      await this.updateComplete;
      /** @type {HTMLInputElement | null} */ (this.querySelector(`#${this.name}-zone`))?.select();
    };
    return html`<fieldset>
      <legend class="small">Time zone</legend>
      <label class="choice"><input type="radio" name="${this.name}-clocks" .checked=${live(timezone === null)} @change=${() => this.set('timezone', null)}><span>${this.zoneFrom} <span class="soft">(${this.zone})</span></span></label>
      <div class="row">
        <label class="choice"><input type="radio" name="${this.name}-clocks" .checked=${live(timezone !== null)} @change=${own}>always</label>
        ${timezone === null
          ? html`<span class="soft">the same one</span>`
          : zonePicker({id: `${this.name}-zone`, labelled: 'Time zone', value: timezone, path: `${this.path}.timezone`, error: this.wrong('timezone') || undefined, change: zone => this.set('timezone', zone)})}
      </div>
    </fieldset>`;
  }

  box() {
    const lacks = missing(this.draft);
    const old = this.answer !== undefined && (this.fault?.away === true || this.asked !== this.sent);
    const elsewhere = this.refused.filter(fault => {
      const field = fieldOf(this.draft, fault.field);
      return field === null || (field === 'timezone' && this.draft.timezone === null);
    });
    const refused = this.refused.length > 0;
    const value = json(this.draft);
    return html`<section class=${classMap({answer: true, old})} aria-label="What it comes to">
      ${lacks
        ? html`<p class="soft">${lacks}</p>`
        : refused
          ? html`<p class="soft">${elsewhere.length > 0 ? nothing : 'Not yet: see the field that is marked.'}</p>${elsewhere.map(({field, message}) => html`<p class="error">${icon('cross')}<span><code>${field}</code> ${message}</span></p>`)}`
          : this.answer
            ? answerView(this.answer, this.fault?.away === true)
            : this.fault
              ? html`<p class="error">${icon('cross')}<span>${this.fault.message}</span></p><div><button type="button" @click=${() => this.ask()}>Try again</button></div>`
              : loading(4)}
      <output class="visually-hidden" aria-live="polite">${this.said}</output>
      <footer class="row">
        <span class="soft small">Nothing is stored by looking.</span>
        ${lacks || refused || !this.linked ? nothing : html`<a class="small" href=${link('/playground', {delay: write(value), zone: this.own})}>Open in the playground</a>`}
        <details class="fold"><summary>As JSON</summary><pre class="well wrap" tabindex="0" aria-label="The delay as JSON">${pretty(write(value))}</pre>${copyButton(write(value))}</details>
        ${asCurl('POST', '/delays/preview', {body: {delay: value, timezone: this.zone}})}
      </footer>
    </section>`;
  }
}

customElements.define('bide-delay-editor', DelayEditor);
