/**
 * A task while its workflow is being written. Closed it is a line; open it has the wait, the call and the retries. Tells `task-change` with `{task}`, `task-toggle`, `task-move` with `{by}`,
 * `task-grab` with `{event}`, and `task-do` with `{what}`.
 */
import {read as readLength} from '../model/length.js';
import {pauses, sentence} from '../model/retry.js';
import {host} from '../model/words.js';
import './action-editor.js';
import {Part, html, icon, live, nothing, svg} from './base.js';
import './delay-editor.js';

/** @typedef {import('../model/workflow.js').TaskDraft} TaskDraft */
/** @typedef {import('../api.js').FieldError} FieldError */

const grip = svg`<svg class="icon" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M4 2.500h.010M8 2.500h.010M4 6h.010M8 6h.010M4 9.500h.010M8 9.500h.010" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"></path></svg>`;

/** What has a field of its own. */
const PARTS = /^(?:name$|timeout$|delay\.|action\.|retry\.)/;

/** A pause before an attempt; the square root lets short ones be seen beside long ones. @param {number} x @param {number} share */
const bar = (x, share) => svg`<rect x=${x} y=${22 - Math.sqrt(share) * 20} width="10" height=${2 + Math.sqrt(share) * 20} rx="1" fill="currentColor"></rect>`;

export class TaskCard extends Part {
  static properties = {
    task: {attribute: false},
    index: {type: Number},
    count: {type: Number},
    opened: {type: Boolean},
    step: {attribute: false},
    errors: {attribute: false},
    zone: {},
    sample: {},
  };

  constructor() {
    super();
    /** @type {TaskDraft} */
    this.task = /** @type {any} */ (undefined);
    this.index = 0;
    this.count = 1;
    this.opened = false;
    /** @type {import('../model/walk.js').Step | undefined} what the ruler says of it */
    this.step = undefined;
    /** @type {FieldError[]} by fields below the task */
    this.errors = [];
    this.zone = 'UTC';
    this.sample = '{}';
  }

  /** @param {string} name @param {Record<string, unknown>} [detail] */
  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, {detail, bubbles: true}));
  }

  /** @param {Partial<TaskDraft>} patch */
  change(patch) {
    this.tell('task-change', {task: {...this.task, ...patch}, part: Object.keys(patch)[0]});
  }

  /** @param {string} part @returns {FieldError[]} those below it */
  below(part) {
    return this.errors.filter(({field}) => field.startsWith(part + '.')).map(({field, message}) => ({field: field.slice(part.length + 1), message}));
  }

  /** @param {string} field */
  wrong(field) {
    return this.errors.find(error => error.field === field)?.message ?? '';
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const by = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (event.altKey && by !== undefined) {
      event.preventDefault();
      this.tell('task-move', {by});
    }
  }

  render() {
    const {task, index, count, opened, errors} = this;
    const title = task.name.trim() || `task ${index + 1}`;
    return html`<section class="card task" aria-label="Task ${index + 1} of ${count}: ${title}" @keydown=${(/** @type {KeyboardEvent} */ event) => this.pressed(event)}>
      <header>
        <button type="button" class="handle square plain" aria-label="Move ${title}: drag, or Alt with the arrow keys" title="Drag, or Alt with ↑ ↓" @pointerdown=${(/** @type {PointerEvent} */ event) => this.tell('task-grab', {event})}>${grip}</button>
        <h2><button type="button" class="plain opener" aria-expanded=${opened ? 'true' : 'false'} @click=${() => this.tell('task-toggle')}><span class="soft">${index + 1}</span> ${title}</button></h2>
        <span class="row about">${this.line()}</span>
        ${errors.length > 0 ? html`<span class="chip" data-tone="dead">${icon('cross')}${errors.length === 1 ? 'something is wrong' : `${errors.length} things are wrong`}</span>` : nothing}
        ${count === 1 ? nothing : html`<span class="nowrap">
          <button type="button" class="square plain" aria-label="${title} up" title="Move up" aria-disabled=${index === 0 ? 'true' : 'false'} @click=${() => this.tell('task-move', {by: -1})}>${icon('up')}</button>
          <button type="button" class="square plain" aria-label="${title} down" title="Move down" aria-disabled=${index === count - 1 ? 'true' : 'false'} @click=${() => this.tell('task-move', {by: 1})}>${icon('down')}</button>
        </span>`}
      </header>
      ${opened ? this.inside(title) : nothing}
    </section>`;
  }

  line() {
    const {step, task} = this;
    const rule = step?.error ? html`<span class="error">${step.error.replace(/^delay\./, '')}</span>` : step?.rule ? html`<span class="rule">${step.rule}</span>` : nothing;
    const address = task.action.url.trim();
    return html`${rule}${this.opened ? nothing : html`<span class="soft">then ${task.action.method} ${address ? host(address) : 'to an address that is not said yet'}</span>`}`;
  }

  /** @param {string} title */
  inside(title) {
    const {task, step} = this;
    const path = `tasks[${this.index}]`;
    const wrongName = this.wrong('name');
    const others = this.errors.filter(({field}) => !PARTS.test(field));
    return html`<div class="stack parts">
      ${others.map(({field, message}) => html`<p class="error">${icon('cross')}<span>${field} ${message}</span></p>`)}
      <div class="field"><label for="task-${task.key}-name">Name</label>
        <input id="task-${task.key}-name" class="named" autocomplete="off" maxlength="200" data-path="${path}.name" aria-invalid=${wrongName ? 'true' : nothing} .value=${live(task.name)} @input=${(/** @type {Event} */ event) => this.change({name: /** @type {HTMLInputElement} */ (event.target).value})}>
        ${wrongName ? html`<span class="error">${icon('cross')}<span>${wrongName}</span></span>` : nothing}</div>
      <h3>Waits <span class="soft small">· ${this.index === 0 ? 'from when the run starts' : 'from when the call before it has succeeded'}</span></h3>
      <bide-delay-editor .value=${task.delay} .zone=${this.zone} .path=${`${path}.delay`} .errors=${this.below('delay')} @delay-change=${(/** @type {CustomEvent} */ event) => this.change({delay: event.detail.json})}></bide-delay-editor>
      <h3>Calls</h3>
      <bide-action-editor .value=${task.action} .path=${`${path}.action`} .errors=${this.below('action')} .sample=${this.sample} .task=${task.name} .dueAt=${step?.dueAt} @action-change=${(/** @type {CustomEvent} */ event) => this.change({action: event.detail.action})}></bide-action-editor>
      <h3>Tries again</h3>
      ${this.retries(path)}
      <footer class="row">
        <button type="button" class="plain" @click=${() => this.tell('task-do', {what: 'duplicate'})}>Duplicate</button>
        <button type="button" class="plain" @click=${() => this.tell('task-do', {what: 'before'})}>New task before it</button>
        <button type="button" class="plain" @click=${() => this.tell('task-do', {what: 'remove'})}>Remove ${title}</button>
      </footer>
    </div>`;
  }

  /** @param {string} path */
  retries(path) {
    const {retry, timeout} = this.task;
    /** @param {string} field @param {string} label @param {string} value @param {(text: string) => void} set @param {boolean} [number] */
    const small = (field, label, value, set, number = false) => {
      const id = `task-${this.task.key}-${field.replace('.', '-')}`;
      const wrong = this.wrong(field);
      return html`<div class="field"><label for=${id}>${label}</label>
        <input id=${id} class="short" autocomplete="off" inputmode=${number ? 'decimal' : 'text'} data-path="${path}.${field}" aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${wrong ? `${id}-error` : nothing} .value=${live(value)} @input=${(/** @type {Event} */ event) => set(/** @type {HTMLInputElement} */ (event.target).value)}>
        ${wrong ? html`<span class="error" id="${id}-error">${icon('cross')}<span>${wrong}</span></span>` : nothing}</div>`;
    };
    const set = (/** @type {keyof typeof retry} */ field) => (/** @type {string} */ text) => this.change({retry: {...retry, [field]: text}});
    const numbers = {maxRetries: Number(retry.maxRetries), multiplier: Number(retry.multiplier), initialBackoff: readLength(retry.initialBackoff), maxBackoff: readLength(retry.maxBackoff)};
    const words = sentence(numbers, readLength(timeout));
    const each = pauses(numbers) ?? [];
    const most = Math.max(1, ...each);
    return html`<div class="row top">
        ${small('retry.maxRetries', 'How often', retry.maxRetries, set('maxRetries'), true)}
        ${small('retry.initialBackoff', 'first within', retry.initialBackoff, set('initialBackoff'))}
        ${small('retry.multiplier', 'then times', retry.multiplier, set('multiplier'), true)}
        ${small('retry.maxBackoff', 'at most', retry.maxBackoff, set('maxBackoff'))}
        ${small('timeout', 'Timeout', timeout, text => this.change({timeout: text}))}
      </div>
      <p class="row">${each.length > 0 && words ? html`<svg class="soft" viewBox="0 0 ${each.length * 14 + 14} 24" width=${each.length * 14 + 14} height="24" aria-hidden="true">${[0, ...each].map((pause, i) => bar(i * 14, pause / most))}</svg>` : nothing}<span>${words || 'Lengths are written as 1 s, 5 min or 2 h.'}</span></p>`;
  }
}

customElements.define('bide-task-card', TaskCard);
