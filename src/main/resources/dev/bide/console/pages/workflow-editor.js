/** A workflow as it is written: its tasks as cards, a run on paper above them, and what saving it does before it is done. */
import {call, get, idOf, may, post, problem} from '../api.js';
import {go, guard, here, link} from '../app.js';
import {sampleFor} from '../model/fill.js';
import {check, parse, write} from '../model/json.js';
import {shortId} from '../model/words.js';
import {FIRST, back, draft, json, keep, madeFor, unsendable} from '../model/workflow.js';
import {learn} from '../model/walk.js';
import {modern} from '../model/zones.js';
import {Part, heading, html, icon, live, nothing, toast} from '../parts/base.js';
import {asCurl} from '../parts/curl.js';
import {nowish, pauseAfter} from '../parts/delay-answer.js';
import {ask} from '../parts/dialog.js';
import {either, failed} from '../parts/notice.js';
import '../parts/ruler.js';
import {saveDialog} from '../parts/save-dialog.js';
import {tab} from '../parts/tab.js';
import '../parts/task-list.js';
import {isZone} from '../time.js';
import {length, readers} from '../parts/times.js';
import {NO_ZONE, zonePicker} from '../parts/zone-picker.js';

/** @typedef {import('../model/workflow.js').Draft} Draft */
/** @typedef {import('../parts/task-list.js').Wrong} Wrong */

const KEEP = 500;
const LONG = 10;

/** @param {string | undefined} name of a workflow, as a sentence begins with it */
const named = name => (name?.trim() ? `“${name.trim()}”` : 'The workflow');

export default class WorkflowEditor extends Part {
  /** @param {Record<string, string>} params */
  static title({id}) {
    return id ? 'Edit a workflow' : 'New workflow';
  }

  /** @type {Record<string, number>} */
  static calls = {getWorkflow: 0, getWorkflowVersion: 0, previewDelay: 0, replaceWorkflow: 0, createWorkflow: 0, testAction: 0};

  constructor() {
    super();
    const {params} = here();
    /** @type {string | undefined} */
    this.workflowId = params.id;
    /** @type {any} as the service has it */
    this.stored = undefined;
    this.etag = '';
    /** @type {Draft | undefined} */
    this.draft = undefined;
    /** What there was when editing began, as it would be sent. @type {any} */
    this.base = undefined;
    this.sample = '{}';
    /** @type {number | null} the card that is open to begin with */
    this.open = null;
    /** @type {Wrong[]} */
    this.wrong = [];
    /** @type {import('../api.js').Problem | undefined} what came of saving */
    this.refusal = undefined;
    /** @type {import('../model/walk.js').Step[]} */
    this.steps = [];
    /** @type {{at: number, version?: number, draft: any} | undefined} a draft that was not saved */
    this.kept = undefined;
    this.saving = false;
    /** Whether it was saved, or dropped: then nothing is kept. */
    this.over = false;
    this.timer = 0;
    this.listening = new AbortController();
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
    guard(() => this.changed);
    const {signal} = (this.listening = new AbortController());
    document.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !document.querySelector('dialog[open]')) {
        event.preventDefault();
        void this.save();
      }
    }, {signal});
    addEventListener('pagehide', () => this.keep(), {signal});
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    guard(undefined);
    this.keep();
    this.listening.abort();
    if (!this.over && this.changed && tab.get(this.place)) {
      const {place} = this;
      toast(`${named(this.draft?.name)} is kept as a draft in this tab.`, {words: 'Go on with it', act: () => go(place.endsWith('.new') ? link('/workflows/new') : link(`/workflows/${this.workflowId}/edit`))});
    }
  }

  get place() {
    return `bide.draft.${this.workflowId ?? 'new'}`;
  }

  get samplePlace() {
    return `bide.sample.${this.workflowId ?? 'new'}`;
  }

  get changed() {
    return this.draft !== undefined && write(json(this.draft)) !== write(this.base);
  }

  get nothingToSave() {
    return this.workflowId !== undefined && !this.changed;
  }

  /** Whether this key may save it. */
  get able() {
    return this.workflowId ? may('replaceWorkflow', 'PUT', `/workflows/${this.workflowId}`) : may('createWorkflow', 'POST', '/workflows');
  }

  /** Whether what stands in its field is a time zone, or nothing. */
  get zoned() {
    const zone = this.draft?.timezone.trim() ?? '';
    return zone === '' || isZone(zone);
  }

  get zone() {
    const zone = this.draft?.timezone.trim() ?? '';
    return zone !== '' && this.zoned ? zone : 'UTC';
  }

  async load() {
    this.fault = undefined;
    const {query} = here();
    try {
      if (this.workflowId) {
        const {body, headers} = await call('GET', `/workflows/${this.workflowId}`, {patient: false});
        const version = query.get('version');
        const other = version ? await get(`/workflows/${this.workflowId}/versions/${encodeURIComponent(version)}`) : undefined;
        await this.foresee(body);
        this.take(body, headers.get('ETag') ?? '', other);
      } else {
        const from = query.get('from');
        const version = query.get('version');
        const like = from ? await get(`/workflows/${encodeURIComponent(from)}${version ? `/versions/${encodeURIComponent(version)}` : ''}`) : undefined;
        this.begin(like, query);
      }
      const kept = tab.get(this.place);
      this.kept = kept ? parse(kept) : undefined;
    } catch (error) {
      this.fault = problem(error);
      if (this.fault.away && this.isConnected) {
        window.setTimeout(() => this.isConnected && this.load(), pauseAfter(this.fault));
      }
    }
    this.requestUpdate();
  }

  /** A long workflow is walked by the service at once. @param {any} stored */
  async foresee({id, tasks, timezone = 'UTC'}) {
    if (tasks.length > LONG) {
      try {
        learn(tasks, timezone, (await post(`/workflows/${id}/simulate`, {from: nowish(), timezone}, {patient: false})).steps);
      } catch {
        // Then it is asked wait by wait.
      }
    }
  }

  /** @param {any} stored @param {string} etag @param {any} [other] a version to begin with */
  take(stored, etag, other) {
    this.stored = stored;
    this.etag = etag;
    this.base = json(draft(stored));
    this.begun(draft(other ? {...stored, ...other} : stored));
    this.open = this.draft?.tasks.length === 1 ? this.draft.tasks[0].key : null;
  }

  /** @param {any} like @param {URLSearchParams} query */
  begin(like, query) {
    const zone = modern(query.get('zone') ?? readers());
    /** @type {any} */
    let first = {name: FIRST};
    try {
      first = {...first, ...(query.get('delay') && {delay: parse(String(query.get('delay')))})};
    } catch {
      // A delay that can't be read: one of a day, as for any new task.
    }
    const tasks = like ? like.tasks.map((/** @type {any} */ each) => ({...each, id: undefined})) : [first];
    this.begun(draft({name: like ? `${like.name} 2` : '', timezone: like ? like.timezone : zone, description: like?.description, tasks}));
    this.base = like ? {} : json(/** @type {Draft} */ (this.draft));
    this.open = like ? null : (this.draft?.tasks[0].key ?? null);
  }

  /** @param {Draft} draft */
  begun(draft) {
    this.draft = draft;
    this.sample = tab.get(this.samplePlace) ?? sampleFor(draft.tasks.flatMap(({action: {headers, body}}) => [...headers.map(({value}) => value), body]));
  }

  /** @param {Partial<Draft>} patch */
  change(patch) {
    this.draft = {.../** @type {Draft} */ (this.draft), ...patch};
    this.wrong = this.wrong.filter(({key, field}) => key !== null || !(field in patch));
    this.refusal = undefined;
    this.kept = undefined;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.keep(), KEEP);
    this.requestUpdate();
  }

  /** Keeps what is not saved, if anything was changed since it was kept. */
  keep() {
    if (this.timer && this.draft) {
      clearTimeout(this.timer);
      this.timer = 0;
      tab.set(this.place, this.changed ? write({at: Date.now(), version: this.stored?.version, text: keep(this.draft)}) : null);
    }
  }

  /** What the draft is called that was not saved. */
  get keptName() {
    try {
      return String(/** @type {any} */ (parse(String(/** @type {any} */ (this.kept).text))).name).trim();
    } catch {
      return '';
    }
  }

  takeUp() {
    try {
      const draft = back(parse(String(/** @type {any} */ (this.kept).text)));
      this.kept = undefined;
      this.change(draft);
    } catch {
      toast('That draft can’t be read any more.');
      this.dropKept();
    }
  }

  dropKept() {
    this.kept = undefined;
    tab.set(this.place, null);
    this.requestUpdate();
  }

  /** Faults to their fields: of a task to its card, which is opened. @param {{field: string, message: string}[]} errors */
  async put(errors) {
    const tasks = this.draft?.tasks ?? [];
    this.wrong = errors.map(({field, message}) => {
      const [, at, rest] = /^tasks\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
      const own = at === undefined ? undefined : tasks[Number(at)];
      return own ? {key: own.key, field: rest, message} : {key: null, field, message};
    });
    const first = tasks.find(({key}) => this.wrong.some(wrong => wrong.key === key));
    if (first && !this.wrong.some(({key}) => key === null)) {
      this.open = first.key;
      const list = this.querySelector('bide-task-list');
      if (list) {
        /** @type {any} */ (list).opened = first.key;
      }
    }
    this.requestUpdate();
    await this.updateComplete;
    // What is opened brings parts of its own.
    for (const part of ['bide-task-list', 'bide-task-card', 'bide-delay-editor, bide-action-editor', 'bide-json-field']) {
      await Promise.all([...this.querySelectorAll(part)].map(each => /** @type {any} */ (each).updateComplete));
    }
    const bad = /** @type {HTMLElement | null} */ (this.querySelector('[aria-invalid="true"]') ?? this.querySelector('.notice.fault'));
    bad?.focus();
    bad?.scrollIntoView({block: 'center'});
  }

  async save() {
    const {draft: now, workflowId} = this;
    if (!now || this.saving || this.nothingToSave || !this.able) {
      return;
    }
    this.refusal = undefined;
    const before = unsendable(now, check);
    if (before.length > 0) {
      await this.put(before);
      return;
    }
    if (!workflowId) {
      await this.make(json(now));
      return;
    }
    const outcome = await saveDialog({id: workflowId, before: this.base, version: this.stored.version, etag: this.etag, after: madeFor(json(now), this.stored), zone: this.zone});
    if (outcome?.refused) {
      await this.refused(outcome.refused);
    } else if (outcome?.theirs) {
      tab.set(this.place, null);
      this.take(outcome.theirs.workflow, outcome.theirs.etag);
      this.requestUpdate();
    } else if (outcome?.saved) {
      this.done();
      toast(`Version ${outcome.saved.version} is saved.`);
      go(outcome.operation ? link(`/operations/${outcome.operation}`) : link(`/workflows/${workflowId}`));
    }
  }

  /** Nothing is left to be saved. */
  done() {
    this.over = true;
    guard(undefined);
    clearTimeout(this.timer);
    this.timer = 0;
    tab.set(this.place, null);
  }

  /** @param {ReturnType<typeof json>} body */
  async make(body) {
    this.saving = true;
    this.requestUpdate();
    try {
      const {body: made, headers} = await call('POST', '/workflows', {body});
      this.done();
      tab.set(`bide.sample.${made.id}`, this.sample);
      toast(`${made.name} is made.`);
      go(link(`/workflows/${idOf(headers) ?? made.id}`));
    } catch (error) {
      await this.refused(problem(error));
    }
    this.saving = false;
    this.requestUpdate();
  }

  /** @param {import('../api.js').Problem} fault */
  async refused(fault) {
    this.refusal = fault.errors.length > 0 ? undefined : fault;
    await this.put(fault.errors);
  }

  async discard() {
    const away = link(this.workflowId ? `/workflows/${this.workflowId}` : '/workflows');
    if (!this.changed || (await ask({title: 'Drop what you changed?', what: 'It was not saved, and can’t be brought back.', deed: 'Drop it', keep: 'Keep editing', act: async () => {}}))) {
      this.done();
      go(away);
    }
  }

  render() {
    const {draft: now, stored} = this;
    if (this.fault?.status === 404) {
      return html`${heading('There is no such workflow', '')}<div class="notice"><p>Nothing is there by this id and version.</p><a class="button" href=${link('/workflows')}>All workflows</a></div>`;
    }
    const title = this.workflowId ? `Edit ${stored?.name ?? shortId(this.workflowId)}` : 'New workflow';
    const scope = stored ? `version ${stored.version}${this.changed ? `; saved it is version ${stored.version + 1}` : ''}${stored.archivedAt ? '; archived: no run starts' : ''}` : this.workflowId ? '' : 'Tasks in their order: each waits, then calls.';
    return html`${heading(title, scope)}
      ${either({fault: this.fault, there: now !== undefined, lines: 10, again: () => this.load()}, () => this.whole(/** @type {Draft} */ (now)))}`;
  }

  buttons() {
    if (!this.able) {
      return html`<span class="chip">this key may look only</span>`;
    }
    return html`<button type="button" @click=${() => this.discard()}>${this.changed ? 'Discard' : 'Back'}</button>
      <button type="button" class="primary" title="Ctrl + Enter" aria-disabled=${this.nothingToSave || this.saving ? 'true' : 'false'} @click=${() => this.save()}>${this.workflowId ? 'Save…' : 'Make it'}</button>`;
  }

  /** @param {Draft} now */
  whole(now) {
    const own = (/** @type {string} */ field) => this.wrong.find(wrong => wrong.key === null && wrong.field === field)?.message;
    const rest = this.wrong.filter(({key, field}) => key === null && !['name', 'timezone', 'description'].includes(field));
    const wrongName = own('name');
    return html`<div class="stack editor">
      ${this.refusal ? failed(this.refusal) : nothing}
      ${rest.length > 0 ? html`<div class="notice fault" role="alert" tabindex="-1">${rest.map(({field, message}) => html`<p class="row">${icon('cross')}<span><code>${field}</code> ${message}</span></p>`)}</div>` : nothing}
      ${this.kept && !this.changed ? html`<div class="needs"><div>${icon('warn')}<p>${named(this.keptName)} was not saved: a draft of ${length(Date.now() - this.kept.at)} ago${this.kept.version !== undefined && this.kept.version !== this.stored?.version ? `, made from version ${this.kept.version}` : ''}.</p><button type="button" @click=${() => this.takeUp()}>Continue ${this.keptName ? `“${this.keptName}”` : 'the draft'}</button><button type="button" @click=${() => this.dropKept()}>Drop the draft</button></div></div>` : nothing}
      <section class="card figures" aria-label="The workflow">
        <div class="field"><label for="workflow-name">Name</label>
          <input id="workflow-name" autocomplete="off" maxlength="200" placeholder="Onboarding" data-path="name" aria-invalid=${wrongName ? 'true' : nothing} aria-describedby=${wrongName ? 'workflow-name-error' : nothing} .value=${live(now.name)} @input=${(/** @type {Event} */ event) => this.change({name: /** @type {HTMLInputElement} */ (event.target).value})}>
          ${wrongName ? html`<span class="error" id="workflow-name-error">${icon('cross')}<span>${wrongName}</span></span>` : nothing}</div>
        ${zonePicker({id: 'workflow-zone', value: now.timezone, path: 'timezone', error: own('timezone') ?? (now.timezone && !isZone(now.timezone) ? NO_ZONE : undefined), help: now.timezone ? 'by whose clocks waits are counted, unless a run brings its own' : 'none: UTC counts, unless a run brings its own', change: timezone => this.change({timezone})})}
        <details class="fold" ?open=${Boolean(now.description)}><summary>Description</summary><textarea aria-label="Description" rows="2" maxlength="4000" .value=${live(now.description)} @input=${(/** @type {Event} */ event) => this.change({description: /** @type {HTMLTextAreaElement} */ (event.target).value})}></textarea></details>
      </section>
      ${this.zoned ? nothing : html`<p class="note turned">${icon('warn')}<span>When a run would end is not known without a time zone that there is.</span></p>`}
      <bide-ruler ?hidden=${!this.zoned} .tasks=${now.tasks.map(({name, delay}) => ({name, delay}))} .zone=${this.zone} @ruler=${(/** @type {CustomEvent} */ event) => {
        this.steps = event.detail.steps;
        this.requestUpdate();
      }}></bide-ruler>
      <bide-task-list .tasks=${now.tasks} .wrong=${this.wrong} .steps=${this.zoned ? this.steps : []} .zone=${this.zoned ? this.zone : now.timezone.trim()} .sample=${this.sample} .opened=${this.open}
        @tasks-change=${(/** @type {CustomEvent} */ event) => this.change({tasks: event.detail.tasks})}
        @task-edit=${(/** @type {CustomEvent} */ event) => {
          const {key, part} = event.detail;
          this.wrong = this.wrong.filter(wrong => wrong.key !== key || !(wrong.field === part || wrong.field.startsWith(`${part}.`)));
        }}
        @sample-change=${(/** @type {CustomEvent} */ event) => {
          this.sample = event.detail.text;
          tab.set(this.samplePlace, this.sample);
          this.requestUpdate();
        }}></bide-task-list>
      ${this.workflowId ? nothing : asCurl('POST', '/workflows', {body: json(now)})}
      <div class="row save">${this.buttons()}</div>
    </div>`;
  }
}

customElements.define('bide-workflow-editor', WorkflowEditor);
