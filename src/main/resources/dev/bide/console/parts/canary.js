/** Ten of a group are tried again and followed in place, before the rest is. */
import {get, pause, post, problem} from '../api.js';
import {link} from '../app.js';
import {list} from '../model/words.js';
import {html, icon, nothing} from './base.js';
import {fewAtATime} from './bulk-dialog.js';
import {failed} from './notice.js';

const TEN = 10;

/** What begins it. @param {string} group */
export const bodyOf = group => ({filter: {problem: group}, limit: TEN, reason: 'Trying ten, then the rest'});

/** An answer is waited for so long; retries may take longer than anybody looks on. */
const PATIENCE = 120_000;

/** @typedef {'delivered' | 'dead' | 'way'} Came */

/** One try, followed to its end. */
export class Canary {
  /** @param {string} group @param {() => void} changed */
  constructor(group, changed) {
    this.group = group;
    this.changed = changed;
    this.abort = new AbortController();
    /** @type {Map<string, Came>} */
    this.came = new Map();
    /** @type {string | undefined} */
    this.operation = undefined;
    /** @type {import('../api.js').Problem | undefined} */
    this.fault = undefined;
    this.over = false;
    this.left = PATIENCE;
    void this.run();
  }

  async run() {
    const {signal} = this.abort;
    try {
      const body = bodyOf(this.group);
      const {sample = []} = await post('/timers/redrive', {...body, dryRun: true}, {signal});
      sample.forEach((/** @type {any} */ each) => this.came.set(each.id, 'way'));
      this.changed();
      let operation = await post('/timers/redrive', body, {signal});
      this.operation = operation.id;
      while (operation.status === 'running' && this.left > 0) {
        await this.rest(1000, signal);
        operation = await get(`/operations/${operation.id}`, undefined, signal);
      }
      while ([...this.came.values()].includes('way') && this.left > 0) {
        await fewAtATime([...this.came].filter(([, came]) => came === 'way'), async ([id]) => {
          const {status} = await get(`/timers/${id}`, undefined, signal);
          this.came.set(id, status === 'delivered' || status === 'dead' ? status : 'way');
        });
        this.changed();
        await this.rest(1500, signal);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.fault = problem(error);
      }
    }
    this.over = true;
    this.changed();
  }

  /** Nobody is asked while nobody looks, and only those who look lose patience. @param {number} ms @param {AbortSignal} signal */
  async rest(ms, signal) {
    do {
      await pause(ms, signal);
    } while (document.hidden);
    this.left -= ms;
  }

  stop() {
    this.abort.abort();
  }

  /** @param {Came} came */
  count(came) {
    return [...this.came.values()].filter(each => each === came).length;
  }

  /** @param {unknown} next what to do then */
  draw(next) {
    const [delivered, dead, way] = [this.count('delivered'), this.count('dead'), this.count('way')];
    const words = list([delivered > 0 ? `${delivered} delivered` : '', dead > 0 ? `${dead} failed again` : '', way > 0 ? `${way} ${this.over ? 'still' : ''} on ${way === 1 ? 'its' : 'their'} way`.replace('  ', ' ') : ''].filter(part => part !== ''));
    return html`<div class="row card" role="status">
      ${this.fault ? failed(this.fault) : html`<p>${this.over ? icon(dead > 0 ? 'cross' : 'tick') : icon('again')} ${this.over ? 'Of the oldest ten: ' : 'Trying the oldest ten: '}${words || 'they are looked for'}.</p>`}
      ${this.operation ? html`<a class="button plain" href=${link(`/operations/${this.operation}`)}>Operation</a>` : nothing}
      ${this.over ? next : nothing}
    </div>`;
  }
}
