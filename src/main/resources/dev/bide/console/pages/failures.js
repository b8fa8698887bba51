/** Dead timers in groups that died alike: try ten, then the rest, or dismiss them. */
import {clock, get, may} from '../api.js';
import {here, link, setQuery} from '../app.js';
import {groupWords} from '../model/groups.js';
import {named, recentOf} from '../model/needs.js';
import {number, shortId} from '../model/words.js';
import {Part, heading, html, icon, nothing, repeat} from '../parts/base.js';
import {bulk} from '../parts/bulk-dialog.js';
import {Canary, bodyOf} from '../parts/canary.js';
import {asCurl, asCurls} from '../parts/curl.js';
import {either, empty} from '../parts/notice.js';
import {readers} from '../parts/times.js';
import {workflowOf, workflowPicker} from '../parts/workflow-picker.js';
import '../parts/when.js';

/** @typedef {Record<string, any>} Group */

const TEN = 10;

/** @type {Record<string, string>} */
const HOLES = {id: 'an id that differs', n: 'a number that differs', time: 'a time that differs', address: 'an address that differs'};

export default class Failures extends Part {
  static title() {
    return 'Failures';
  }

  /** @type {Record<string, number>} */
  static calls = {listProblems: 5000};

  constructor() {
    super();
    /** @type {Group[] | undefined} */
    this.groups = undefined;
    this.scope = '';
    /** @type {Map<string, Canary>} */
    this.canaries = new Map();
    this.shown = this.asked();
    this.typed = 0;
  }

  asked() {
    const {query} = here();
    return JSON.stringify([query.get('workflowId'), query.get('host')]);
  }

  get query() {
    const {query} = here();
    return {workflowId: query.get('workflowId') ?? undefined, host: query.get('host') ?? undefined};
  }

  connectedCallback() {
    super.connectedCallback();
    this.poller = this.track(signal => this.load(signal), {every: 5000});
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.typed);
    this.canaries.forEach(canary => canary.stop());
  }

  placed() {
    if (this.shown !== this.asked()) {
      this.shown = this.asked();
      this.groups = undefined;
      this.untrack(this.poller);
      this.poller = this.track(signal => this.load(signal), {every: 5000});
    }
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const {scope, items} = await get('/problems', this.query, signal);
    // A group whose ten are followed stays, though the last of it may be gone.
    const kept = (this.groups ?? []).filter(({problem}) => this.canaries.has(problem) && !items.some((/** @type {Group} */ item) => item.problem === problem)).map(group => ({...group, count: 0}));
    this.groups = [...items, ...kept];
    this.scope = scope;
    if (!this.query.workflowId && !this.query.host) {
      document.dispatchEvent(new CustomEvent('bide-counts', {detail: {'/failures': recentOf(items, clock.now()).length}}));
    }
  }

  render() {
    const scope = this.scope === '' ? 'dead timers in groups that died alike' : `of ${this.scope.replace(/^newest/, 'the newest').replace(/\d{4,}/, digits => number(Number(digits)))} dead timers`;
    return html`${heading('Failures', scope)}
      <div class="filters" role="search" aria-label="Which failures">
        ${workflowPicker({value: this.query.workflowId, changed: () => this.requestUpdate(), change: id => setQuery({workflowId: id}, {push: true})})}
        <div class="field"><label for="failures-host">Destination</label><input id="failures-host" type="search" autocomplete="off" spellcheck="false" placeholder="api.example.com" .value=${this.query.host ?? ''} @input=${(/** @type {Event} */ event) => {
          clearTimeout(this.typed);
          const {value} = /** @type {HTMLInputElement} */ (event.target);
          this.typed = window.setTimeout(() => setQuery({host: value.trim()}), 300);
        }}></div>
      </div>
      ${either({fault: this.fault, there: this.groups !== undefined, again: () => this.again()}, () => this.list(/** @type {Group[]} */ (this.groups)))}`;
  }

  /** @param {Group[]} groups */
  list(groups) {
    if (groups.length === 0) {
      return this.query.workflowId || this.query.host
        ? empty('No timer has died that matches.', html`<a class="button" href=${link('/failures')}>All failures</a>`)
        : empty('No timer has died. Dead are those that used up their attempts, or got an answer that is final.');
    }
    return html`<ul class="stack tight" role="list">${repeat(groups, group => group.problem, group => this.group(group))}</ul>
      ${asCurl('GET', '/problems', {query: this.query})}`;
  }

  /** What differs from one to the next is dots. @param {string} text */
  text(text) {
    return text.split(/(\{(?:id|n|time|address)\})/).map((part, i) => (i % 2 === 0 ? part : html`<span class="soft" title=${HOLES[part.slice(1, -1)]}>···</span>`));
  }

  /** @param {Group} group */
  group(group) {
    const {problem, host, outcome, httpStatus, text, count, workflowIds, samples} = group;
    const changed = () => this.requestUpdate();
    const zone = readers();
    const canary = this.canaries.get(problem);
    const canTry = may('redriveTimers');
    const where = workflowIds.length === 0 ? 'timers without a workflow' : workflowIds.map((/** @type {string} */ id, /** @type {number} */ i) => html`${i > 0 ? ', ' : ''}<a href=${link(`/workflows/${id}`)}>${workflowOf(id, changed)?.name ?? shortId(id)}</a>`);
    return html`<li class="card group">
      <p class="row count toned" data-tone="dead">${icon('cross')}<strong>${number(count)}</strong></p>
      <div class="stack tight">
        <h2><a href=${link('/timers', {status: 'dead', problem})}>${named(host)} · ${outcome === 'refused' ? `${httpStatus ?? ''} final`.trim() : (httpStatus ?? 'no answer')}</a></h2>
        <p>“${this.text(text)}”</p>
        <p class="small soft">${where}; first <bide-when .at=${group.firstAt} .zone=${zone} .only=${'words'}></bide-when>, last <bide-when .at=${group.lastAt} .zone=${zone} .only=${'words'}></bide-when></p>
        <p class="small">Newest: ${samples.map((/** @type {string} */ id, /** @type {number} */ i) => html`${i > 0 ? ', ' : ''}<a class="mono" href=${link(`/timers/${id}`)}>${shortId(id)}</a>`)}</p>
        ${canTry && !canary && count > TEN ? html`<div class="small">${asCurls([{words: 'Try ten', method: 'POST', path: '/timers/redrive', options: {body: bodyOf(problem)}}])}</div>` : nothing}
        ${canary ? canary.draw(html`${count > 0 && canTry ? html`<button type="button" class="primary" @click=${() => this.rest(group)}>Try ${canary.count('dead') > 0 ? 'all' : 'the other'} ${number(count)}…</button>` : nothing}<button type="button" class="plain" @click=${() => this.forget(problem)}>All right</button>`) : nothing}
      </div>
      <div class="row">
        ${canTry && !canary ? html`${count > TEN ? html`<button type="button" title="redrive the oldest ten" @click=${() => this.ten(problem)}>Try ten</button>` : nothing}<button type="button" @click=${() => this.rest(group)}>Try ${count === 1 ? 'it' : 'all'}…</button>` : nothing}
        ${may('cancelTimers') && count > 0 ? html`<button type="button" @click=${() => bulk({deed: 'dismiss', filter: {problem, status: 'dead'}, words: this.words(group)})}>Dismiss…</button>` : nothing}
        <a class="button plain" href=${link(`/destinations/${encodeURIComponent(host)}`)}>Destination</a>
      </div>
    </li>`;
  }

  /** How many they are the dialog counts. @param {Group} group */
  words(group) {
    return `all that died alike and are dead when it begins (${groupWords(/** @type {any} */ (group))})`;
  }

  /** @param {string} problem */
  ten(problem) {
    this.canaries.set(problem, new Canary(problem, () => this.requestUpdate()));
    this.requestUpdate();
  }

  /** @param {string} problem */
  forget(problem) {
    this.canaries.get(problem)?.stop();
    this.canaries.delete(problem);
    this.again();
    this.requestUpdate();
  }

  /** @param {Group} group */
  rest(group) {
    return bulk({deed: 'redrive', filter: {problem: group.problem}, words: this.words(group)});
  }
}

customElements.define('bide-failures', Failures);
