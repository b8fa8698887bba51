/** A date and a time on the wall of a zone. What instant that is the service says: the page computes none. */
import {post} from '../api.js';
import {html, icon, ifDefined, nothing} from './base.js';
import {locals} from './times.js';

const TWO_DAYS = 2 * 86_400_000;

/** @typedef {{date: string, time: string}} Wall */

/**
 * @param {Wall} wall
 * @param {string} zone
 * @param {AbortSignal} [signal]
 * @returns {Promise<{dueAt: string, local: string, clockChange?: {kind: string, local: string}}>} of a wait for that date at that time, begun two days before
 */
export async function instantOf({date, time}, zone, signal) {
  const before = Date.parse(`${date}T00:00:00Z`) - TWO_DAYS;
  const from = Number.isNaN(before) ? undefined : new Date(before).toISOString();
  return post('/delays/preview', {delay: {type: 'date', date, at: time || '00:00'}, timezone: zone, from}, {signal, patient: false});
}

/** @param {string} instant @param {string} zone @returns {Promise<Wall>} what the clock on the wall shows then */
export async function wallOf(instant, zone) {
  const local = (await locals.of(zone, [instant])).get(instant) ?? instant;
  return {date: local.slice(0, 10), time: local.slice(11, local.slice(16, 19) === ':00' || local[16] !== ':' ? 16 : 19)};
}

/**
 * @param {{id: string, label: string, wall: Wall, error?: string, why?: string | null, change: (wall: Wall) => void}} how `why` it can't be filled in
 */
export const momentField = ({id, label, wall, error, why, change}) => html`
  <div class="field" role="group" aria-labelledby="${id}-label">
    <span class="label" id="${id}-label">${label}</span>
    <span class="row">
      <input type="date" aria-label="${label}: date" ?disabled=${Boolean(why)} title=${ifDefined(why ?? undefined)} .value=${wall.date} aria-invalid=${error ? 'true' : nothing} aria-describedby=${error ? `${id}-error` : nothing}
        @change=${(/** @type {Event} */ event) => change({...wall, date: /** @type {HTMLInputElement} */ (event.target).value})}>
      <input class="tiny" aria-label="${label}: time" placeholder="00:00" autocomplete="off" inputmode="numeric" pattern="([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?" ?disabled=${Boolean(why) || wall.date === ''} .value=${wall.time}
        @change=${(/** @type {Event} */ event) => change({...wall, time: clockTime(/** @type {HTMLInputElement} */ (event.target).value)})}>
    </span>
    ${error ? html`<span class="error" id="${id}-error">${icon('cross')}<span>${error}</span></span>` : nothing}
  </div>`;

/** @param {string} typed @returns {string} `9:00` and `9` are meant as `09:00` */
export function clockTime(typed) {
  const text = typed.trim().replace('.', ':');
  const hour = /^\d{1,2}$/.test(text) ? `${text}:00` : text;
  return /^\d:/.test(hour) ? `0${hour}` : hour;
}
