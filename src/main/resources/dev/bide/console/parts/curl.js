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

/** @param {string} text @param {string} [what] */
export const copyButton = (text, what = 'Copy') => html`
  <button type="button" class="plain" @click=${async () => toast((await copy(text)) ? 'Copied.' : 'This browser does not let a page copy. Mark the text and copy it.')}>${icon('copy')}${what}</button>`;

/** @param {string} method @param {string} path @param {Parameters<typeof curl>[2]} [options] */
export function asCurl(method, path, options) {
  const line = curl(method, path, options);
  return html`<details class="fold"><summary>As curl</summary><pre class="well wrap" tabindex="0">${line}</pre>${copyButton(line)}</details>`;
}
