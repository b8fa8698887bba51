/** A field for a time zone: typed, with all that the browser knows offered. What the service doesn't know it says. */
import {html, icon, ifDefined, nothing} from './base.js';
import {zones} from './times.js';

/** @type {string[] | undefined} */
let all;

/**
 * @param {{id: string, label?: string, value: string, hint?: string, error?: string, path?: string, change: (zone: string) => void}} how
 */
export function zonePicker({id, label = 'Time zone', value, hint = 'Europe/Berlin', error, path, change}) {
  all ??= zones();
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} list="${id}-zones" autocomplete="off" spellcheck="false" placeholder=${hint} data-path=${ifDefined(path)} aria-invalid=${error ? 'true' : nothing} aria-describedby=${error ? `${id}-error` : nothing}
      .value=${value} @change=${(/** @type {Event} */ event) => change(/** @type {HTMLInputElement} */ (event.target).value.trim())}>
    <datalist id="${id}-zones">${all.map(zone => html`<option value=${zone}></option>`)}</datalist>
    ${error ? html`<span class="error" id="${id}-error">${icon('cross')}<span>${error}</span></span>` : nothing}
  </div>`;
}
