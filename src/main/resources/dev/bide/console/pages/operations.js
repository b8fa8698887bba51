/** Changes to many: what, by filter in words, how far, by whom asked for why. */
import {here, link, setQuery} from '../app.js';
import {kind} from '../model/words.js';
import {Part, heading, html, icon, nothing, repeat} from '../parts/base.js';
import {asCurl} from '../parts/curl.js';
import {Pages, isOver} from '../parts/list.js';
import {either, empty} from '../parts/notice.js';
import {aboutWords, operationChip, progress, tookWords} from '../parts/progress.js';
import {readers} from '../parts/times.js';
import '../parts/when.js';

/** @typedef {Record<string, any>} Operation */

export default class Operations extends Part {
  static title() {
    return 'Operations';
  }

  /** @type {Record<string, number>} */
  static calls = {listOperations: 2000};

  constructor() {
    super();
    this.pages = new Pages({path: '/operations', query: () => ({status: this.status}), size: 25, changed: () => this.requestUpdate(), calm: () => isOver(this)});
    this.shown = this.status;
  }

  get status() {
    return here().query.get('status') ?? undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.poller = this.track(signal => this.load(signal));
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    await this.pages.first(signal);
    const running = this.pages.all.filter(({status}) => status === 'running').length;
    document.dispatchEvent(new CustomEvent('bide-counts', {detail: {'/operations': running}}));
  }

  placed() {
    if (this.shown !== this.status) {
      this.shown = this.status;
      this.pages.reset();
      this.untrack(this.poller);
      this.poller = this.track(signal => this.load(signal));
    }
  }

  render() {
    const running = this.status === 'running';
    const toggle = html`<button type="button" class="toggle" aria-pressed=${running ? 'true' : 'false'} @click=${() => setQuery({status: running ? undefined : 'running'}, {push: true})}>${icon(running ? 'tick' : 'again')}only running ones</button>`;
    return html`${heading('Operations', 'changes to many, newest first', toggle)}
      ${either({fault: this.fault, there: this.pages.items !== undefined, again: () => this.again()}, () => this.list(running))}`;
  }

  /** @param {boolean} running */
  list(running) {
    const items = this.pages.all;
    if (items.length === 0 && this.pages.cursor === null) {
      return running
        ? empty('No operation is running.', html`<button type="button" @click=${() => setQuery({status: undefined}, {push: true})}>All operations</button>`)
        : empty('No operation yet. Changes to many timers or runs appear here.', html`<a class="button" href=${link('/timers')}>Timers</a>`);
    }
    return html`${this.pages.newer()}
      <div class="table cards"><table>
        <caption class="visually-hidden">Operations, newest first</caption>
        <thead><tr><th scope="col">What</th><th scope="col">State</th><th scope="col">How far</th><th scope="col">Begun</th><th scope="col">Why</th></tr></thead>
        <tbody>${repeat(items, each => each.id, each => this.row(each))}</tbody>
      </table></div>
      ${this.pages.foot('operation')}
      ${asCurl('GET', '/operations', {query: {status: this.status}})}`;
  }

  /** @param {Operation} each */
  row(each) {
    const took = each.endedAt && each.startedAt ? Date.parse(each.endedAt) - Date.parse(each.startedAt) : undefined;
    return html`<tr>
      <th scope="row"><a href=${link(`/operations/${each.id}`)}>${kind(each.kind)}</a><br><span class="small soft">${aboutWords(each, () => this.requestUpdate())}</span></th>
      <td>${operationChip(each.status)}</td>
      <td>${progress(each)}</td>
      <td class="nowrap"><bide-when .at=${each.createdAt} .zone=${readers()} .only=${'words'}></bide-when>${took === undefined ? nothing : html`<br><span class="small soft">${tookWords(took)}</span>`}</td>
      <td>${each.reason ?? html`<span class="soft">–</span>`}</td>
    </tr>`;
  }
}

customElements.define('bide-operations', Operations);
