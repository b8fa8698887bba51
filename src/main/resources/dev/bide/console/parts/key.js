/** Asks for the API key once a session. */
import {html, icon, nothing} from './base.js';
import {open} from './dialog.js';

/** @param {boolean} wrong whether one was sent and is not known @returns {Promise<string>} empty where there is none */
export async function askKey(wrong) {
  const given = await open(
    (/** @type {(value?: string) => void} */ close) => html`
      <form
        @submit=${(/** @type {SubmitEvent} */ event) => {
          event.preventDefault();
          const typed = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get('key') ?? '').trim();
          if (typed !== '') {
            close(typed);
          }
        }}>
        <h2>This service asks for an API key</h2>
        <div class="field">
          <label for="api-key">API key</label>
          <input id="api-key" name="key" type="password" required autofocus autocomplete="off" spellcheck="false" aria-invalid=${wrong ? 'true' : nothing} aria-describedby="${wrong ? 'api-key-error ' : ''}api-key-help">
          <span class="help" id="api-key-help">Kept until this tab is closed, and sent as a header only.</span>
          ${wrong ? html`<span class="error" id="api-key-error">${icon('cross')}<span>That key is not known.</span></span>` : nothing}
        </div>
        <footer><button type="button" @click=${() => close()}>Not now</button><button class="primary">Use it</button></footer>
      </form>`,
    {label: 'API key'},
  );
  return given ?? '';
}
