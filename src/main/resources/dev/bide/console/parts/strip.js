/** Two small pictures of where and until when people wait: the shares of a workflow's tasks, and the days on which those at one come due. */
import {clock, get} from '../api.js';
import * as model from '../model/density.js';
import {fully, shares, words} from '../model/waiting.js';
import {count, number} from '../model/words.js';
import {readers, wall} from '../time.js';
import {Part, html, nothing, svg} from './base.js';

const DAYS = 30;
const DAY = 86_400_000;

/** @param {import('../model/waiting.js').WaitingTask[]} tasks */
export const sharesOf = tasks => html`<span class="shares">
  <svg viewBox="0 0 100 8" preserveAspectRatio="none" width="100%" height="8" role="img" aria-label=${fully(tasks)}>
    <rect fill="var(--heat-0)" width="100" height="8"></rect>
    ${shares(tasks).map(({from, width}, i) => svg`<rect fill=${`var(--heat-${2 + (i % 3)})`} stroke="var(--surface)" stroke-width="0.400" x=${from} width=${width} height="8"/>`)}
  </svg>
  <span class="small soft" aria-hidden="true">${words(tasks)}</span>
</span>`;

/** The next thirty days of one task, a bar a day, and the fullest of them in words. */
export class Strip extends Part {
  static properties = {
    taskId: {},
    zone: {},
  };

  constructor() {
    super();
    this.taskId = '';
    this.zone = readers();
    /** @type {model.Cell[] | undefined} */
    this.cells = undefined;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('taskId') || changed.has('zone')) {
      this.untrack(this.poller);
      this.cells = undefined;
      this.poller = this.track(signal => this.load(signal), {every: 30_000, slow: true});
    }
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const {zone} = this;
    const until = clock.now() + DAYS * DAY;
    const spans = model.spans('year', zone, clock.now()).filter(span => span.from < until).map(span => {
      const width = (span.to - span.from) / span.buckets;
      const buckets = Math.min(span.buckets, Math.ceil((until - span.from) / width));
      return {from: span.from, to: span.from + buckets * width, buckets};
    });
    const answers = await Promise.all(spans.map(span => get('/timers/density', {...model.asked(span), taskId: this.taskId}, signal)));
    this.cells = model.fold('year', zone, answers);
  }

  render() {
    const {cells, zone} = this;
    if (!cells) {
      return this.fault ? html`<span class="small soft">can’t be told just now</span>` : nothing;
    }
    const fullest = model.fullest(cells);
    if (!fullest) {
      return html`<span class="small soft">none in ${DAYS} d</span>`;
    }
    const day = model.when('year', fullest, zone).split(' ').slice(0, 3).join(' ');
    const all = cells.reduce((sum, cell) => sum + cell.count, 0);
    return html`<svg viewBox="0 0 ${cells.length * 3} 20" width=${cells.length * 3} height="20" aria-hidden="true">
        <path stroke="var(--line)" d="M0 19.500H${cells.length * 3}"></path>
        ${cells.map((cell, i) => {
          const high = cell.count === 0 ? 0 : Math.max(2, 19 * model.height(cell.count, fullest.count));
          return high > 0 ? svg`<rect fill=${cell.exact ? 'var(--accent)' : 'none'} stroke="var(--accent)" stroke-width=${cell.exact ? 0 : 1} x=${i * 3} y=${19 - high} width="2.200" height=${high}/>` : nothing;
        })}
      </svg>
      <span class="small soft" title="${count({count: all, exact: cells.every(cell => cell.exact)})} in ${DAYS} days, days of ${zone}">${Math.floor(wall(zone, fullest.from) / DAY) === Math.floor(wall(zone, clock.now()) / DAY) ? 'most today' : `most on ${day}`}: ${fullest.exact ? '' : '≈ '}${number(fullest.count)}</span>`;
  }
}

customElements.define('bide-strip', Strip);
