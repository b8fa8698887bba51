/** What is coming: how many timers come due when, and what the cluster can carry of it. Nobody has to wait for a plot of the past to see it. */
import {clock, get} from '../api.js';
import {go, link} from '../app.js';
import * as model from '../model/density.js';
import {count, number, rate, short} from '../model/words.js';
import {readers} from '../time.js';
import {Part, html, nothing} from './base.js';
import {SPANS, hour, months, week, year} from './density-views.js';
import {either} from './notice.js';

/** @typedef {model.Cell} Cell */
/** @typedef {model.View} View */

/** @type {[View, string][]} */
const VIEWS = [
  ['hour', 'Next hour'],
  ['week', '7 days'],
  ['year', '13 months'],
];
/** The service keeps its answers some seconds; what is far changes slowly. */
const EVERY = {hour: 10_000, week: 30_000, year: 60_000};
/** Below this width hours go down and months are folded. */
const NARROW = 740;
const LARGEST = 20;
/** One who moves over cells asks for none of them. */
const REST = 400;
const KEPT = 200;

/** Tells `density-view` with the view that was chosen. */
export class Density extends Part {
  static properties = {
    view: {},
    zone: {},
    label: {},
    workflowId: {},
    taskId: {},
    host: {},
    carried: {type: Number},
  };

  constructor() {
    super();
    /** @type {View} */
    this.view = 'hour';
    this.zone = readers();
    this.label = 'What is coming';
    /** @type {string | undefined} */
    this.workflowId = undefined;
    /** @type {string | undefined} */
    this.taskId = undefined;
    /** @type {string | undefined} */
    this.host = undefined;
    /** What is due already, and yet to be carried. */
    this.carried = 0;
    /** @type {Cell[] | undefined} */
    this.cells = undefined;
    /** @type {number | null} */
    this.capacity = null;
    /** @type {string[]} */
    this.labels = [];
    /** @type {number[]} */
    this.heat = [];
    /** @type {number | undefined} the focused cell, by where it begins: it stays the same in the next answer */
    this.focused = undefined;
    /** @type {number | undefined} */
    this.pointed = undefined;
    /** What came of looking into a cell, by its borders and count. @type {Map<string, string>} */
    this.looks = new Map();
    this.resting = 0;
    this.width = 0;
    this.sized = new ResizeObserver(([entry]) => {
      const width = Math.round(entry.contentRect.width);
      if (width !== this.width) {
        this.width = width;
        this.requestUpdate();
      }
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.sized.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sized.disconnect();
    clearTimeout(this.resting);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (['view', 'zone', 'workflowId', 'taskId', 'host'].some(name => changed.has(name))) {
      this.untrack(this.poller);
      this.cells = undefined;
      this.fault = undefined;
      this.focused = undefined;
      this.pointed = undefined;
      this.poller = this.track(signal => this.load(signal), {every: EVERY[this.view], slow: true});
    }
  }

  /** What narrows the counts. */
  get narrowed() {
    return {workflowId: this.workflowId, taskId: this.taskId, host: this.host};
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const {view, zone} = this;
    const spans = model.spans(view, zone, clock.now());
    /** @type {model.Answer[]} */
    const answers = await Promise.all(spans.map(span => get('/timers/density', {...model.asked(span), ...this.narrowed}, signal)));
    const cells = model.fold(view, zone, answers);
    this.capacity = model.carries(answers[0]?.capacityPerSecond);
    this.cells = cells;
    this.labels = cells.map(cell => model.sentence(view, cell, zone, this.capacity));
    this.heat = model.steps(cells.map(cell => cell.count));
    if (this.focused !== undefined && this.focused < cells[0].from) {
      // Its time is over.
      this.focused = cells[0].from;
    }
    void this.look();
    if (view === 'hour') {
      // The sentence above the bars is about the fullest, whatever is pointed at.
      void this.look(model.fullest(cells));
    }
  }

  /** The cell that the words below are about: the pointed, the focused, else the fullest. @returns {Cell | undefined} */
  get chosen() {
    const from = this.pointed ?? this.focused;
    return this.cells?.find(cell => cell.from === from) ?? model.fullest(this.cells ?? []);
  }

  /** Where the chosen cell holds more than some work, how it is spread in it is asked: what comes all at once is late though it fits on average. */
  async look(cell = this.chosen) {
    const {capacity} = this;
    if (!cell || !capacity || cell.count / capacity < model.WORTH || !cell.exact || this.looks.has(nameOf(cell))) {
      return;
    }
    const {view, zone} = this;
    if (this.looks.size > KEPT) {
      this.looks.clear();
    }
    this.looks.set(nameOf(cell), '');
    try {
      const words = await model.into(cell, zone, capacity, async span => (await get('/timers/density', {...model.asked(span), ...this.narrowed})).buckets);
      if (view === this.view) {
        this.looks.set(nameOf(cell), words);
        this.requestUpdate();
      }
    } catch {
      // The count stands without it; it is looked at again when it changes.
    }
  }

  /** @param {number | undefined} from */
  point(from) {
    this.pointed = from;
    this.rest();
  }

  /** @param {Cell} cell */
  focusOn(cell) {
    this.focused = cell.from;
    this.rest();
  }

  rest() {
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.look(), REST);
    this.requestUpdate();
  }

  /** @param {Cell} cell */
  href(cell) {
    return link('/timers', {...model.filterOf(cell, this.host), ...this.narrowed});
  }

  /** @param {PointerEvent} event @param {Cell} cell */
  clicked(event, cell) {
    if (event.pointerType === 'touch') {
      // A finger chooses; the line below leads on.
      this.point(cell.from);
    } else if (cell.count > 0) {
      go(this.href(cell));
    }
  }

  /** @param {KeyboardEvent} event @param {Cell} cell */
  pressed(event, cell) {
    const cells = /** @type {Cell[]} */ (this.cells ?? []);
    if (event.key === 'Enter' && cell.count > 0) {
      event.preventDefault();
      go(this.href(cell));
      return;
    }
    const to = cells[model.move(cells, cells.indexOf(cell), {key: event.key, ctrl: event.ctrlKey})];
    if (to && to !== cell && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.pointed = undefined;
      this.focusOn(to);
      void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector(`[data-from="${to.from}"]`))?.focus());
    }
  }

  render() {
    return html`<section class="card" aria-label=${this.label}>
      <header>
        <h2>${this.label}</h2>
        <div class="segments" role="group" aria-label="How far ahead">${VIEWS.map(
          ([view, words]) => html`<button type="button" aria-pressed=${view === this.view ? 'true' : 'false'} @click=${() => this.choose(view)}>${words}</button>`,
        )}</div>
      </header>
      ${either({fault: this.fault, there: this.cells !== undefined && this.width > 0, lines: 7, again: () => this.again()}, () => this.whole(/** @type {Cell[]} */ (this.cells)))}
    </section>`;
  }

  /** @param {View} view */
  choose(view) {
    this.dispatchEvent(new CustomEvent('density-view', {detail: {view}, bubbles: true}));
  }

  /** @param {Cell[]} cells */
  whole(cells) {
    const narrow = this.width < NARROW;
    const drawn = this.view === 'hour' ? hour(this, cells) : this.view === 'week' ? week(this, cells, narrow) : narrow ? months(this, cells) : year(this, cells);
    return html`<div class="stack tight" @pointerleave=${() => this.point(undefined)}>
      <p><strong>${this.summary(cells)}</strong>${this.view === 'hour' && this.carried > 0 ? html` <span class="soft">And ${number(this.carried)} due now.</span>` : nothing}</p>
      ${drawn}
      ${this.words(cells)}
    </div>
    ${this.foot(cells)}`;
  }

  /** What the view comes to. @param {Cell[]} cells */
  summary(cells) {
    const {capacity, zone, view} = this;
    if (view === 'hour') {
      const fullest = model.fullest(cells);
      const inside = fullest && this.looks.get(nameOf(fullest));
      const fits = model.load(cells, capacity, this.carried).every(({over}) => !over);
      return inside && fits ? `${inside} All else fits.` : model.summary(cells, zone, capacity, this.carried);
    }
    const all = cells.reduce((sum, cell) => sum + cell.count, 0);
    const over = model.load(cells, capacity).filter(each => each.over).length;
    const exact = cells.every(cell => cell.exact);
    const many = all === 0 ? 'Nothing comes due.' : `${count({count: all, exact})} ${all === 1 ? 'comes' : 'come'} due.`;
    const unit = view === 'week' ? 'hour' : 'day';
    return over > 0 ? `${many} In ${over === 1 ? `one ${unit}` : `${over} ${unit}s`} it is more than the cluster can carry.` : `${many}${all > 0 && capacity ? ` No ${unit} holds more than the cluster can carry.` : ''}`;
  }

  /** The chosen cell in words, and the way to its timers. @param {Cell[]} cells */
  words(cells) {
    const {chosen: cell} = this;
    if (!cell || cell.count === 0) {
      return html`<p class="chosen soft">${cell && (this.pointed ?? this.focused) !== undefined ? this.labels[cells.indexOf(cell)] : nothing}</p>`;
    }
    const inside = this.view === 'hour' ? '' : (this.looks.get(nameOf(cell)) ?? '');
    const label = this.labels[cells.indexOf(cell)];
    // What is inside says better how long it takes.
    const said = inside ? label.replace(model.work(cell.count, this.capacity), '') : label;
    return html`<p class="chosen">${(this.pointed ?? this.focused) === undefined ? html`<span class="soft">Most: </span>` : nothing}${said}${inside ? ` ${inside}` : nothing} <a class="nowrap" href=${this.href(cell)}>Show them</a></p>`;
  }

  /** @param {Cell[]} cells */
  foot(cells) {
    const sorted = [...cells].filter(cell => cell.count > 0).sort((a, b) => b.count - a.count || a.from - b.from);
    const most = sorted[0];
    const over = model.load(cells, this.capacity).some(each => each.over);
    return html`<footer class="legend small soft">
      ${this.view !== 'hour' && most ? html`<span>0 ${[0, 1, 2, 3, 4, 5].map(step => html`<i class="heat" data-heat=${step}></i>`)} ${short(most.count)}</span>` : nothing}
      ${cells.every(cell => cell.exact) ? nothing : html`<span><i class="heat" data-heat="4" data-estimated></i> outlined: estimated</span>`}
      ${over ? html`<span><strong>!</strong> <i class="heat over"></i> more than the cluster can carry, going by its best minute of the last day (${rate(this.capacity ?? 0)})</span>` : nothing}
      <span>Waiting timers${this.host ? '' : ', paused ones too'}; times in ${this.zone}.</span>
      ${sorted.length > 0
        ? html`<details class="fold"><summary>As a table</summary>
            <div class="table"><table>
              <caption class="visually-hidden">${SPANS[this.view]}: the fullest</caption>
              <thead><tr><th scope="col">From (${this.zone})</th><th scope="col" class="number">Due</th></tr></thead>
              <tbody>${sorted.slice(0, LARGEST).map(
                cell => html`<tr><th scope="row"><a href=${this.href(cell)}>${model.when(this.view, cell, this.zone)}</a></th><td class="number">${cell.exact ? '' : '≈ '}${number(cell.count)}</td></tr>`,
              )}</tbody>
              ${sorted.length > LARGEST ? html`<tfoot class="small soft"><tr><td colspan="2">and ${number(sorted.length - LARGEST)} more with fewer</td></tr></tfoot>` : nothing}
            </table></div>
          </details>`
        : nothing}
    </footer>`;
  }

  /** One cell of a grid. Its number is drawn by the style sheet: its name says it in full. @param {Cell} cell @param {number} i @param {{over?: boolean, content?: unknown}} [how] */
  cell(cell, i, {over = false, content = nothing} = {}) {
    const tabbed = this.focused ?? model.fullest(this.cells ?? [])?.from;
    return html`<span role="gridcell" class="heat ${over ? 'over' : ''}" tabindex=${cell.from === tabbed || (tabbed === undefined && i === 0) ? '0' : '-1'} aria-label=${this.labels[i]} data-from=${cell.from} data-heat=${this.heat[i]} data-n=${cell.count > 0 ? short(cell.count) : ''} ?data-estimated=${!cell.exact}
      @pointerenter=${() => this.point(cell.from)} @focus=${() => this.focusOn(cell)} @click=${(/** @type {PointerEvent} */ event) => this.clicked(event, cell)} @keydown=${(/** @type {KeyboardEvent} */ event) => this.pressed(event, cell)}>${content}</span>`;
  }
}

/** @param {Cell} cell */
const nameOf = ({from, to, count}) => `${from} ${to} ${count}`;

customElements.define('bide-density', Density);
