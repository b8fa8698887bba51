/** One workflow: where everyone waits, its runs, its versions, and a run on paper. */
import {call, get, may} from '../api.js';
import {go, here, link, setQuery} from '../app.js';
import {totals, waits} from '../model/waiting.js';
import {count, shortId, some, state} from '../model/words.js';
import {modern} from '../model/zones.js';
import {Part, chip, heading, html, icon, nothing, repeat, toast} from '../parts/base.js';
import {asCurl} from '../parts/curl.js';
import {anyDeed, chooseDeed} from '../parts/deeds.js';
import {ask} from '../parts/dialog.js';
import {either, empty} from '../parts/notice.js';
import {startRun} from '../parts/start-run.js';
import {rulesOf, taskWords} from '../parts/task-words.js';
import {readers} from '../parts/times.js';
import '../parts/density.js';
import '../parts/simulate.js';
import '../parts/strip.js';
import '../parts/versions.js';
import '../parts/when.js';

/** @typedef {import('bide-api').components['schemas']} Schemas */
/** @typedef {import('../model/waiting.js').WaitingTask} WaitingTask */
/** @typedef {'waiting' | 'runs' | 'versions' | 'simulate'} Tab */

/** @type {[Tab, string][]} */
const TABS = [
  ['waiting', 'Where everyone waits'],
  ['runs', 'Runs'],
  ['versions', 'Versions'],
  ['simulate', 'Simulate'],
];
const RUN_STATES = ['active', 'paused', 'completed', 'failed', 'cancelled'];
const RUNS = 25;

/** The columns of counts, and the states of the timers that they count. @type {['waiting' | 'retrying' | 'paused' | 'dead', string][]} */
const COUNTS = [
  ['waiting', 'scheduled'],
  ['retrying', 'retrying'],
  ['paused', 'paused'],
  ['dead', 'dead'],
];

export default class WorkflowPage extends Part {
  static title() {
    return 'Workflow';
  }

  /** @type {Record<string, number>} */
  static calls = {getWorkflow: 10_000, getWaiting: 2000, getTimerDensity: 30_000, listRuns: 2000, simulateWorkflow: 0};

  constructor() {
    super();
    this.workflowId = here().params.id;
    /** @type {Schemas['Workflow'] | undefined} */
    this.workflow = undefined;
    this.etag = '';
    /** Of its tasks, in words. @type {import('../parts/task-words.js').Rules} */
    this.rules = new Map();
    /** @type {WaitingTask[] | undefined} */
    this.waiting = undefined;
    /** @type {{items: Schemas['Run'][], nextCursor: string | null} | undefined} */
    this.runs = undefined;
    /** @type {import('../api.js').Problem | undefined} of what the tab shows */
    this.tabFault = undefined;
    this.place = '';
    this.typed = 0;
  }

  /** @returns {Tab} */
  get tab() {
    const asked = here().query.get('tab');
    return TABS.find(([name]) => name === asked)?.[0] ?? 'waiting';
  }

  connectedCallback() {
    super.connectedCallback();
    this.track(
      async signal => {
        const {body, headers} = await call('GET', `/workflows/${this.workflowId}`, {signal});
        if (this.workflow?.version !== body.version) {
          // The page is as good without them: the names of the tasks stand there.
          void rulesOf(this.workflowId, body.version, signal).then(rules => {
            this.rules = rules;
            this.requestUpdate();
          }, () => {});
        }
        this.workflow = body;
        this.etag = headers.get('ETag') ?? '';
        document.title = `${body.name} · Bide`;
      },
      {every: 10_000, slow: true},
    );
    this.placed();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.typed);
  }

  /** The address has changed. */
  placed() {
    const {query} = here();
    const {tab} = this;
    const place = `${tab} ${tab === 'runs' ? `${query.get('status') ?? ''} ${query.get('key') ?? ''}` : ''}`;
    /** @type {any} */ (this.querySelector('bide-simulate'))?.placed();
    /** @type {any} */ (this.querySelector('bide-versions'))?.compare();
    if (place === this.place) {
      return;
    }
    this.place = place;
    this.untrack(this.tabbed);
    this.tabFault = undefined;
    this.runs = undefined;
    this.tabbed = tab === 'waiting' ? this.watch(signal => this.loadWaiting(signal)) : tab === 'runs' ? this.watch(signal => this.loadRuns(signal)) : undefined;
  }

  /** @param {(signal: AbortSignal) => Promise<void>} load */
  watch(load) {
    return this.track(async signal => {
      try {
        await load(signal);
        this.tabFault = undefined;
      } catch (error) {
        this.tabFault = signal.aborted ? undefined : /** @type {any} */ (error);
        throw error;
      }
    });
  }

  /** @param {AbortSignal} signal */
  async loadWaiting(signal) {
    this.waiting = (await get(`/workflows/${this.workflowId}/waiting`, undefined, signal)).items;
  }

  /** @param {AbortSignal} signal */
  async loadRuns(signal) {
    const {query} = here();
    this.runs = await get('/runs', {workflowId: this.workflowId, status: query.get('status'), key: query.get('key'), limit: RUNS}, signal);
  }

  async archive() {
    const path = `/workflows/${this.workflowId}`;
    const {waiting} = totals(this.waiting ?? []);
    const done = await ask({
      title: `Archive ${this.workflow?.name}?`,
      what: `It takes no new runs. Runs on their way finish${waiting.count > 0 ? `: ${count(waiting)} wait just now` : ''}.`,
      deed: 'Archive it',
      curl: {method: 'DELETE', path, options: {headers: {'If-Match': this.etag}}},
      act: () => call('DELETE', path, {headers: {'If-Match': this.etag}}),
    });
    if (done) {
      toast('Archived.');
      go(link('/workflows', {archived: 'true'}));
    }
  }

  render() {
    const {workflow} = this;
    if (this.fault?.status === 404 && !workflow) {
      return html`${heading('There is no such workflow', '')}<div class="notice"><p>It may be of another service.</p><a class="button" href=${link('/workflows')}>All workflows</a></div>`;
    }
    const {waiting} = totals(this.waiting ?? []);
    const scope = workflow ? html`v${workflow.version}, ${modern(workflow.timezone ?? 'UTC')}${this.waiting ? html`, ${count(waiting)} ${waiting.count === 1 ? 'waits' : 'wait'}` : nothing}${workflow.description ? html`. ${workflow.description}` : nothing}` : '';
    return html`${heading(workflow?.name ?? 'Workflow', scope, workflow ? this.actions(workflow) : nothing)}
      ${workflow?.archivedAt ? html`<div class="notice"><p>${chip('archived')} It takes no new runs since <bide-when .at=${workflow.archivedAt} .zone=${workflow.timezone ?? 'UTC'}></bide-when>. Runs on their way finish.</p></div>` : nothing}
      <nav class="tabs" aria-label="Of this workflow">${TABS.map(([name, words]) => html`<a href=${link(`/workflows/${this.workflowId}`, {tab: name === 'waiting' ? undefined : name})} aria-current=${name === this.tab ? 'page' : nothing}>${words}</a>`)}</nav>
      ${either({fault: workflow ? undefined : this.fault, there: workflow !== undefined, lines: 8, again: () => this.again()}, () => this.content(/** @type {Schemas['Workflow']} */ (workflow)))}`;
  }

  /** @param {Schemas['Workflow']} workflow */
  actions(workflow) {
    const path = `/workflows/${this.workflowId}`;
    if (workflow.archivedAt) {
      return may('createWorkflow', 'POST', '/workflows') ? html`<a class="button" href=${link('/workflows/new', {from: workflow.id})}>Make one like it</a>` : nothing;
    }
    return html`
      ${may('startRun', 'POST', `${path}/runs`) ? html`<button type="button" class="primary" @click=${() => startRun(/** @type {any} */ (workflow))}>Start a run</button>` : nothing}
      ${may('replaceWorkflow', 'PUT', path) ? html`<a class="button" href=${link(`${path}/edit`)}>Edit</a>` : nothing}
      ${may('archiveWorkflow', 'DELETE', path) ? html`<button type="button" @click=${() => this.archive()}>Archive…</button>` : nothing}`;
  }

  /** @param {Schemas['Workflow']} workflow */
  content(workflow) {
    const zone = modern(workflow.timezone ?? 'UTC');
    switch (this.tab) {
      case 'waiting':
        return either({fault: this.tabFault, there: this.waiting !== undefined, lines: 8, again: () => this.again()}, () => this.where(workflow, this.waiting ?? [], zone));
      case 'runs':
        return html`${this.filters()}${either({fault: this.tabFault, there: this.runs !== undefined, lines: 8, again: () => this.again()}, () => this.list(workflow, zone))}`;
      case 'versions':
        return html`<bide-versions .workflowId=${workflow.id} .zone=${zone} .newest=${workflow.version} .archived=${workflow.archivedAt !== undefined}></bide-versions>`;
      case 'simulate':
        return html`<bide-simulate .workflow=${workflow}></bide-simulate>`;
    }
  }

  /** @param {Schemas['Workflow']} workflow @param {WaitingTask[]} tasks @param {string} zone */
  where(workflow, tasks, zone) {
    const own = new Set(workflow.tasks.map(task => task.id));
    const now = tasks.filter(task => own.has(task.taskId));
    const gone = tasks.filter(task => !own.has(task.taskId));
    if (tasks.length === 0) {
      return empty('It has no task yet, so nobody can wait.', workflow.archivedAt || !may('replaceWorkflow', 'PUT', `/workflows/${workflow.id}`) ? nothing : html`<a class="button primary" href=${link(`/workflows/${workflow.id}/edit`)}>Add the first</a>`);
    }
    const none = tasks.every(task => waits(task).count === 0 && task.dead.count === 0);
    const view = here().query.get('coming');
    return html`<div class="stack">
      ${none ? empty('Nobody waits here.', !workflow.archivedAt && may('startRun', 'POST', `/workflows/${workflow.id}/runs`) ? html`<button type="button" class="primary" @click=${() => startRun(/** @type {any} */ (workflow))}>Start a run</button>` : nothing) : nothing}
      <div class="table cards"><table>
        <caption class="visually-hidden">Tasks, in the order in which a run comes to them</caption>
        <thead><tr><th scope="col">Task</th>${COUNTS.map(([name]) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col">Earliest and latest due</th><th scope="col">Next 30 days</th><th scope="col"><span class="visually-hidden">What can be done</span></th></tr></thead>
        <tbody>${repeat(now, task => task.taskId, (task, i) => this.task(task, String(i + 1), zone))}</tbody>
        ${gone.length > 0
          ? html`<tbody>
              <tr class="divider"><th scope="rowgroup" colspan="8">Tasks of older versions, at which runs still wait or died</th></tr>
              ${repeat(gone, task => task.taskId, task => this.task(task, '–', zone))}
            </tbody>`
          : nothing}
      </table></div>
      <div class="row apart">
        <p class="small soft">Counts of all runs of this workflow, of whatever version; who is paused waits too. Times in ${zone}.</p>
        ${anyDeed(tasks) ? html`<button type="button" @click=${() => chooseDeed({title: `All timers of ${workflow.name}`, words: `timers of ${workflow.name}`, filter: {workflowId: workflow.id}, tasks})}>Act on all…</button>` : nothing}
      </div>
      ${none ? nothing : html`<bide-density .label=${'What is coming here'} .view=${view === 'hour' || view === 'year' ? view : 'week'} .zone=${zone} .workflowId=${workflow.id} @density-view=${(/** @type {CustomEvent} */ event) => setQuery({coming: event.detail.view === 'week' ? undefined : event.detail.view}, {push: true})}></bide-density>`}
      ${asCurl('GET', `/workflows/${workflow.id}/waiting`)}
    </div>`;
  }

  /** @param {WaitingTask} task @param {string} number @param {string} zone */
  task(task, number, zone) {
    const at = (/** @type {string} */ status) => link('/timers', {status, workflowId: this.workflowId, taskId: task.taskId});
    const all = waits(task);
    return html`<tr>
      <th scope="row"><span class="soft">${number}</span> ${all.count > 0 ? html`<a href=${at('scheduled,retrying,paused')}>${task.name}</a>` : task.name} ${number === '–' ? html`<span class="small soft nowrap">gone since v${task.version + 1}</span>` : nothing}
        ${taskWords(/** @type {any} */ (this.workflow?.tasks.find(({id}) => id === task.taskId)), this.rules)}</th>
      ${COUNTS.map(
        ([name, status]) => html`<td class="number ${task[name].count > 0 ? '' : 'zero'}" data-label=${name}>${task[name].count > 0 ? html`<a class=${name === 'dead' ? 'dead nowrap' : ''} href=${at(status)}>${name === 'dead' ? icon('cross') : nothing} ${count(task[name])}</a>` : html`<span class="soft">0</span>`}</td>`,
      )}
      <td>${task.earliestDueAt ? html`<div><bide-when .at=${task.earliestDueAt} .zone=${zone}></bide-when></div>${task.latestDueAt && task.latestDueAt !== task.earliestDueAt ? html`<div><span class="soft">to</span> <bide-when .at=${task.latestDueAt} .zone=${zone}></bide-when></div>` : nothing}` : html`<span class="soft">nobody waits</span>`}</td>
      <td>${all.count > 0 ? html`<bide-strip .taskId=${task.taskId} .zone=${zone}></bide-strip>` : nothing}</td>
      <td class="number">${anyDeed([task]) ? html`<button type="button" aria-label="All at ${task.name}: change the time, pause, call now, cancel" @click=${() => chooseDeed({title: `All timers at ${task.name}`, words: `timers at ${task.name}`, filter: {taskId: task.taskId}, tasks: [task]})}>⋯</button>` : nothing}</td>
    </tr>`;
  }

  /** Lists of runs say the task by its id. @param {string | undefined} id */
  taskName(id) {
    const known = this.workflow?.tasks.find(task => task.id === id)?.name ?? this.waiting?.find(task => task.taskId === id)?.name;
    return known ?? (id ? html`<span class="soft">of an older version</span>` : html`<span class="soft">–</span>`);
  }

  filters() {
    const {query} = here();
    const chosen = (query.get('status') ?? '').split(',').filter(name => RUN_STATES.includes(name));
    return html`<div class="filters" role="search" aria-label="Which runs">
      <div class="toggles" role="group" aria-label="State">${RUN_STATES.map(name => {
        const on = chosen.includes(name);
        const next = on ? chosen.filter(other => other !== name) : RUN_STATES.filter(other => other === name || chosen.includes(other));
        return html`<button type="button" class="toggle" aria-pressed=${on ? 'true' : 'false'} @click=${() => setQuery({status: next.join(',')}, {push: true})}>${icon(on ? 'tick' : state(name).icon)}${name}</button>`;
      })}</div>
      <div class="field"><label for="runs-key">Key</label><input id="runs-key" type="search" maxlength="200" autocomplete="off" spellcheck="false" placeholder="compared whole" .value=${query.get('key') ?? ''} @input=${(/** @type {Event} */ event) => {
        clearTimeout(this.typed);
        this.typed = window.setTimeout(() => setQuery({key: /** @type {HTMLInputElement} */ (event.target).value.trim()}), 300);
      }}></div>
    </div>`;
  }

  /** @param {Schemas['Workflow']} workflow @param {string} zone */
  list(workflow, zone) {
    const {items, nextCursor} = this.runs ?? {items: [], nextCursor: null};
    const {query} = here();
    if (items.length === 0) {
      return query.get('status') || query.get('key')
        ? empty('No run matches. Keys are compared whole.', html`<a class="button" href=${link(`/workflows/${workflow.id}`, {tab: 'runs'})}>Drop the filters</a>`)
        : empty('It has no runs.', workflow.archivedAt || !may('startRun', 'POST', `/workflows/${workflow.id}/runs`) ? nothing : html`<button type="button" class="primary" @click=${() => startRun(/** @type {any} */ (workflow))}>Start a run</button>`);
    }
    return html`<div class="stack"><div class="table cards"><table>
        <caption class="visually-hidden">Runs of ${workflow.name}, newest first</caption>
        <thead><tr><th scope="col">Run</th><th scope="col">State</th><th scope="col">Task</th><th scope="col">Version</th><th scope="col">Begun</th></tr></thead>
        <tbody>${repeat(
          items,
          run => run.id,
          run => html`<tr>
            <th scope="row"><a href=${link(`/runs/${run.id}`)}>${run.key ?? shortId(run.id)}</a></th>
            <td>${chip(run.status)}</td>
            <td data-label="task">${this.taskName(run.currentTaskId)}</td>
            <td>v${run.workflowVersion}</td>
            <td data-label="begun"><bide-when .at=${run.createdAt} .zone=${readers()} .own=${run.timezone ?? zone}></bide-when></td>
          </tr>`,
        )}</tbody>
      </table></div>
      <p class="small soft">${some(items.length, 'run')} shown, newest first. ${nextCursor ? html`<a href=${link('/runs', {workflowId: workflow.id, status: query.get('status') ?? undefined, key: query.get('key') ?? undefined})}>More, and what can be done with them</a>` : 'That is all.'}</p>
    </div>`;
  }
}

customElements.define('bide-workflow', WorkflowPage);
