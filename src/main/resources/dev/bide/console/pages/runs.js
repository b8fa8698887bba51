/** Runs: by state, key, workflow; newest first. */
import {may} from '../api.js';
import {here, link, setQuery} from '../app.js';
import * as filters from '../model/filter.js';
import {RUN_DEEDS, RUN_STATES, list, shortId, state} from '../model/words.js';
import {Part, chip, heading, html, icon, nothing, repeat} from '../parts/base.js';
import {bulk, each} from '../parts/bulk-dialog.js';
import {asCurl} from '../parts/curl.js';
import {Choice, Pages, isOver} from '../parts/list.js';
import {either, empty} from '../parts/notice.js';
import {readers} from '../parts/times.js';
import {workflowOf, workflowPicker} from '../parts/workflow-picker.js';
import '../parts/when.js';

/** @typedef {Record<string, any>} Run */

export default class Runs extends Part {
  static title() {
    return 'Runs';
  }

  /** @type {Record<string, number>} */
  static calls = {listRuns: 2000, listWorkflows: 0};

  constructor() {
    super();
    this.changed = () => this.requestUpdate();
    this.filter = this.read();
    this.choice = new Choice(this.changed);
    this.pages = new Pages({path: '/runs', query: () => filters.query(this.filter), changed: this.changed, calm: () => isOver(this) || this.choice.ids.size > 0});
    this.typed = 0;
  }

  /** Runs know three filters. @returns {filters.Filter} */
  read() {
    const {status, key, workflowId} = filters.read(here().query, RUN_STATES);
    return {status, ...(key && {key}), ...(workflowId && {workflowId})};
  }

  connectedCallback() {
    super.connectedCallback();
    this.poller = this.track(signal => this.pages.first(signal));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.typed);
  }

  placed() {
    const next = this.read();
    if (JSON.stringify(next) !== JSON.stringify(this.filter)) {
      this.filter = next;
      this.pages.reset();
      this.choice.clear();
      this.untrack(this.poller);
      this.poller = this.track(signal => this.pages.first(signal));
    }
  }

  get words() {
    const workflow = workflowOf(this.filter.workflowId, this.changed);
    return filters.words(this.filter, {time: at => at, workflow: () => workflow?.name}, 'runs');
  }

  /** @param {string} name */
  toggle(name) {
    const chosen = new Set(this.filter.status);
    if (!chosen.delete(name)) {
      chosen.add(name);
    }
    setQuery({status: RUN_STATES.filter(status => chosen.has(status)).join(',')}, {push: true});
  }

  render() {
    return html`${heading('Runs', `${this.words}, newest first`, this.menu())}
      <div class="filters" role="search" aria-label="Which runs">
        <div class="toggles" role="group" aria-label="State">${RUN_STATES.map(name => {
          const on = this.filter.status.includes(name);
          return html`<button type="button" class="toggle" aria-pressed=${on ? 'true' : 'false'} @click=${() => this.toggle(name)}>${icon(on ? 'tick' : state(name).icon)}${name}</button>`;
        })}</div>
        <div class="field"><label for="runs-key">Key</label><input id="runs-key" type="search" autocomplete="off" spellcheck="false" placeholder="compared whole" .value=${this.filter.key ?? ''} @input=${(/** @type {Event} */ event) => {
          clearTimeout(this.typed);
          const {value} = /** @type {HTMLInputElement} */ (event.target);
          this.typed = window.setTimeout(() => setQuery({key: value.trim()}), 300);
        }}></div>
        ${workflowPicker({value: this.filter.workflowId, changed: this.changed, change: id => setQuery({workflowId: id}, {push: true})})}
        ${filters.isEmpty(this.filter) ? nothing : html`<a class="button plain" href=${link('/runs')}>Drop all filters</a>`}
      </div>
      ${either({fault: this.fault, there: this.pages.items !== undefined, lines: 8, again: () => this.again()}, () => this.list())}`;
  }

  menu() {
    const {status} = this.filter;
    const able = Object.values(RUN_DEEDS).filter(({call}) => may(`${call}Runs`));
    return able.length === 0
      ? nothing
      : html`<details class="acts"><summary class="button">All that match ${icon('menu')}</summary><div class="card">${able.map(({call, label, from}) => {
          const off = status.length > 0 && !status.some(name => from.includes(name));
          return html`<button type="button" class="plain" aria-disabled=${off ? 'true' : 'false'} @click=${(/** @type {Event} */ event) => {
            if (!off) {
              /** @type {Element} */ (event.target).closest('details')?.removeAttribute('open');
              void bulk({things: 'runs', deed: /** @type {any} */ (call), filter: filters.body(this.filter), words: this.words});
            }
          }}>${label}…${off ? html`<span class="small soft">only ${list(from, 'or')} ones</span>` : nothing}</button>`;
        })}</div></details>`;
  }

  list() {
    const items = this.pages.all;
    if (items.length === 0 && this.pages.cursor === null) {
      return this.nothingMatches();
    }
    const order = items.map(run => run.id);
    const able = may('cancelRun');
    return html`${this.pages.newer()}
      <div class="table cards dense"><table>
        <caption class="visually-hidden">Runs, newest first</caption>
        <thead><tr>${able ? html`<th class="choose"><span class="visually-hidden">Choose</span></th>` : nothing}<th scope="col">Run</th><th scope="col">State</th><th scope="col">Workflow</th><th scope="col">Task</th><th scope="col">Begun</th></tr></thead>
        <tbody>${repeat(items, run => run.id, run => this.run(run, able ? order : undefined))}</tbody>
      </table></div>
      ${this.chosen(items)}
      ${this.pages.foot('run', 'Narrow it down, or act on all that match.')}
      ${asCurl('GET', '/runs', {query: filters.query(this.filter)})}`;
  }

  nothingMatches() {
    const {filter} = this;
    if (filters.isEmpty(filter)) {
      return empty('Nothing here yet. A run goes through the tasks of a workflow.', html`<a class="button primary" href=${link('/workflows')}>Start one from a workflow</a>`);
    }
    const names = {status: 'the states', key: 'the key', workflowId: 'the workflow'};
    const last = [...here().query.keys()].filter(name => name in names).at(-1);
    return empty(filter.key ? `There are no ${this.words}. Keys are compared whole.` : `There are no ${this.words}.`, html`
      ${last ? html`<button type="button" @click=${() => setQuery({[last]: undefined}, {push: true})}>Drop ${names[/** @type {'key'} */ (last)]}</button>` : nothing}
      <a class="button plain" href=${link('/runs')}>Drop all filters</a>`);
  }

  /** @param {Run[]} items */
  chosen(items) {
    const chosen = items.filter(({id}) => this.choice.ids.has(id));
    if (chosen.length === 0) {
      return nothing;
    }
    const deeds = Object.values(RUN_DEEDS).filter(({from, call}) => chosen.every(({status}) => from.includes(status)) && may(`${call}Run`));
    return html`<div class="row card chosen" role="group" aria-label="The chosen runs">
      <strong>${chosen.length} chosen</strong>
      ${deeds.length === 0 ? html`<span class="small soft">Nothing can be done to all of them: their states differ, or they are over.</span>` : nothing}
      ${deeds.map(({call, label}) => html`<button type="button" @click=${() => this.act(/** @type {any} */ (call), chosen)}>${label}…</button>`)}
      <button type="button" class="plain" @click=${() => this.choice.clear()}>Choose none</button>
    </div>`;
  }

  /** @param {any} deed @param {Run[]} chosen */
  async act(deed, chosen) {
    if (await each({things: 'runs', deed, items: chosen.map(({id, key, status}) => ({id, status, words: key ?? shortId(id)}))})) {
      this.choice.clear();
      this.again();
    }
  }

  /** @param {Run} run @param {string[] | undefined} order */
  run(run, order) {
    const workflow = workflowOf(run.workflowId, this.changed);
    const task = workflow?.tasks?.find(each => each.id === run.currentTaskId)?.name;
    const name = run.key ?? shortId(run.id);
    return html`<tr class=${this.choice.ids.has(run.id) ? 'chosen' : nothing}>
      ${order ? html`<td class="choose">${this.choice.box(run.id, `Choose ${name}`, order)}</td>` : nothing}
      <th scope="row"><a class=${run.key ? 'cut' : 'mono'} href=${link(`/runs/${run.id}`)}>${name}</a></th>
      <td>${chip(run.status)}</td>
      <td data-label="of"><a href=${link(`/workflows/${run.workflowId}`)}>${workflow?.name ?? shortId(run.workflowId)}</a> <span class="small soft">v${run.workflowVersion}</span></td>
      <td data-label="at">${task ?? html`<span class="soft">${run.currentTaskId ? shortId(run.currentTaskId) : '–'}</span>`}</td>
      <td data-label="begun"><bide-when .at=${run.createdAt} .zone=${readers()} .own=${run.timezone ?? workflow?.timezone ?? 'UTC'}></bide-when></td>
    </tr>`;
  }
}

customElements.define('bide-runs', Runs);
