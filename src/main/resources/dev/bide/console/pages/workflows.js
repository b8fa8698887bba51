/** Workflows: which there are, where their runs wait, what is due next, what died. */
import {get, may} from '../api.js';
import {here, link, setQuery} from '../app.js';
import {totals} from '../model/waiting.js';
import {count} from '../model/words.js';
import {Part, heading, html, icon, nothing, repeat} from '../parts/base.js';
import {asCurl} from '../parts/curl.js';
import {firstStart} from '../parts/first.js';
import {Pages} from '../parts/list.js';
import {either, empty} from '../parts/notice.js';
import {startRun} from '../parts/start-run.js';
import {sharesOf} from '../parts/strip.js';
import {readers} from '../parts/times.js';
import '../parts/when.js';

const AT_ONCE = 2;

/** @typedef {import('bide-api').components['schemas']['Workflow']} Workflow */
/** @typedef {import('../model/waiting.js').WaitingTask} WaitingTask */

export default class Workflows extends Part {
  static title() {
    return 'Workflows';
  }

  /** @type {Record<string, number>} */
  static calls = {listWorkflows: 10_000, getWaiting: 10_000};

  constructor() {
    super();
    this.pages = new Pages({path: '/workflows', query: () => this.given, size: 25, changed: () => this.requestUpdate()});
    /** What waits, by workflow; null where it could not be told. @type {Map<string, WaitingTask[] | null>} */
    this.waiting = new Map();
    this.asked = this.read();
    this.typed = 0;
    /** @type {Set<string>} those on screen */
    this.visible = new Set();
    this.seen = new IntersectionObserver(entries => {
      let fresh = false;
      for (const {target, isIntersecting} of entries) {
        const id = /** @type {HTMLElement} */ (target).dataset.id ?? '';
        if (isIntersecting) {
          fresh ||= !this.waiting.has(id);
          this.visible.add(id);
        } else {
          this.visible.delete(id);
        }
      }
      if (fresh) {
        this.counting?.again();
      }
    });
  }

  read() {
    const {query} = here();
    return {query: query.get('query')?.trim() ?? '', archived: query.get('archived') === 'true'};
  }

  /** What is asked for, as the API takes it. */
  get given() {
    const {query, archived} = this.asked;
    return {query, archived: archived || undefined};
  }

  connectedCallback() {
    super.connectedCallback();
    this.poller = this.track(signal => this.pages.first(signal), {every: 10_000});
    this.counting = this.track(signal => this.countAll(signal), {every: 10_000, slow: true});
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.seen.disconnect();
    clearTimeout(this.typed);
  }

  placed() {
    const asked = this.read();
    if (asked.query === this.asked.query && asked.archived === this.asked.archived) {
      return;
    }
    this.asked = asked;
    this.pages.reset();
    this.untrack(this.poller);
    this.poller = this.track(signal => this.pages.first(signal), {every: 10_000});
  }

  updated() {
    for (const row of this.querySelectorAll('tr[data-id]')) {
      this.seen.observe(row);
    }
  }

  /** Of those on screen, two at a time: each is some index scans for the service. @param {AbortSignal} signal */
  async countAll(signal) {
    const ids = [...this.visible];
    const next = async () => {
      for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
        try {
          this.waiting.set(id, (await get(`/workflows/${id}/waiting`, undefined, signal)).items);
        } catch (error) {
          signal.throwIfAborted();
          this.waiting.set(id, this.waiting.get(id) ?? null);
        }
        this.requestUpdate();
      }
    };
    await Promise.all(Array.from({length: AT_ONCE}, next));
  }

  /** @param {string} text */
  type(text) {
    clearTimeout(this.typed);
    this.typed = window.setTimeout(() => setQuery({query: text.trim()}), 300);
  }

  render() {
    const {query, archived} = this.asked;
    const make = may('createWorkflow', 'POST', '/workflows') ? html`<a class="button primary" href=${link('/workflows/new')}>Make a workflow</a>` : nothing;
    const scope = `${archived ? 'archived ones' : 'all that are not archived'}${query ? ` with “${query}” in the name` : ''}, newest first`;
    return html`${heading('Workflows', scope, make)}
      <div class="filters" role="search" aria-label="Which workflows">
        <div class="field"><label for="workflows-query">Name</label><input id="workflows-query" type="search" maxlength="200" autocomplete="off" spellcheck="false" placeholder="a part of it" .value=${query} @input=${(/** @type {Event} */ event) => this.type(/** @type {HTMLInputElement} */ (event.target).value)}></div>
        <div class="segments" role="group" aria-label="Current or archived">
          <button type="button" aria-pressed=${archived ? 'false' : 'true'} @click=${() => setQuery({archived: undefined}, {push: true})}>Current</button>
          <button type="button" aria-pressed=${archived ? 'true' : 'false'} @click=${() => setQuery({archived: 'true'}, {push: true})}>Archived</button>
        </div>
      </div>
      ${either({fault: this.pages.items ? undefined : this.fault, there: this.pages.items !== undefined, lines: 8, again: () => this.again()}, () => this.list())}`;
  }

  list() {
    const items = /** @type {Workflow[]} */ (this.pages.all);
    const {query, archived} = this.asked;
    if (items.length === 0 && this.pages.cursor === null) {
      if (query) {
        return empty(`No ${archived ? 'archived ' : ''}workflow is named like “${query}”.`, html`<a class="button" href=${link('/workflows', {archived: archived ? 'true' : undefined})}>Show all</a>`);
      }
      return archived ? empty('No workflow is archived. An archived one takes no new runs; those on their way finish.') : firstStart();
    }
    return html`<div class="stack">
      ${this.pages.newer()}
      <div class="table cards"><table>
        <caption class="visually-hidden">Workflows, newest first</caption>
        <thead><tr><th scope="col">Name</th><th scope="col">Version</th><th scope="col">Waits at</th><th scope="col">Next due</th><th scope="col" class="number">Dead</th><th scope="col"><span class="visually-hidden">Start a run</span></th></tr></thead>
        <tbody>${repeat(items, workflow => workflow.id, workflow => this.workflow(workflow))}</tbody>
      </table></div>
      ${this.pages.foot('workflow')}
      ${asCurl('GET', '/workflows', {query: this.given})}
    </div>`;
  }

  /** @param {Workflow} workflow */
  workflow(workflow) {
    const tasks = this.waiting.get(workflow.id);
    const {dead, earliest} = totals(tasks ?? []);
    const start = !workflow.archivedAt && may('startRun', 'POST', `/workflows/${workflow.id}/runs`);
    return html`<tr data-id=${workflow.id}>
      <th scope="row"><a href=${link(`/workflows/${workflow.id}`)}>${workflow.name}</a></th>
      <td>v${workflow.version}</td>
      <td>${tasks === undefined ? nothing : tasks === null ? html`<span class="small soft">can’t be counted just now</span>` : workflow.tasks.length === 0 && tasks.length === 0 ? html`<span class="small soft">no tasks yet</span>` : sharesOf(tasks)}</td>
      <td class=${earliest ? '' : 'zero'} data-label="next due">${earliest ? html`<bide-when .at=${earliest} .zone=${readers()} .own=${workflow.timezone ?? 'UTC'}></bide-when>` : html`<span class="soft">–</span>`}</td>
      <td class="number ${dead.count > 0 ? '' : 'zero'}" data-label="dead">${dead.count > 0 ? html`<a class="dead nowrap" href=${link('/timers', {workflowId: workflow.id, status: 'dead'})}>${icon('cross')} ${count(dead)}</a>` : html`<span class="soft">${tasks ? '0' : '–'}</span>`}</td>
      <td>${start ? html`<button type="button" aria-label="Start a run of ${workflow.name}" @click=${() => startRun(/** @type {any} */ (workflow))}>Start</button>` : nothing}</td>
    </tr>`;
  }
}

customElements.define('bide-workflows', Workflows);
