/** One operation, watched to its end. */
import {clock, get, may, post} from '../api.js';
import {here, link} from '../app.js';
import * as filters from '../model/filter.js';
import {Pace, beganBy, setsOff, tally, things} from '../model/pace.js';
import {kind, number, shortId, some} from '../model/words.js';
import {Part, heading, html, icon, nothing, toast} from '../parts/base.js';
import {asCurl, copyButton} from '../parts/curl.js';
import {ask} from '../parts/dialog.js';
import {either} from '../parts/notice.js';
import {aboutWords, filterOf, operationChip, progress, tookWords} from '../parts/progress.js';
import {readers} from '../parts/times.js';
import '../parts/when.js';

/** @typedef {Record<string, any>} Json */

/** Of those that died since, so many are counted. */
const COUNTED = 100;

export default class Operation extends Part {
  /** @param {Record<string, string>} params */
  static title(params) {
    return `Operation ${shortId(params.id)}`;
  }

  /** @type {Record<string, number>} */
  static calls = {getOperation: 2000, listTimers: 5000, listProblems: 0};

  constructor() {
    super();
    this.operationId = here().params.id;
    /** @type {Json | undefined} */
    this.operation = undefined;
    this.pace = new Pace();
    /** @type {number | undefined} how many of those that were set off again are dead by now, up to a number */
    this.died = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.poller = this.track(signal => this.load(signal));
    this.track(signal => this.follow(signal), {every: 5000, slow: true});
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const before = this.operation?.status;
    const operation = /** @type {Json} */ (await get(`/operations/${this.operationId}`, undefined, signal));
    this.operation = operation;
    this.pace.add(clock.now(), operation.done + operation.failed);
    document.title = `${kind(operation.kind)} · Bide`;
    if (before === 'running' && operation.status !== 'running') {
      toast(`${operation.status === 'completed' ? 'Completed' : 'Stopped'}: ${tally(/** @type {any} */ (operation))}.`);
    }
    if (operation.status !== 'running' && this.poller) {
      this.poller.every = 10_000;
    }
  }

  /** The filter of the dead timers among what was set off again; runs are not found so. */
  get dead() {
    const {operation} = this;
    return operation && setsOff(/** @type {any} */ (operation)) && things(/** @type {any} */ (operation)) === 'timers' ? {...filterOf(operation), status: ['dead']} : undefined;
  }

  /** That they are set off says nothing of what became of them: those that died since then stand first in the list of the dead. @param {AbortSignal} signal */
  async follow(signal) {
    const {dead, operation} = this;
    if (!dead || filters.order(dead) !== 'died') {
      return;
    }
    const {items} = await get('/timers', {...filters.query(dead), limit: COUNTED}, signal);
    const begun = Date.parse(operation?.startedAt ?? operation?.createdAt);
    this.died = items.filter((/** @type {Json} */ each) => Date.parse(each.finishedAt) >= begun).length;
  }

  /** What became of those that were set off again. */
  became() {
    const {dead, died} = this;
    if (!dead) {
      return nothing;
    }
    // One that died since for the first time matches too, and can't be told apart.
    const words = died === undefined ? '' : died === 0 ? 'None that matches has died since.' : `${died === COUNTED ? `${number(died)} or more timers` : some(died, 'timer')} that ${died === 1 ? 'matches has' : 'match have'} died since.`;
    return html`<p class="row">${words === '' ? nothing : html`<span class=${died ? 'dead' : ''}>${icon(died ? 'cross' : 'tick')} ${words}</span>`}<a href=${link('/timers', filters.query(dead))}>Those that are dead now</a></p>
      <p class="small soft">Set off is not delivered: each is called now, and is dead again only when its attempts are used up.</p>`;
  }

  async stopIt() {
    const path = `/operations/${this.operationId}/cancel`;
    await ask({title: 'Stop this operation?', what: 'What is done stays done; the rest is left as it is.', deed: 'Stop it', keep: 'Let it go on', curl: {method: 'POST', path}, act: () => post(path)});
    this.again();
  }

  render() {
    const {operation} = this;
    if (this.fault?.status === 404) {
      return html`${heading('There is no such operation', '')}<div class="notice"><p>Operations that are over are forgotten after the retention.</p><a class="button" href=${link('/operations')}>All operations</a></div>`;
    }
    const stop = operation?.status === 'running' && may('cancelOperation') ? html`<button type="button" @click=${() => this.stopIt()}>Stop…</button>` : nothing;
    return html`${heading(operation ? kind(operation.kind) : `Operation ${shortId(this.operationId)}`, operation ? html`${operationChip(operation.status)} ${aboutWords(operation, () => this.requestUpdate())}` : '', stop)}
      ${either({fault: this.fault, there: operation !== undefined, again: () => this.again()}, () => this.whole(/** @type {Json} */ (operation)))}`;
  }

  /** @param {Json} operation */
  whole(operation) {
    const began = beganBy(/** @type {any} */ (operation));
    const rest = operation.failed - operation.failures.length;
    const took = operation.endedAt ? Date.parse(operation.endedAt) - Date.parse(operation.startedAt ?? operation.createdAt) : undefined;
    const zone = readers();
    return html`<div class="stack">
      <section class="card">
        <header><h2>${operation.status === 'running' ? 'Under way' : operation.status === 'completed' ? (setsOff(/** @type {any} */ (operation)) ? 'Set off again' : 'Completed') : 'Stopped'}</h2><span class="scope">${operation.status === 'running' ? 'the number grows while it looks for them' : took === undefined ? '' : tookWords(took)}</span></header>
        ${progress(operation, this.pace.perSecond)}
        ${this.became()}
      </section>
      ${operation.failures.length > 0
        ? html`<section class="card">
            <header><h2>Not changed</h2><span class="scope">${rest > 0 ? `the first ${operation.failures.length} of ${operation.failed}` : `all ${operation.failed}`}</span></header>
            <ul class="sample" role="list">${operation.failures.map((/** @type {Json} */ each) => html`<li class="row"><a class="mono" href=${link(`/${things(/** @type {any} */ (operation))}/${each.id}`)}>${shortId(each.id)}</a><span>${each.detail}</span></li>`)}</ul>
          </section>`
        : nothing}
      <section class="card">
        <header><h2>Particulars</h2></header>
        <dl class="facts">
          <dt>Reason</dt><dd>${operation.reason ?? html`<span class="soft">none was given</span>`}</dd>
          <dt>Asked for</dt><dd><bide-when .at=${operation.createdAt} .zone=${zone}></bide-when></dd>
          ${operation.startedAt ? html`<dt>Begun</dt><dd><bide-when .at=${operation.startedAt} .zone=${zone}></bide-when></dd>` : nothing}
          ${operation.endedAt ? html`<dt>Ended</dt><dd><bide-when .at=${operation.endedAt} .zone=${zone}></bide-when></dd>` : nothing}
          <dt>Id</dt><dd class="mono">${operation.id} ${copyButton(operation.id)}</dd>
        </dl>
        ${began ? html`<p class="small soft">What began it:</p>${asCurl('POST', began[0], {body: began[1]})}` : nothing}
      </section>
    </div>`;
  }
}

customElements.define('bide-operation', Operation);
