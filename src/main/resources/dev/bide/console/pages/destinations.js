/** Destinations: what each third party gets and answers; what is not well stands first. */
import {get} from '../api.js';
import {here, link, setQuery} from '../app.js';
import {condition, failedShare, failedWords, worstFirst} from '../model/third.js';
import {rate} from '../model/words.js';
import {Part, chip, count, heading, html, icon, repeat} from '../parts/base.js';
import {asCurl} from '../parts/curl.js';
import {Pages, isOver} from '../parts/list.js';
import {either, empty} from '../parts/notice.js';
import {length} from '../parts/times.js';

/** @typedef {any} Destination */

const MUCH = 0.05;

export default class Destinations extends Part {
  static title() {
    return 'Destinations';
  }

  /** @type {Record<string, number>} */
  static calls = {listDestinations: 2000};

  constructor() {
    super();
    const key = (/** @type {Destination} */ each) => each.destination;
    this.pages = new Pages({path: '/destinations', query: () => ({troubled: this.troubled || undefined}), changed: () => this.requestUpdate(), calm: () => isOver(this), key});
    /** Those that are not well may stand on later pages. @type {Destination[]} */
    this.unwell = [];
    this.shown = this.troubled;
  }

  get troubled() {
    return here().query.get('troubled') === 'true';
  }

  connectedCallback() {
    super.connectedCallback();
    this.poller = this.track(signal => this.load(signal));
  }

  placed() {
    if (this.shown !== this.troubled) {
      this.shown = this.troubled;
      this.pages.reset();
      this.untrack(this.poller);
      this.poller = this.track(signal => this.load(signal));
    }
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const [, unwell] = await Promise.all([this.pages.first(signal), this.troubled ? undefined : get('/destinations', {troubled: true, limit: 50}, signal)]);
    this.unwell = unwell?.items ?? [];
  }

  render() {
    const {scope} = this.pages.rest;
    const toggle = html`<button type="button" class="toggle" aria-pressed=${this.troubled ? 'true' : 'false'} @click=${() => setQuery({troubled: this.troubled ? undefined : 'true'}, {push: true})}>${icon(this.troubled ? 'tick' : 'warn')}not well</button>`;
    return html`${heading('Destinations', `${scope ?? 'those that are called'}; figures of the whole cluster, last minute`, toggle)}
      ${either({fault: this.fault, there: this.pages.items !== undefined, again: () => this.again()}, () => this.list())}`;
  }

  list() {
    const first = worstFirst(this.unwell);
    const known = new Set(first.map(each => each.destination));
    const items = [...first, ...worstFirst(/** @type {Destination[]} */ (this.pages.all)).filter(each => !known.has(each.destination))];
    if (items.length === 0 && this.pages.cursor === null) {
      return this.troubled
        ? empty('All destinations are well.', html`<button type="button" @click=${() => setQuery({troubled: undefined}, {push: true})}>All of them</button>`)
        : empty('No call yet. Whom tasks and timers call appears here with the first call.', html`<a class="button" href=${link('/workflows')}>Workflows</a>`);
    }
    return html`${this.pages.newer()}
      <div class="table cards dense"><table>
        <caption class="visually-hidden">Destinations, those that are not well first</caption>
        <thead><tr><th scope="col">Destination</th><th scope="col">State</th><th scope="col" class="number">Calls</th><th scope="col" class="number">p50</th><th scope="col" class="number">p95</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Wait because of it</th></tr></thead>
        <tbody>${repeat(items, each => each.destination, each => this.row(each))}</tbody>
      </table></div>
      ${this.pages.foot('destination')}
      ${asCurl('GET', '/destinations', {query: {troubled: this.troubled || undefined}})}`;
  }

  /** @param {Destination} each */
  row(each) {
    const {status, words} = condition(each);
    const much = (failedShare(each.outcomes) ?? 0) >= MUCH;
    const ms = (/** @type {number | null} */ value) => (value === null ? html`<span class="soft">–</span>` : length(value));
    return html`<tr>
      <th scope="row"><a href=${link(`/destinations/${encodeURIComponent(each.destination)}`)}>${each.destination}</a></th>
      <td>${chip(status, words)}</td>
      <td class="number" data-label="calls">${rate(Number(each.callsPerSecond))}</td>
      <td class="number" data-label="p50">${ms(each.latencyMs.p50)}</td>
      <td class="number" data-label="p95">${ms(each.latencyMs.p95)}</td>
      <td class="number" data-label="failed">${much ? html`<span class="toned" data-tone="retrying">${icon('warn')} ${failedWords(each.outcomes)}</span>` : failedWords(each.outcomes)}</td>
      <td class="number" data-label="wait because of it">${each.waiting.count === 0 ? html`<span class="soft">0</span>` : count(each.waiting)}</td>
    </tr>`;
  }
}

customElements.define('bide-destinations', Destinations);
