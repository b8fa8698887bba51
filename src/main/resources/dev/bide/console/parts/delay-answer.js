/** What a delay comes to, in the service's words: the rule, when it would be due from now, and from moments that are worth a look. */
import {clock, post, problem} from '../api.js';
import {offsetOf, onTheDay, starts as findStarts, turned} from '../model/starts.js';
import {html, icon, nothing} from './base.js';
import {exact, length, locals} from './times.js';

/** @typedef {import('../model/starts.js').Start} Start */
/** @typedef {{dueAt?: string | null, local?: string, timezone?: string, rule?: string, clockChange?: {kind: 'gap' | 'overlap', local: string}, error?: {field: string, message: string}}} Item */

const MINUTE = 60_000;
/** Who asks while the service is away asks again after so long, and says meanwhile that it is. */
const AGAIN = 4000;

/** @param {import('../api.js').Problem} fault @returns {number} milliseconds */
export const pauseAfter = fault => (fault.retryAfter ? fault.retryAfter * 1000 : AGAIN);

/** @param {unknown} delay @param {string[]} from @param {string} timezone @param {AbortSignal} [signal] @returns {Promise<Item[]>} */
export const previews = async (delay, from, timezone, signal) => (await post('/delays/preview', {delay, timezone, from}, {signal, patient: false})).items;

/** Now, to the minute: what is shown should not flicker. */
export const nowish = () => new Date(Math.floor(clock.now() / MINUTE) * MINUTE).toISOString();

/** @type {Map<string, Promise<Start[]>>} */
const kept = new Map();

/** Moments worth a look in a zone; asked once while they lie ahead. @param {string} zone @returns {Promise<Start[]>} */
export async function startsIn(zone) {
  const now = clock.now();
  const known = kept.get(zone) ?? findStarts(zone, now, (delay, from, timezone) => previews(delay, from, timezone));
  kept.set(zone, known);
  try {
    const found = await known;
    if (found.every(start => Date.parse(start.at) > now)) {
      return found;
    }
  } catch (error) {
    kept.delete(zone);
    throw error;
  }
  kept.delete(zone);
  return startsIn(zone);
}

/**
 * What the clocks do to a wait, in words.
 * @param {Item} item
 * @param {string | undefined} begun local time of its beginning, with offset
 */
export function clockWords({clockChange, local}, begun) {
  if (clockChange) {
    const asked = clockChange.local.slice(11, 16);
    const instead = (local ?? '').slice(11, 16);
    return clockChange.kind === 'gap' ? `${asked} does not exist that day; ${instead} instead` : `${asked} comes twice that day; the first counts`;
  }
  const way = begun && offsetOf(begun) !== '' ? turned(begun, local) : '';
  return way === '' ? '' : `the clocks go ${way} on the way`;
}

/** @param {Item} item @param {string | undefined} begun */
export function clockNote(item, begun) {
  const words = clockWords(item, begun);
  return words === '' ? nothing : html`<span class=${item.clockChange ? 'note turned' : 'note'}>${icon(item.clockChange ? 'warn' : 'fold')}${words}</span>`;
}

/** When it would be due. @param {Item} item @param {string | undefined} begun */
export function dueCell(item, begun) {
  if (item.error) {
    return html`<span class="error">${icon('cross')}<span>refused: the ${item.error.field.replace(/^delay\./, '')} ${item.error.message}</span></span>`;
  }
  if (item.dueAt === null || item.dueAt === undefined) {
    return html`<span class="soft">${icon('dotted')} left out: that date has passed</span>`;
  }
  return html`<span class="nowrap">${exact(item.local)}</span>${clockNote(item, begun)}`;
}

/** @param {Item} item @param {string} from */
export const after = (item, from) => (item.dueAt ? (Date.parse(item.dueAt) === Date.parse(from) ? 'at once' : `after ${length(Date.parse(item.dueAt) - Date.parse(from))}`) : '');

/**
 * @typedef {object} Answer
 * @property {string} zone of the beginnings
 * @property {string} now
 * @property {Start[]} starts
 * @property {Item[]} items the first from now, the others from the starts
 */

/**
 * @param {unknown} delay
 * @param {string} zone that counts where the delay has none
 * @param {string} own the zone that counts
 * @param {AbortSignal} signal
 * @param {boolean} [others] whether other beginnings than now make sense
 * @returns {Promise<Answer>}
 */
export async function answerFor(delay, zone, own, signal, others = true) {
  const now = nowish();
  let starts = /** @type {Start[]} */ ([]);
  try {
    starts = others ? [...(await startsIn(own)), ...(await onTheDay(/** @type {any} */ (delay), own, now, (before, from, timezone) => previews(before, from, timezone, signal)))] : [];
  } catch (error) {
    // A zone that is none is said by the answer for the delay itself.
    if (problem(error).away) {
      throw error;
    }
  }
  signal.throwIfAborted();
  starts.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const items = await previews(delay, [now, ...starts.map(start => start.at)], zone, signal);
  await locals.of(own, [now]);
  return {zone: own, now, starts, items};
}

/** In one sentence, for those who listen. @param {Answer} answer */
export function spoken({now, items: [first]}) {
  if (first.error) {
    return `Begun now it is refused: the ${first.error.field.replace(/^delay\./, '')} ${first.error.message}.`;
  }
  return `${first.rule}. ${first.dueAt ? `Begun now it is due ${exact(first.local)}, ${after(first, now)}.` : 'Begun now it is left out: that date has passed.'}`;
}

/** @param {Answer} answer @param {boolean} old whether it is of what was before */
export function answerView({zone, now, starts, items}, old) {
  const [first, ...others] = items;
  const begun = locals.get(zone, now);
  return html`
    ${first.rule || others.find(item => item.rule) ? html`<p class="rule"><strong>${first.rule ?? others.find(item => item.rule)?.rule}</strong></p>` : nothing}
    <p class="due" ?data-stale=${old}>
      <span class="small soft">Begun now, ${exact(begun, {day: true})}, it is due</span>
      ${first.dueAt ? html`<strong>${exact(first.local)}</strong><span>${after(first, now).replace(/^after/, 'in')}</span>${clockNote(first, begun)}` : dueCell(first, begun)}
    </p>
    ${starts.length > 0
      ? html`<div class="cards"><table class="starts"><caption class="visually-hidden">From other beginnings, times in ${zone}</caption>
          <thead><tr><th scope="col">or begun</th><th scope="col">due</th><th scope="col">that is</th></tr></thead>
          <tbody>${starts.map((start, i) => html`<tr><th scope="row" data-label="begun"><span class="nowrap">${exact(start.local)}</span>${start.words ? html`<span class="note">${start.words}</span>` : nothing}</th><td data-label="due">${dueCell(others[i], start.local)}</td><td class="soft nowrap">${after(others[i], start.at)}</td></tr>`)}</tbody>
        </table></div>`
      : nothing}`;
}
