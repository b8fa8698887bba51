/** JSON to read: laid out, coloured, folded where it is long; digits and order as they came. */
import {pieces} from '../model/json.js';
import {html} from './base.js';
import {copyButton} from './curl.js';

const LONG = 24;

/**
 * @param {string} text JSON, or anything else, which is shown as it is
 * @param {{label?: string, open?: boolean}} [how] folded unless it is short or asked to be open
 */
export function jsonView(text, {label = 'JSON', open} = {}) {
  /** @type {unknown} */
  let content = text;
  let plain = text;
  try {
    const laid = pieces(text);
    plain = laid.map(piece => piece.text).join('');
    content = laid.map(({kind, text: part}) => (kind === 'mark' || kind === 'space' ? part : html`<span class="json-${kind}">${part}</span>`));
  } catch {
    // No JSON: an answer may be anything.
  }
  const lines = plain.split('\n').length;
  const well = html`<div><pre class="well" tabindex="0" aria-label=${label}>${content}</pre>${copyButton(plain)}</div>`;
  return lines <= LONG && open !== false ? well : html`<details class="fold" ?open=${open === true}><summary>${label}, ${lines === 1 ? '1 line' : `${lines} lines`}</summary>${well}</details>`;
}
