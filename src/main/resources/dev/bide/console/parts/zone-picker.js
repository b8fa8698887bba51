/** A field for a time zone: typed, by its name or by a city, with all that the browser knows offered. What the service doesn't know it says. */
import {cities, modern, resolve} from '../model/zones.js';
import {html, icon, ifDefined, nothing} from './base.js';
import {zones} from './times.js';

/** What is said of one that is none. */
export const NO_ZONE = 'No such time zone is known here. Write a city, or a zone like Europe/Berlin.';

/** @type {string[] | undefined} */
let all;

/** All time zones by their names of today. */
export const everyZone = () => (all ??= [...new Set(zones().map(modern))].sort());

/**
 * @param {{id: string, label?: string, labelled?: string, value: string, hint?: string, help?: unknown, error?: string, path?: string, change: (zone: string) => void}} how `labelled` is
 *     for a field that has no label of its own to be seen
 */
export function zonePicker({id, label = 'Time zone', labelled, value, hint = 'Hanoi, Europe/Berlin …', help, error, path, change}) {
  return html`<div class="field">
    ${labelled ? nothing : html`<label for=${id}>${label}</label>`}
    <input id=${id} list="${id}-zones" autocomplete="off" spellcheck="false" placeholder=${hint} aria-label=${ifDefined(labelled)} data-path=${ifDefined(path)} aria-invalid=${error ? 'true' : nothing} aria-describedby=${[help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ') || nothing}
      .value=${value} @input=${(/** @type {Event} */ event) => {
        // One that is chosen from the list, or typed to its end, counts at once.
        const typed = /** @type {HTMLInputElement} */ (event.target).value;
        if (everyZone().includes(typed)) {
          change(typed);
        }
      }} @change=${(/** @type {Event} */ event) => {
        const field = /** @type {HTMLInputElement} */ (event.target);
        field.value = resolve(field.value, everyZone());
        change(field.value);
      }}>
    <datalist id="${id}-zones">${everyZone().map(zone => html`<option value=${zone}>${cities(zone) || nothing}</option>`)}</datalist>
    ${help ? html`<span class="help" id="${id}-help">${help}</span>` : nothing}
    ${error ? html`<span class="error" id="${id}-error">${icon('cross')}<span>${error}</span></span>` : nothing}
  </div>`;
}
