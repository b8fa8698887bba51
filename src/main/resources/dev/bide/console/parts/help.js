/** What the keys do. */
import {html, icon} from './base.js';
import {open} from './dialog.js';

/** @type {[string, string][]} */
const KEYS = [
  ['/', 'search for an id, a key or a name'],
  ['?', 'this help'],
  ['.', 'hold the figures, or let them go on'],
  ['Esc', 'close what is on top'],
  ['Ctrl+Enter', 'save the form'],
  ['← → ↑ ↓', 'go through a grid; Home and End go to its ends'],
  ['Alt+↑ Alt+↓', 'move a task'],
  ['Space', 'choose a row; with Shift all rows up to here'],
];

/** @param {{letters: boolean, setLetters: (on: boolean) => void}} how */
export function openHelp({letters, setLetters}) {
  return open(
    close => html`<div class="inside">
      <div class="row apart"><h2>Keys</h2><button type="button" class="square" aria-label="Close" @click=${() => close()}>${icon('close')}</button></div>
      <dl class="facts">${KEYS.map(([keys, words]) => html`<dt><kbd>${keys}</kbd></dt><dd>${words}</dd>`)}</dl>
      <label class="choice"><input type="checkbox" .checked=${letters} @change=${(/** @type {Event} */ event) => setLetters(/** @type {HTMLInputElement} */ (event.target).checked)}>Keys of one sign do something</label>
    </div>`,
    {label: 'Keys'},
  );
}
