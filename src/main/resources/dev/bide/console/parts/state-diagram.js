/** A timer's states: the way it went is thick, where it may go is thin. On narrow screens the sentence stands for it. */
import {next, sentence, went} from '../model/life.js';
import {html, nothing, svg} from './base.js';

/** @typedef {import('../model/life.js').State} State */

/** Where each state stands: its middle. @type {Record<State, [number, number]>} */
const AT = {scheduled: [60, 90], retrying: [240, 62], paused: [240, 118], delivered: [430, 18], dead: [430, 90], cancelled: [430, 162]};
const [HALF, TALL] = [52, 14];

/** From one state to another, clear of the others. @param {State} from @param {State} to */
function path(from, to) {
  const [[x, y], [u, v]] = [AT[from], AT[to]];
  if (x === u) {
    return v > y ? `M${x} ${y + TALL}V${v - TALL}` : `M${x} ${y - TALL}V${v + TALL}`;
  }
  const [start, end] = u > x ? [x + HALF, u - HALF] : [x - HALF, u + HALF];
  if (from === 'scheduled' && (to === 'delivered' || to === 'cancelled')) {
    const edge = to === 'delivered' ? y - TALL : y + TALL;
    return `M${x} ${edge}C${x} ${v} ${x + 60} ${v} ${x + 140} ${v}H${end}`;
  }
  return `M${start} ${y}C${(start + end) / 2} ${y} ${(start + end) / 2} ${v} ${end} ${v}`;
}

/** The head of an arrow, drawn by hand: a marker would be an address that the base bends. @param {State} from @param {State} to */
function head(from, to) {
  const [[x, y], [u, v]] = [AT[from], AT[to]];
  if (x === u) {
    return v > y ? `M${u - 4} ${v - TALL - 6}l4 5 4-5` : `M${u - 4} ${v + TALL + 6}l4-5 4 5`;
  }
  return u > x ? `M${u - HALF - 6} ${v - 4}l5 4-5 4` : `M${u + HALF + 6} ${v - 4}l-5 4 5 4`;
}

/** @param {any} timer */
export function stateDiagram(timer) {
  const way = went(timer);
  const to = next(timer);
  const edge = (/** @type {State} */ from, /** @type {State} */ next, /** @type {boolean} */ went) => svg`<path fill="none" stroke=${went ? 'var(--ink)' : 'var(--edge)'} stroke-width=${went ? 3 : 1} d=${path(from, next) + head(from, next)}></path>`;
  return html`<div class="states">
    <svg viewBox="0 0 490 180" width="490" height="180" role="img" aria-label=${sentence(timer)}>
      ${to.map(each => edge(timer.status, each, false))}
      ${way.slice(1).map((each, i) => edge(way[i], each, true))}
      ${Object.entries(AT).map(([name, [x, y]]) => {
        const is = name === timer.status;
        const ink = is || way.includes(/** @type {State} */ (name)) ? 'var(--ink)' : undefined;
        return svg`<rect x=${x - HALF} y=${y - TALL} width=${2 * HALF} height=${2 * TALL} rx="14" fill=${is ? 'var(--ink)' : 'var(--surface)'} stroke=${ink ?? 'var(--line)'}></rect><text x=${x} y=${y + 4} text-anchor="middle" fill=${is ? 'var(--surface)' : (ink ?? 'var(--soft)')} font-weight=${is ? 600 : nothing}>${name}</text>`;
      })}
    </svg>
    <p class="small soft">${sentence(timer)}</p>
  </div>`;
}
