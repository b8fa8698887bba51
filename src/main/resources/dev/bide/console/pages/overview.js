/** The first page: does anything need me, is the promise kept, what comes. */
import {clock, get, online} from '../api.js';
import {here, link, setQuery} from '../app.js';
import {dotted, needs, recentOf, why} from '../model/needs.js';
import * as over from '../model/series.js';
import {sum} from '../model/waiting.js';
import {count, kind, number, rate, share, some, state} from '../model/words.js';
import {isZone, iso, length, millis, readers} from '../time.js';
import {Part, chip, heading, html, icon, nothing, repeat} from '../parts/base.js';
import {asCurl} from '../parts/curl.js';
import {open} from '../parts/dialog.js';
import {firstStart, isFirst} from '../parts/first.js';
import {either, loading} from '../parts/notice.js';
import {operationChip} from '../parts/progress.js';
import {zonePicker} from '../parts/zone-picker.js';
import '../parts/density.js';
import '../parts/plot.js';
import '../parts/when.js';

const PROMISE = 1000;
const SILENT = 30_000;
const SHOWN = 5;
const NODES = 8;
/** Those that run are counted among so many. */
const OPERATIONS = 20;

/** @typedef {import('bide-api').components['schemas']} Schemas */

export default class Overview extends Part {
  static title() {
    return 'Overview';
  }

  /** @type {Record<string, number>} */
  static calls = {getStats: 2000, getStatsSeries: 10_000, getTimerDensity: 10_000, listNodes: 5000, listOperations: 5000, listDestinations: 5000, listProblems: 10_000};

  constructor() {
    super();
    /** What went wrong, by what was asked for: each card says its own. @type {Record<string, import('../api.js').Problem | undefined>} */
    this.troubles = {};
    /** @type {Schemas['Stats'] | undefined} */
    this.stats = undefined;
    /** @type {over.Point[] | undefined} */
    this.points = undefined;
    /** @type {number | undefined} */
    this.dead = undefined;
    /** @type {Schemas['Node'][] | undefined} */
    this.nodes = undefined;
    /** @type {Schemas['Operation'][] | undefined} */
    this.operations = undefined;
    /** @type {Schemas['Destination'][] | undefined} */
    this.destinations = undefined;
    /** @type {{scope: string, items: Schemas['ProblemGroup'][]} | undefined} */
    this.problems = undefined;
    this.first = false;
    /** @type {over.Range} */
    this.range = '15m';
    /** @type {'hour' | 'week' | 'year'} */
    this.coming = 'hour';
    this.zone = readers();
    this.read();
    this.told = () => this.requestUpdate();
  }

  /** What the address says. */
  read() {
    const {query} = here();
    const [range, coming, zone] = ['range', 'coming', 'zone'].map(name => query.get(name) ?? '');
    this.range = Object.hasOwn(over.RANGES, range) ? /** @type {over.Range} */ (range) : '15m';
    this.coming = coming === 'week' || coming === 'year' ? coming : 'hour';
    this.zone = zone !== '' && isZone(zone) ? zone : readers();
  }

  connectedCallback() {
    super.connectedCallback();
    online.addEventListener('change', this.told);
    this.watch('stats', async signal => {
      const stats = await get('/stats', undefined, signal);
      const {scheduled, retrying, paused, dead} = stats.timers;
      const none = [scheduled, retrying, paused, dead].every(each => each.count === 0);
      this.first = none && (await isFirst(signal));
      this.stats = stats;
    });
    this.plotted();
    this.watch('dead', async signal => {
      const {points: hours} = await get('/stats/series', {from: new Date(clock.now() - 86_400_000).toISOString(), step: 'PT1H'}, signal);
      const {points: minutes} = await get('/stats/series', over.rest(hours, clock.now()), signal);
      this.dead = [...hours, ...minutes].reduce((/** @type {number} */ sum, /** @type {over.Point} */ point) => sum + point.dead, 0);
    }, 60_000);
    this.watch('nodes', async signal => void (this.nodes = (await get('/nodes', undefined, signal)).items), 5000);
    this.watch('operations', async signal => void (this.operations = (await get('/operations', {limit: OPERATIONS}, signal)).items), 5000);
    this.watch('destinations', async signal => void (this.destinations = (await get('/destinations', {troubled: true}, signal)).items), 5000);
    this.watch('problems', async signal => void (this.problems = await get('/problems', undefined, signal)), 10_000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    online.removeEventListener('change', this.told);
  }

  /** Another range from now on. */
  plotted() {
    this.untrack(this.plotting);
    this.points = undefined;
    this.plotting = this.watch('series', async signal => {
      const {range} = this;
      const known = this.points ?? [];
      const {points} = await get('/stats/series', over.asked(range, clock.now(), known), signal);
      if (range === this.range) {
        this.points = over.joined(range, clock.now(), known, points);
      }
    }, 10_000);
  }

  /**
   * @param {string} name
   * @param {(signal: AbortSignal) => Promise<void>} load
   * @param {number} [every] by default what the light in the head speaks of
   */
  watch(name, load, every) {
    const poller = this.track(
      async signal => {
        try {
          await load(signal);
          this.troubles[name] = undefined;
        } catch (error) {
          this.troubles[name] = signal.aborted ? undefined : /** @type {any} */ (error);
          throw error;
        }
        this.tell();
      },
      every ? {every, slow: true} : {},
    );
    return poller;
  }

  /** The numbers beside the pages' names, as far as they are known. */
  tell() {
    const {problems, destinations, operations} = this;
    const detail = {
      ...(problems && {'/failures': recentOf(problems.items, clock.now()).length}),
      ...(destinations && {'/destinations': destinations.length}),
      ...(operations && {'/operations': operations.filter(({status}) => status === 'running').length}),
    };
    document.dispatchEvent(new CustomEvent('bide-counts', {detail}));
  }

  placed() {
    const {range} = this;
    this.read();
    if (range !== this.range) {
      this.plotted();
    }
  }

  render() {
    if (this.first && this.stats) {
      return html`${heading('Overview', 'of the whole cluster')}<div class="stack">${firstStart()}${this.nodesCard()}</div>`;
    }
    return html`${heading('Overview', 'of the whole cluster')}
      <div class="stack">
        ${this.needs()}
        ${this.figures()}
        <bide-density .view=${this.coming} .zone=${this.zone} .carried=${this.stats?.due.count ?? 0}
          @density-view=${(/** @type {CustomEvent} */ event) => setQuery({coming: event.detail.view === 'hour' ? undefined : event.detail.view}, {push: true})}></bide-density>
        ${this.plots()}
        <div class="split">${this.nodesCard()}${this.operationsCard()}${this.failuresCard()}</div>
        <div class="row apart">
          ${asCurl('GET', '/stats')}
          <button type="button" class="plain small" @click=${() => this.chooseZone()}>Times in ${this.zone}: choose another zone</button>
        </div>
      </div>`;
  }

  async chooseZone() {
    const zone = await open(
      (/** @type {(zone?: string) => void} */ close) => html`<form class="inside" @submit=${(/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        const given = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.currentTarget).querySelector('input')).value.trim();
        if (given === '' || isZone(given)) {
          close(given);
        }
      }}>
        <h2>Times of another zone</h2>
        <p>Counts stay the same; the hours and days that they are put in are those of this zone.</p>
        ${zonePicker({id: 'overview-zone', value: this.zone, change: () => {}})}
        <footer><button type="button" @click=${() => close()}>Leave it</button><button class="primary">Show it</button></footer>
      </form>`,
      {label: 'Times of another zone'},
    );
    if (zone !== undefined) {
      setQuery({zone: zone === readers() ? undefined : zone}, {push: true});
    }
  }

  needs() {
    const {stats, problems, destinations, operations, troubles} = this;
    const asked = /** @type {const} */ ({stats, problems, destinations, operations});
    const pending = Object.entries(asked).some(([name, value]) => value === undefined && !troubles[name]);
    const all = needs({warnings: stats?.warnings, problems: problems?.items, destinations, operations}, clock.now());
    if (all.length === 0) {
      if (pending) {
        return loading(1);
      }
      const unknown = Object.keys(asked).some(name => troubles[name]);
      return html`<p class="soft row">${icon(unknown ? 'hollow' : 'tick')}${unknown ? 'Whether anything needs you can’t be told just now.' : 'Nothing needs you.'}</p>`;
    }
    return html`<section aria-labelledby="needs-head" class="stack tight">
      <h2 id="needs-head">Needs you</h2>
      <ul class="needs" role="list">${all.slice(0, SHOWN).map(
        need => html`<li class=${need.tone}>${icon(need.icon)}<p>${need.words}</p>${need.path ? html`<a class="button" href=${link(need.path, need.query)}>${need.action}</a>` : nothing}</li>`,
      )}</ul>
      ${all.length > SHOWN ? html`<p class="small soft">and ${all.length - SHOWN} more</p>` : nothing}
    </section>`;
  }

  figures() {
    const {stats, dead, troubles} = this;
    return html`<section class="card" aria-label="How the cluster does">${either({fault: troubles.stats, there: stats !== undefined, lines: 3, again: () => this.again()}, () => {
      const {timers, due, onTimeShare, perSecond, window: spanned} = /** @type {Schemas['Stats']} */ (stats);
      // A number whose digits are kept, `1.0`, is a text yet.
      const onTime = onTimeShare === null ? null : Number(onTimeShare);
      const per = (/** @type {number} */ n) => rate(Number(n));
      const last = `last ${length(iso.read(spanned) ?? 0)}`;
      const waiting = sum([timers.scheduled, timers.retrying, timers.paused]);
      const now = new Date(clock.now()).toISOString();
      return html`<div class="figures">
        ${this.figure('On time', share(onTime), onTime === null ? `no first attempt, ${last}` : `first attempts within 1 s of their due times; ${last}`)}
        ${this.figure('Waiting', html`<a href=${link('/timers', {status: 'scheduled,retrying,paused'})}>${count(waiting)}</a>`, timers.paused.count > 0 ? html`<a href=${link('/timers', {status: 'paused'})}>${count(timers.paused)}</a> of them paused` : 'none of them paused')}
        ${this.figure('Due now', due.count > 0 ? html`<a href=${link('/timers', {status: 'scheduled,retrying', dueTo: now})}>${count(due)}</a>` : '0', due.count > 0 ? `oldest for ${length(due.oldestSeconds * 1000)}` : 'none waits longer than it should')}
        ${this.figure('Delivered', per(perSecond.delivered), `${per(perSecond.accepted)} accepted, ${per(perSecond.retried)} retried; ${last}`)}
        ${this.figure('Died in 24 h', dead === undefined ? '–' : dead > 0 ? html`<a href=${link('/failures')}>${number(dead)}</a>` : '0', timers.dead.count > 0 ? html`${count(timers.dead)} dead now` : 'none dead now')}
      </div>`;
    })}</section>`;
  }

  /** @param {string} label @param {unknown} value @param {unknown} scope */
  figure(label, value, scope) {
    return html`<div class="figure"><span class="label">${label}</span><span class="value" ?data-stale=${!online.is}>${value}</span><span class="scope">${scope}</span></div>`;
  }

  plots() {
    const {range, points, zone, troubles} = this;
    const at = (points ?? []).map(point => millis(point.at));
    const per = (/** @type {(point: over.Point) => number} */ of) => (points ?? []).map(point => (over.counted(point) ? (of(point) * 1000) / over.RANGES[range].step : null));
    const late = (/** @type {'p50' | 'p95' | 'p99'} */ which) => (points ?? []).map(point => point.latenessMs[which]);
    const whole = (/** @type {number} */ n) => number(Math.round(n));
    const ranges = html`<div class="segments" role="group" aria-label="How far back">${Object.entries(over.RANGES).map(
      ([name, {words}]) => html`<button type="button" aria-pressed=${name === range ? 'true' : 'false'} @click=${() => setQuery({range: name === '15m' ? undefined : name}, {push: true})}>${words}</button>`,
    )}</div>`;
    const part = (/** @type {() => unknown} */ draw) => either({fault: troubles.series, there: points !== undefined, lines: 8, again: () => this.again()}, draw);
    return html`<div class="split">
      <section class="card" aria-label="Delivered and due">
        <header><h2>Delivered and due</h2>${ranges}</header>
        ${part(
          () => html`<bide-plot .label=${'Delivered and due'} .at=${at} .span=${over.RANGES[range].length} .zone=${zone} .caption=${over.throughput(range, points ?? [], zone)} .lines=${[
            {name: 'accepted', values: per(point => point.accepted), tone: 'edge', width: 1, words: rate},
            {name: 'delivered', values: per(point => point.delivered), tone: 'accent', width: 2, words: rate},
            {name: 'due at once (right)', values: (points ?? []).map(point => point.due), tone: 'waiting', dash: [5, 3], scale: 'right', words: whole},
          ]}></bide-plot>`,
        )}
      </section>
      <section class="card" aria-label="Lateness">
        <header><h2>Lateness of first attempts</h2><span class="scope">logarithmic</span></header>
        ${part(
          () => html`<bide-plot .label=${'Lateness of first attempts'} .at=${at} .span=${over.RANGES[range].length} .zone=${zone} .log=${true} .least=${2500} .caption=${over.lateness(range, points ?? [], zone, PROMISE)} .lines=${[
            {name: 'promise', values: at.map(() => PROMISE), tone: 'ink', width: 1, dash: [2, 4], words: over.late},
            {name: 'p50', values: late('p50'), tone: 'accent', width: 2, words: over.late},
            {name: 'p95', values: late('p95'), tone: 'waiting', dash: [6, 3], words: over.late},
            {name: 'p99', values: late('p99'), tone: 'paused', dash: [2, 2], words: over.late},
          ]}></bide-plot>`,
        )}
      </section>
    </div>`;
  }

  nodesCard() {
    const {nodes, troubles} = this;
    const silent = (/** @type {Schemas['Node']} */ node) => clock.now() - millis(node.lastSeenAt) > SILENT;
    const sorted = [...(nodes ?? [])].sort((a, b) => Number(silent(b)) - Number(silent(a)));
    const gone = sorted.filter(silent).length;
    return html`<section class="card" aria-label="Nodes">
      <header><h2>Nodes</h2><span class="scope">${nodes === undefined ? nothing : `${nodes.length}, ${gone === 0 ? 'all here' : `${gone} silent`}`}</span></header>
      ${either({fault: troubles.nodes, there: nodes !== undefined, lines: 3, again: () => this.again()}, () => html`<ul role="list" class="lined">${repeat(
        sorted.slice(0, NODES),
        node => node.nodeId,
        node => html`<li>
          <div class="row apart"><span class="mono">${node.nodeId}</span>${silent(node) ? chip('silent', `silent for ${length(clock.now() - millis(node.lastSeenAt))}`) : chip('here')}</div>
          <span class="small soft">${node.roles.join(', ')}; ${some(node.inFlight, 'timer')} in hand, ${node.connections.used} of ${node.connections.max} connections, heap ${Math.round((100 * node.heap.used) / node.heap.max)} %</span>
        </li>`,
      )}</ul>${sorted.length > NODES ? html`<p class="small soft">and ${sorted.length - NODES} more</p>` : nothing}`)}
    </section>`;
  }

  operationsCard() {
    const {operations, troubles} = this;
    return html`<section class="card" aria-label="Operations">
      <header><h2>Operations</h2><a class="scope" href=${link('/operations')}>all</a></header>
      ${either({fault: troubles.operations, there: operations !== undefined, lines: 3, again: () => this.again()}, () =>
        operations?.length === 0
          ? html`<p class="soft">None yet. Changes to many timers appear here.</p>`
          : html`<ul role="list" class="lined">${repeat((operations ?? []).slice(0, SHOWN), each => each.id, each => this.operation(each))}</ul>`,
      )}
    </section>`;
  }

  /** @param {Schemas['Operation']} operation */
  operation({id, kind: what, status, matched, done, failed, createdAt}) {
    const settled = done + failed;
    return html`<li>
      <div class="row apart"><a href=${link(`/operations/${id}`)}>${kind(what)}</a>${operationChip(status)}</div>
      ${status === 'running' ? html`<progress max=${Math.max(1, matched)} value=${settled} aria-label="${kind(what)}: done"></progress>` : nothing}
      <span class="small soft">${number(settled)} of ${number(matched)}${failed > 0 ? `, ${number(failed)} could not be changed` : ''}; <bide-when .at=${createdAt} .only=${'words'}></bide-when></span>
    </li>`;
  }

  failuresCard() {
    const {problems, troubles} = this;
    const newest = [...(problems?.items ?? [])].sort((a, b) => millis(b.lastAt) - millis(a.lastAt)).slice(0, 3);
    return html`<section class="card" aria-label="Newest failures">
      <header><h2>Newest failures</h2><a class="scope" href=${link('/failures')}>all</a></header>
      ${either({fault: troubles.problems, there: problems !== undefined, lines: 3, again: () => this.again()}, () =>
        newest.length === 0
          ? html`<p class="soft">No timer has died.</p>`
          : html`<ul role="list" class="lined">${repeat(
              newest,
              group => group.problem,
              group => html`<li>
                <span><strong class="nowrap dead">${icon(state('dead').icon)} ${number(group.count)}</strong> ${why(group)}</span>
                <span class="small soft">${group.httpStatus ? `“${dotted(group.text)}”; ` : ''}last <bide-when .at=${group.lastAt} .only=${'words'}></bide-when></span>
              </li>`,
            )}</ul>`,
      )}
    </section>`;
  }
}

customElements.define('bide-overview', Overview);
