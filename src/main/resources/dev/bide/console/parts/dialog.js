/** Questions. A dialog gives the focus back to what opened it, or where that is gone to the heading of the page. */
import {html, nothing} from './base.js';
import {render} from 'lit';
import {problem} from '../api.js';
import {failed} from './notice.js';
import {asCurl} from './curl.js';

/**
 * Opens a dialog and draws it; it is gone once it is closed.
 * @template T
 * @param {(close: (value?: T) => void, redraw: () => void) => unknown} draw the content; its form is drawn with `method="dialog"` by the caller
 * @param {{label: string, begin?: () => void}} how `begin` is called once it is open
 * @returns {Promise<T | undefined>} what it was closed with
 */
export function open(draw, {label, begin}) {
  const opener = /** @type {HTMLElement | null} */ (document.activeElement);
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', label);
  document.body.append(dialog);
  /** @type {T | undefined} */
  let answer;
  const close = (/** @type {T | undefined} */ value) => {
    answer = value;
    dialog.close();
  };
  // What comes late finds the dialog gone.
  const redraw = () => dialog.isConnected && void render(draw(close, redraw), dialog);
  redraw();
  dialog.showModal();
  begin?.();
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      render(nothing, dialog);
      dialog.remove();
      const back = opener?.isConnected && opener !== document.body ? opener : document.querySelector('h1');
      /** @type {HTMLElement | null} */ (back)?.focus();
      resolve(answer);
    });
  });
}

/**
 * @typedef {object} Question
 * @property {string} title the deed: “Cancel this timer?”
 * @property {string} what follows from it, in a sentence
 * @property {string} deed the word on its button
 * @property {string} [keep] the word on the other
 * @property {boolean} [reason] whether a reason is asked for
 * @property {{method: string, path: string, options?: Parameters<typeof asCurl>[2]}} [curl]
 * @property {(reason: string) => Promise<unknown>} act
 */

/**
 * Asks before something that can't be taken back.
 * @param {Question} question
 * @returns {Promise<boolean>} whether it was done
 */
export async function ask({title, what, deed, keep = 'Keep it', reason = false, curl, act}) {
  let busy = false;
  /** @type {import('../api.js').Problem | undefined} */
  let fault;
  const done = await open(
    (/** @type {(value?: boolean) => void} */ close, redraw) => html`
      <form
        @submit=${async (/** @type {SubmitEvent} */ event) => {
          event.preventDefault();
          if (busy) {
            return;
          }
          const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get('reason');
          busy = true;
          redraw();
          try {
            await act(String(given ?? '').trim());
            close(true);
          } catch (error) {
            fault = problem(error);
            busy = false;
            redraw();
          }
        }}>
        <h2>${title}</h2>
        <p>${what}</p>
        ${reason ? html`<div class="field"><label for="ask-reason">Reason</label><input id="ask-reason" name="reason" maxlength="500" autocomplete="off"><span class="help">Kept with it, for those who ask later.</span></div>` : nothing}
        ${curl ? asCurl(curl.method, curl.path, curl.options) : nothing}
        ${fault ? failed(fault) : nothing}
        <footer>
          <button type="button" autofocus @click=${() => close(false)}>${keep}</button>
          <button class="danger" aria-disabled=${busy ? 'true' : 'false'}>${deed}</button>
        </footer>
      </form>`,
    {label: title},
  );
  return done === true;
}
