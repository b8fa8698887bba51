/** Asks for the API key once a session. */
import {Problem} from '../api.js';
import {html} from './base.js';
import {open} from './dialog.js';

/** @returns {Promise<string>} */
export async function askKey() {
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
          <input id="api-key" name="key" type="password" required autofocus autocomplete="off" spellcheck="false" aria-describedby="api-key-help">
          <span class="help" id="api-key-help">Kept until this tab is closed, and sent as a header only.</span>
        </div>
        <footer><button type="button" @click=${() => close()}>Not now</button><button class="primary">Use it</button></footer>
      </form>`,
    {label: 'API key'},
  );
  if (!given) {
    throw new Problem({type: 'urn:bide:problem:unauthorized', title: 'An API key is needed', detail: 'Without one nothing can be shown.', status: 403});
  }
  return given;
}
