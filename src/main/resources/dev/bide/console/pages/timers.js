/** Timers: by state, due range, destination, key, workflow. Everything that is chosen stands in the address. */
import {may, problem} from '../api.js';
import {here, link, setQuery} from '../app.js';
import * as filters from '../model/filter.js';
import {TIMER_DEEDS, TIMER_STATES, host, list, number, shortId, state} from '../model/words.js';
import {Part, chip, heading, html, icon, ifDefined, nothing, repeat} from '../parts/base.js';
import {bulk, each} from '../parts/bulk-dialog.js';
import {asCurl} from '../parts/curl.js';
import {group} from '../parts/groups.js';
import {Choice, Pages, isOver} from '../parts/list.js';
import {instantOf, momentField, wallOf} from '../parts/moment.js';
import {either, empty} from '../parts/notice.js';
import {exact, locals, readers, utc} from '../parts/times.js';
import {workflowOf, workflowPicker} from '../parts/workflow-picker.js';
import {zonePicker} from '../parts/zone-picker.js';
import '../parts/when.js';

/** @typedef {Record<string, any>} Timer */
/** @typedef {'dueFrom' | 'dueTo'} End */

const NO_WALL = {date: '', time: ''};

export default class Timers extends Part {
  static title() {
    return 'Timers';
  }

  /** @type {Record<string, number>} */
  static calls = {listTimers: 2000, listWorkflows: 0, listProblems: 0, previewDelay: 0};

  constructor() {
    super();
    const changed = () => this.requestUpdate();
    this.filter = filters.read(here().query);
    this.pages = new Pages({path: '/timers', query: () => filters.asked(this.filter), changed, calm: () => isOver(this) || this.choice.ids.size > 0});
    this.choice = new Choice(changed);
    /** Each field waits for its own last sign. */
    this.typed = {host: 0, key: 0};
    this.open = false;
    /** What the fields of the due range show. @type {Record<End, import('../parts/moment.js').Wall>} */
    this.walls = {dueFrom: NO_WALL, dueTo: NO_WALL};
    /** @type {Partial<Record<End, string>>} */
    this.wrong = {};
  }

  get zone() {
    return here().query.get('zone') ?? readers();
  }

  connectedCallback() {
    super.connectedCallback();
    this.poller = this.track(signal => this.pages.first(signal));
    void this.readRange();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    Object.values(this.typed).forEach(clearTimeout);
  }

  /** The address has changed. */
  placed() {
    const next = filters.read(here().query);
    void this.readRange(next);
    if (JSON.stringify(next) === JSON.stringify(this.filter)) {
      return;
    }
    this.filter = next;
    this.pages.reset();
    this.choice.clear();
    this.untrack(this.poller);
    this.poller = this.track(signal => this.pages.first(signal));
  }

  /** The instants of the address as the clock of the zone shows them. */
  async readRange(filter = this.filter) {
    const {zone} = this;
    const ends = /** @type {End[]} */ (['dueFrom', 'dueTo']);
    const walls = await Promise.all(ends.map(end => (filter[end] ? wallOf(/** @type {string} */ (filter[end]), zone) : NO_WALL)));
    if (zone === this.zone) {
      ends.forEach((end, i) => (this.walls[end] = walls[i].date === '' && this.wrong[end] ? this.walls[end] : walls[i]));
      this.requestUpdate();
    }
  }

  /** @param {End} end @param {import('../parts/moment.js').Wall} wall */
  async range(end, wall) {
    this.walls[end] = wall;
    delete this.wrong[end];
    this.requestUpdate();
    if (wall.date === '') {
      setQuery({[end]: undefined}, {push: true});
      return;
    }
    try {
      setQuery({[end]: (await instantOf(wall, this.zone)).dueAt}, {push: true});
    } catch (error) {
      const {errors, message} = problem(error);
      this.wrong[end] = errors[0]?.message ?? message;
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

  /** @param {'host' | 'key'} field @param {string} value */
  type(field, value) {
    clearTimeout(this.typed[field]);
    this.typed[field] = window.setTimeout(() => setQuery({[field]: value.trim()}), 300);
  }

  get words() {
    const workflow = workflowOf(this.filter.workflowId, () => this.requestUpdate());
    return filters.words(this.filter, {
      time: instant => exact(locals.get(this.zone, instant) ?? utc(instant)),
      workflow: () => workflow?.name,
      task: id => workflow?.tasks?.find(task => task.id === id)?.name,
      group: id => group(id, () => this.requestUpdate()).words,
    });
  }

  render() {
    const dead = this.filter.problem ? group(this.filter.problem, () => this.requestUpdate()).count : undefined;
    return html`${heading('Timers', html`${this.words}${dead === undefined ? '' : `, ${number(dead)} just now`}, ${filters.orderWords(this.filter)}`, html`${this.redrive()}${this.menu()}`)}
      ${this.filters()}
      ${either({fault: this.fault, there: this.pages.items !== undefined, lines: 8, again: () => this.again()}, () => this.list())}`;
  }

  /** Where all are dead, what is wanted most stands beside the menu. */
  redrive() {
    const status = filters.states(this.filter);
    return status.length === 1 && status[0] === 'dead' && this.pages.all.length > 0 && may('redriveTimers')
      ? html`<button type="button" class="primary" @click=${() => bulk({deed: 'redrive', filter: filters.body({...this.filter, status}), words: this.words})}>Try all again…</button>`
      : nothing;
  }

  /** What can be done to all that match. */
  menu() {
    const status = filters.states(this.filter);
    const able = Object.values(TIMER_DEEDS).filter(({call}) => may(`${call}Timers`));
    if (able.length === 0) {
      return nothing;
    }
    const deeds = able.map(({call, label, from}) => ({deed: /** @type {any} */ (call), label, from}));
    if (status.length === 1 && status[0] === 'dead' && may('cancelTimers')) {
      deeds.push({deed: 'dismiss', label: 'Dismiss', from: ['dead']});
    }
    return html`<details class="acts"><summary class="button">All that match ${icon('menu')}</summary><div class="card">${deeds.map(({deed, label, from}) => {
      const off = status.length > 0 && !status.some(name => from.includes(name));
      return html`<button type="button" class="plain" aria-disabled=${off ? 'true' : 'false'} @click=${(/** @type {Event} */ event) => {
        if (!off) {
          /** @type {Element} */ (event.target).closest('details')?.removeAttribute('open');
          void bulk({deed, filter: filters.body({...this.filter, status}), words: this.words});
        }
      }}>${label}…${off ? html`<span class="small soft">only ${list(from, 'or')} ones</span>` : nothing}</button>`;
    })}</div></details>`;
  }

  filters() {
    const {filter} = this;
    const set = ['dueFrom', 'dueTo', 'host', 'key', 'workflowId', 'taskId', 'runId', 'problem'].filter(field => filter[/** @type {'key'} */ (field)]).length;
    const range = (/** @type {End} */ end, /** @type {string} */ label) => momentField({id: `filter-${end}`, label, wall: this.walls[end], error: this.wrong[end], why: filter[end] ? null : filters.barred(filter, end), change: wall => void this.range(end, wall)});
    const workflow = workflowOf(filter.workflowId, () => this.requestUpdate());
    return html`
      <div class="filters" role="search" aria-label="Which timers">
        <div class="toggles" role="group" aria-label="State">${TIMER_STATES.map(name => {
          const why = filters.barred(filter, 'status', name);
          const on = filter.status.includes(name);
          return html`<button type="button" class="toggle" aria-pressed=${on ? 'true' : 'false'} aria-disabled=${why && !on ? 'true' : 'false'} title=${ifDefined(why ?? undefined)} @click=${() => !(why && !on) && this.toggle(name)}>${icon(on ? 'tick' : state(name).icon)}${name}</button>`;
        })}</div>
        <button type="button" class="narrow" aria-expanded=${this.open ? 'true' : 'false'} @click=${() => {
          this.open = !this.open;
          this.requestUpdate();
        }}>Filters${set > 0 ? ` (${set})` : ''}</button>
        <div class=${this.open ? 'row top' : 'row top shut'}>
          ${range('dueFrom', 'Due from')}${range('dueTo', 'to before')}
          ${zonePicker({id: 'filter-zone', label: 'Times in', value: this.zone, change: zone => setQuery({zone: zone === readers() ? undefined : zone}, {push: true})})}
          ${this.text('host', 'Destination', 'api.example.com')}${this.text('key', 'Key', 'compared whole')}
          ${workflowPicker({value: filter.workflowId, why: filter.workflowId ? null : filters.barred(filter, 'workflowId'), changed: () => this.requestUpdate(), change: id => setQuery({workflowId: id, taskId: undefined}, {push: true})})}
          ${workflow?.tasks?.length ? html`<div class="field"><label for="filter-task">Task</label><select id="filter-task" @change=${(/** @type {Event} */ event) => setQuery({taskId: /** @type {HTMLSelectElement} */ (event.target).value}, {push: true})}>
            <option value="" ?selected=${!filter.taskId}>any</option>${workflow.tasks.map(task => html`<option value=${task.id} ?selected=${task.id === filter.taskId}>${task.name}</option>`)}</select></div>` : nothing}
          ${filters.isEmpty(filter) ? nothing : html`<a class="button plain" href=${link('/timers')}>Drop all filters</a>`}
        </div>
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

  /** Nothing matches: the filter that came last is the first to loosen. */
  nothingMatches() {
    /** @type {Record<string, string>} */
    const names = {status: 'the states', dueFrom: 'the begin of the due range', dueTo: 'the end of the due range', host: 'the destination', key: 'the key', workflowId: 'the workflow', taskId: 'the task', runId: 'the run', problem: 'the group of failures'};
    const last = [...here().query.keys()].filter(name => name in names).at(-1);
    return empty(`There are no ${this.words}.`, html`
      ${last ? html`<button type="button" @click=${() => setQuery({[last]: undefined}, {push: true})}>Drop ${names[last]}</button>` : nothing}
      <a class="button plain" href=${link('/timers')}>Drop all filters</a>`);
  }

  list() {
    const items = this.pages.all;
    if (items.length === 0 && this.pages.cursor === null) {
      return filters.isEmpty(this.filter)
        ? empty('Nothing here yet. A timer is one wait for one call; runs of workflows make them.', may('createWorkflow') ? html`<a class="button primary" href=${link('/workflows/new')}>Make a workflow</a>` : nothing)
        : this.nothingMatches();
    }
    const order = items.map(timer => timer.id);
    const able = may('cancelTimer');
    return html`${this.pages.newer()}
      <div class="table cards dense"><table>
        <caption class="visually-hidden">Timers ${filters.orderWords(this.filter)}</caption>
        <thead><tr>${able ? html`<th class="choose"><span class="visually-hidden">Choose</span></th>` : nothing}<th scope="col">Due</th><th scope="col">State</th><th scope="col">Task</th><th scope="col">Destination</th><th scope="col">Key</th><th scope="col" class="number">Attempts</th></tr></thead>
        <tbody>${repeat(items, timer => timer.id, timer => this.timer(timer, able ? order : undefined))}</tbody>
      </table></div>
      ${this.chosen(items)}
      ${this.pages.foot('timer', 'Narrow it down, or act on all that match.')}
      ${asCurl('GET', '/timers', {query: filters.asked(this.filter)})}`;
  }

  /** What can be done to those that are chosen. @param {Timer[]} items */
  chosen(items) {
    const chosen = items.filter(({id}) => this.choice.ids.has(id));
    if (chosen.length === 0) {
      return nothing;
    }
    const deeds = Object.values(TIMER_DEEDS).filter(({from, call}) => chosen.every(({status}) => from.includes(status)) && may(`${call}Timer`));
    return html`<div class="row card chosen" role="group" aria-label="The chosen timers">
      <strong>${chosen.length} chosen</strong>
      ${deeds.length === 0 ? html`<span class="small soft">Nothing can be done to all of them: their states differ.</span>` : nothing}
      ${deeds.map(({call, label}) => html`<button type="button" @click=${() => this.act(/** @type {any} */ (call), chosen)}>${label}…</button>`)}
      <button type="button" class="plain" @click=${() => this.choice.clear()}>Choose none</button>
    </div>`;
  }

  /** @param {any} deed @param {Timer[]} chosen */
  async act(deed, chosen) {
    const items = chosen.map(({id, key, runId, status, action, dueAt}) => ({id, status, words: `${key ?? (runId ? `run ${shortId(runId)}` : shortId(id))} to ${host(action.url)}, ${exact(locals.get(this.zone, dueAt) ?? utc(dueAt))}`}));
    if (await each({deed, items, zone: chosen[0].timezone})) {
      this.choice.clear();
      this.again();
    }
  }

  /** @param {Timer} timer @param {string[] | undefined} order of those that can be chosen */
  timer(timer, order) {
    const at = timer.nextAttemptAt ?? timer.dueAt;
    const name = timer.key ?? (timer.runId ? `run ${shortId(timer.runId)}` : shortId(timer.id));
    const task = workflowOf(timer.workflowId, () => this.requestUpdate())?.tasks?.find(each => each.id === timer.taskId)?.name;
    return html`<tr class=${this.choice.ids.has(timer.id) ? 'chosen' : nothing}>
      ${order ? html`<td class="choose">${this.choice.box(timer.id, `Choose ${name}`, order)}</td>` : nothing}
      <th scope="row"><a href=${link(`/timers/${timer.id}`)}><bide-when .at=${at} .zone=${this.zone} .own=${timer.timezone}></bide-when></a></th>
      <td>${chip(timer.status)}</td>
      <td class=${task ? nothing : 'zero'} data-label=${task ? 'task' : nothing}><span class="cut">${task ?? html`<span class="soft">–</span>`}</span></td>
      <td data-label="to"><span class="cut" title=${timer.action.url}>${host(timer.action.url)}</span></td>
      <td data-label=${timer.key ? 'key' : timer.runId ? 'of' : 'id'}>${timer.key ? html`<span class="cut">${timer.key}</span>` : timer.runId ? html`<a href=${link(`/runs/${timer.runId}`)}>${name}</a>` : html`<span class="soft mono">${name}</span>`}</td>
      <td class="number" data-label="attempts">${timer.attempts.length}</td>
    </tr>`;
  }
}

customElements.define('bide-timers', Timers);
