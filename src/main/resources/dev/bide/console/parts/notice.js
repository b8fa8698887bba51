/** What stands where nothing else does: nothing here, not yet, it did not work. */
import {html, icon, nothing} from './base.js';

/** @param {string} sentence what would be here @param {unknown} [next] what to do next */
export const empty = (sentence, next = nothing) => html`<div class="notice"><p>${sentence}</p>${next === nothing ? nothing : html`<div class="row">${next}</div>`}</div>`;

/** Bars of the height that what is awaited will have. @param {number} [lines] */
export const loading = (lines = 5) => html`
  <div class="bars" aria-busy="true"><span class="visually-hidden">Loading.</span>${Array.from({length: lines}, () => html`<i></i>`)}</div>`;

/** @param {import('../api.js').Problem} fault @param {(() => void)} [again] */
export const failed = (fault, again) => html`
  <div class="notice fault" role="alert">
    <p class="row">${icon('cross')}<strong>${fault.title}</strong></p>
    ${fault.detail && fault.detail !== fault.title ? html`<p>${fault.detail}</p>` : nothing}
    ${fault.errors.length > 0 ? html`<ul>${fault.errors.map(error => html`<li><code>${error.field}</code> ${error.message}</li>`)}</ul>` : nothing}
    ${again ? html`<button type="button" @click=${again}>Try again</button>` : nothing}
  </div>`;

/**
 * One of the three, or what there is: once something is there it stays, and a fault stands above it.
 * @param {{fault?: import('../api.js').Problem, there: boolean, lines?: number, again?: () => void}} how
 * @param {() => unknown} draw
 */
export function either({fault, there, lines, again}, draw) {
  if (there) {
    return html`${fault && !fault.away ? failed(fault, again) : nothing}${draw()}`;
  }
  return fault ? failed(fault, again) : loading(lines);
}

/**
 * A field: label above, help below, what is wrong with it below that.
 * @param {{id: string, label: unknown, help?: unknown, error?: string}} how
 * @param {unknown} control has the id, and `aria-describedby` of `described(id, …)`
 */
export const field = ({id, label, help, error}, control) => html`
  <div class="field">
    <label for=${id}>${label}</label>
    ${control}
    ${help ? html`<span class="help" id="${id}-help">${help}</span>` : nothing}
    ${error ? html`<span class="error" id="${id}-error">${icon('cross')}<span>${error}</span></span>` : nothing}
  </div>`;

/** @param {string} id @param {{help?: unknown, error?: string}} how */
export const described = (id, {help, error}) => [help ? `${id}-help` : '', error ? `${id}-error` : ''].filter(part => part !== '').join(' ') || undefined;
