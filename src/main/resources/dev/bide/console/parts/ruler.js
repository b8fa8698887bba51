/** A run on paper, while its workflow is being written: when each task would be due if the run started now. Tells `ruler` with `{steps}`. */
import {post, problem} from '../api.js';
import {write} from '../model/json.js';
import {walk} from '../model/walk.js';
import {Part, html, icon, nothing} from './base.js';
import {nowish, pauseAfter} from './delay-answer.js';
import {loading} from './notice.js';
import {exact, length, locals} from './times.js';

/** @typedef {import('../model/walk.js').Step} Step */

const PAUSE = 300;
/** Of a long workflow so many steps are drawn at first, and it is not walked again with each minute. */
const DRAWN = 12;

/** @param {unknown} delay @param {string} from @param {string} timezone @param {AbortSignal} [signal] */
const preview = (delay, from, timezone, signal) => post('/delays/preview', {delay, from, timezone}, {signal, patient: false});

export class Ruler extends Part {
  static properties = {
    tasks: {attribute: false},
    zone: {},
  };

  constructor() {
    super();
    /** @type {{name: string, delay: unknown}[]} */
    this.tasks = [];
    this.zone = 'UTC';
    this.now = nowish();
    /** @type {{steps: Step[], endsAt: string | null} | undefined} */
    this.walked = undefined;
    this.asked = '';
    this.whole = false;
    this.timers = {pause: 0, minute: 0, again: 0};
    this.abort = new AbortController();
  }

  connectedCallback() {
    super.connectedCallback();
    this.timers.minute = window.setInterval(() => !document.hidden && this.tasks.length <= DRAWN && this.now !== nowish() && void this.walk(), 5000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    Object.values(this.timers).forEach(clearTimeout);
    this.abort.abort();
  }

  willUpdate() {
    const asked = `${this.zone} ${write(this.tasks)}`;
    if (asked !== this.asked) {
      this.asked = asked;
      clearTimeout(this.timers.pause);
      this.timers.pause = window.setTimeout(() => this.walk(), this.walked ? PAUSE : 0);
    }
  }

  async walk() {
    this.abort.abort();
    const {signal} = (this.abort = new AbortController());
    clearTimeout(this.timers.again);
    const now = nowish();
    try {
      const walked = await walk(this.tasks, now, this.zone, preview, {signal});
      await locals.of(this.zone, [now, ...(walked.endsAt ? [walked.endsAt] : [])]);
      if (!signal.aborted) {
        [this.walked, this.now, this.fault] = [walked, now, undefined];
        this.dispatchEvent(new CustomEvent('ruler', {detail: {steps: walked.steps}, bubbles: true}));
      }
    } catch (error) {
      if (!signal.aborted) {
        this.fault = problem(error);
        if (this.fault.away) {
          this.timers.again = window.setTimeout(() => this.walk(), pauseAfter(this.fault));
        }
      }
    }
    this.requestUpdate();
  }

  drawAll() {
    this.whole = true;
    this.requestUpdate();
  }

  render() {
    const {walked} = this;
    if (this.tasks.length === 0) {
      return nothing;
    }
    if (!walked) {
      return this.fault ? html`<p class="note turned">${icon('warn')}<span>When a run would end is not known: ${this.fault.title}.</span></p>` : html`<section class="card">${loading(2)}</section>`;
    }
    const {steps, endsAt} = walked;
    const drawn = this.whole || steps.length <= DRAWN + 2 ? steps : steps.slice(0, DRAWN);
    const refused = steps.find(step => step.error);
    return html`<section class="card stack tight ruler" aria-label="A run started now">
      <ol role="list" class="row" ?data-stale=${this.fault?.away === true}>
        <li class="row">${icon('dot')}<span><strong>begun</strong><span class="small soft">${exact(locals.get(this.zone, this.now))}</span></span></li>
        ${drawn.map(step => this.step(step))}
        ${drawn.length < steps.length ? html`<li><button type="button" class="plain" @click=${() => this.drawAll()}>and ${steps.length - drawn.length} more</button></li>` : nothing}
      </ol>
      <p>${refused
        ? html`<span class="note turned">${icon('warn')}<span>A run started now would fail at ${refused.name || `task ${refused.index + 1}`}.</span></span>`
        : endsAt
          ? html`A run started now ends <strong>${exact(steps.findLast(step => step.local)?.local ?? locals.get(this.zone, endsAt))}</strong>, if every call succeeds at once.`
          : nothing}</p>
    </section>`;
  }

  /** @param {Step} step */
  step({index, name, from, dueAt, local, skipped, error}) {
    const waits = dueAt ? Date.parse(dueAt) - Date.parse(from) : 0;
    return html`<li class="row" data-at=${error ? 'refused' : skipped ? 'left' : 'due'}>
      ${dueAt ? html`<span class="row small soft nowrap">${icon('fold')}${waits === 0 ? 'at once' : length(waits)}</span>` : nothing}
      ${icon(error ? 'cross' : skipped ? 'dotted' : 'hollow')}
      <span><strong>${name || `task ${index + 1}`}</strong><span class="small soft">${error ? error.replace(/^delay\./, '') : skipped ? 'left out: that date has passed' : exact(local)}</span></span>
    </li>`;
  }
}

customElements.define('bide-ruler', Ruler);
