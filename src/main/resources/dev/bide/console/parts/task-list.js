/** The tasks of a workflow while it is written, in their order: moved by hand, by buttons or by keys. Tells `tasks-change` with `{tasks}`, and `task-edit` with `{key, part}` before it. */
import {FIRST, MOST_TASKS, fresh, moved, task} from '../model/workflow.js';
import {Part, html, nothing, repeat, toast} from './base.js';
import {drag} from './drag.js';
import {empty} from './notice.js';
import './task-card.js';

/** @typedef {import('../model/workflow.js').TaskDraft} TaskDraft */
/** @typedef {{key: number | null, field: string, message: string}} Wrong at a task by its card, else at the workflow */

export class TaskList extends Part {
  static properties = {
    tasks: {attribute: false},
    wrong: {attribute: false},
    steps: {attribute: false},
    zone: {},
    sample: {},
    opened: {attribute: false},
  };

  constructor() {
    super();
    /** @type {TaskDraft[]} */
    this.tasks = [];
    /** @type {Wrong[]} */
    this.wrong = [];
    /** @type {import('../model/walk.js').Step[]} */
    this.steps = [];
    this.zone = 'UTC';
    this.sample = '{}';
    /** @type {number | null} the card that is open */
    this.opened = null;
    /** @type {{key: number, to: number} | undefined} a card in the hand */
    this.held = undefined;
    this.said = '';
  }

  /** @param {TaskDraft[]} tasks */
  change(tasks) {
    this.tasks = tasks;
    this.dispatchEvent(new CustomEvent('tasks-change', {detail: {tasks}, bubbles: true}));
  }

  /** @param {number} index @param {number} to */
  async move(index, to) {
    const {tasks} = this;
    if (to < 0 || to >= tasks.length || to === index) {
      return;
    }
    const {key, name} = tasks[index];
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    this.change(moved(tasks, index, to));
    this.said = `${name.trim() || 'The task'} is now task ${to + 1} of ${tasks.length}.`;
    await this.updateComplete;
    // Moving a card in the page takes the focus off it.
    if (focused && this.contains(focused)) {
      focused.focus();
    }
    this.card(key)?.scrollIntoView({block: 'nearest'});
  }

  /** @param {number} key @returns {HTMLElement | undefined} */
  card(key) {
    return /** @type {HTMLElement | undefined} */ ([...this.querySelectorAll('bide-task-card')].find(card => /** @type {any} */ (card).task.key === key));
  }

  /** While a card is in the hand a line shows where it would go. @param {number} key @param {PointerEvent} event */
  grab(key, event) {
    if (event.button !== 0 || this.tasks.length < 2) {
      return;
    }
    const index = () => this.tasks.findIndex(task => task.key === key);
    drag({
      items: () => [...this.querySelectorAll('bide-task-card')],
      index,
      over: to => {
        this.held = {key, to};
        this.requestUpdate();
      },
      end: dropped => {
        const {held} = this;
        this.held = undefined;
        this.requestUpdate();
        if (dropped && held) {
          void this.move(index(), held.to);
        }
      },
    });
  }

  /** @param {number} at @param {string} what */
  act(at, what) {
    const one = this.tasks[at];
    if (what === 'remove') {
      this.change(this.tasks.filter(({key}) => key !== one.key));
      this.querySelector('button')?.focus();
      toast(`${one.name || 'The task'} is removed.`, {
        words: 'Undo',
        act: () => this.tasks.every(({key}) => key !== one.key) && this.change([...this.tasks.slice(0, at), one, ...this.tasks.slice(at)]),
      });
      return;
    }
    const copy = what === 'duplicate';
    void this.add({...task({}), ...(copy && {delay: one.delay, action: structuredClone(one.action), retry: {...one.retry}, timeout: one.timeout}), name: this.fresh(copy ? one.name : '')}, copy ? at + 1 : at);
  }

  /** @param {string} like */
  fresh(like) {
    return fresh(like.trim() || 'task', this.tasks.map(({name}) => name));
  }

  /** @param {TaskDraft} next @param {number} at */
  async add(next, at) {
    this.change([...this.tasks.slice(0, at), next, ...this.tasks.slice(at)]);
    this.opened = next.key;
    await this.updateComplete;
    const card = this.card(next.key);
    await /** @type {any} */ (card)?.updateComplete;
    /** @type {HTMLInputElement | null | undefined} */ (card?.querySelector('input.named'))?.select();
    card?.scrollIntoView({block: 'nearest'});
  }

  render() {
    const {tasks} = this;
    const full = tasks.length >= MOST_TASKS;
    return html`<div class="stack">
      ${tasks.length === 0
        ? empty('No task yet. A run of a workflow without tasks is refused.', html`<button type="button" class="primary" @click=${() => this.add(task({name: FIRST}), 0)}>Add the first</button>`)
        : html`<ol role="list" class="stack">${repeat(tasks, ({key}) => key, (each, i) => this.item(each, i))}</ol>
            <div class="row"><button type="button" aria-disabled=${full ? 'true' : 'false'} @click=${() => !full && this.add(task({name: this.fresh('')}), tasks.length)}>Add a task</button>
              ${full ? html`<span class="soft small">A workflow has at most ${MOST_TASKS} tasks.</span>` : nothing}</div>`}
      <p class="visually-hidden" role="status">${this.said}</p>
    </div>`;
  }

  /** @param {TaskDraft} each @param {number} i */
  item(each, i) {
    const {held, tasks, opened} = this;
    const from = held ? tasks.findIndex(({key}) => key === held.key) : -1;
    // Where the card would go: before this one, or after it where it comes from above.
    const drop = held && held.to !== from && i === held.to ? (held.to > from ? 'after' : 'before') : undefined;
    return html`<li data-drop=${drop ?? nothing} data-lifted=${held?.key === each.key ? 'true' : nothing}>
      <bide-task-card .task=${each} .index=${i} .count=${tasks.length} .opened=${opened === each.key} .step=${this.steps.find(({index}) => index === i)} .zone=${this.zone} .sample=${this.sample}
        .errors=${this.wrong.filter(({key}) => key === each.key)}
        @task-toggle=${() => {
          this.opened = opened === each.key ? null : each.key;
        }}
        @task-move=${(/** @type {CustomEvent} */ event) => this.move(i, i + event.detail.by)}
        @task-grab=${(/** @type {CustomEvent} */ event) => this.grab(each.key, event.detail.event)}
        @task-do=${(/** @type {CustomEvent} */ event) => this.act(i, event.detail.what)}
        @task-change=${(/** @type {CustomEvent} */ event) => {
          const {task: next, part} = event.detail;
          this.dispatchEvent(new CustomEvent('task-edit', {detail: {key: each.key, part}, bubbles: true}));
          this.change(this.tasks.map(other => (other.key === each.key ? next : other)));
        }}></bide-task-card>
    </li>`;
  }
}

customElements.define('bide-task-list', TaskList);
