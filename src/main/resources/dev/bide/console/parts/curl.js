/** The call behind an action as a line for a shell. */
import {curl} from '../api.js';
import {html, icon, toast} from './base.js';

/**
 * Copies over plain http too, where there is no clipboard to ask.
 * @param {string} text
 * @returns {Promise<boolean>}
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    const around = document.querySelector('dialog[open]') ?? document.body;
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    around.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    before?.focus();
    return done;
  }
}

/** What is said by the way lies below a dialog: there it is said beside the button. @param {HTMLElement} button @param {string} words */
function say(button, words) {
  if (!button.closest('dialog')) {
    toast(words);
    return;
  }
  const said = document.createElement('span');
  said.className = 'small soft';
  said.setAttribute('role', 'status');
  button.after(said);
  said.textContent = words;
  setTimeout(() => said.remove(), 4000);
}

/** @param {string} text @param {string} [what] */
export const copyButton = (text, what = 'Copy') => html`
  <button type="button" class="plain" @click=${async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    say(button, (await copy(text)) ? 'Copied.' : 'This browser does not let a page copy. Mark the text and copy it.');
  }}>${icon('copy')}${what}</button>`;

/** @param {string} line */
const shown = line => html`<pre class="well wrap" tabindex="0">${line}</pre>${copyButton(line)}`;

/** @param {string} method @param {string} path @param {Parameters<typeof curl>[2]} [options] */
export const asCurl = (method, path, options) => html`<details class="fold"><summary>As curl</summary>${shown(curl(method, path, options))}</details>`;

/** @typedef {{words: string, method: string, path: string, options?: Parameters<typeof curl>[2]}} Said */

/** Several calls in one fold: what is shown, and what can be done to it at once. @param {Said[]} calls */
export const asCurls = calls => html`<details class="fold"><summary>As curl</summary>${calls.map(({words, method, path, options}) => html`<p class="small">${words}</p>${shown(curl(method, path, options))}`)}</details>`;
