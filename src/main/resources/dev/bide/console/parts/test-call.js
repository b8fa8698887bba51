/** One real call, to see what comes back; nothing of it is stored. */
import {post, problem} from '../api.js';
import {link} from '../app.js';
import {Raw, check, write} from '../model/json.js';
import {host} from '../model/words.js';
import {actionJson} from '../model/workflow.js';
import {chip, html, nothing} from './base.js';
import {asCurl} from './curl.js';
import {open} from './dialog.js';
import {jsonView} from './json-view.js';
import {failed} from './notice.js';
import {length} from './times.js';

/** @typedef {import('../api.js').FieldError} FieldError */

const WORDS = {
  delivered: 'It was taken.',
  failed: 'A task would try again after this answer.',
  refused: 'This answer is final: a task would not try again.',
  'not-called': 'Nobody was called.',
};

/** @param {string} url @returns {string} `host:port`, the name of a destination */
function destination(url) {
  try {
    const {hostname, port, protocol} = new URL(url);
    return `${hostname}:${port || (protocol === 'http:' ? 80 : 443)}`;
  } catch {
    return '';
  }
}

/**
 * @param {import('../model/workflow.js').Action} action
 * @param {string} sample
 * @param {(errors: FieldError[]) => void} refused what is wrong, by fields below the action
 */
export function testCall(action, sample, refused) {
  const body = {action: actionJson(action), ...(check(sample, 'object') === null && {input: new Raw(sample)})};
  let busy = false;
  /** @type {import('../api.js').Problem | undefined} */
  let fault;
  /** @type {any} */
  let result;
  return open(
    (close, redraw) => {
      const call = async () => {
        if (busy) {
          return;
        }
        [busy, fault, result] = [true, undefined, undefined];
        redraw();
        try {
          result = await post('/actions/test', body);
        } catch (error) {
          fault = problem(error);
          const own = fault.errors.filter(({field}) => field.startsWith('action.'));
          if (own.length > 0) {
            // It is said once, at its field.
            refused(own.map(({field, message}) => ({field: field.replace(/^action\./, ''), message})));
            close();
            return;
          }
        }
        busy = false;
        redraw();
      };
      return html`<div class="inside">
        <h2>Test call</h2>
        <p>This really calls <span class="mono">${action.method} ${action.url.trim()}</span> once, filled with the sample, with the header <code>Bide-Test: true</code>. Nothing is stored.</p>
        ${asCurl('POST', '/actions/test', {body})}
        <div role="status">${busy ? html`<p class="soft">Calling. It waits 10 s at most.</p>` : result ? outcome(result) : nothing}</div>
        ${fault ? html`${failed(fault)}${fault.status === 409 && destination(action.url) ? html`<p><a href=${link(`/destinations/${encodeURIComponent(destination(action.url))}`)}>To ${host(action.url)}, where it can be resumed</a></p>` : nothing}` : nothing}
        <footer><button type="button" @click=${() => close()}>Close</button><button type="button" class="primary" aria-disabled=${busy ? 'true' : 'false'} autofocus @click=${call}>${result ? 'Call again' : fault ? 'Try again' : 'Call it'}</button></footer>
      </div>`;
    },
    {label: 'Test call'},
  );
}

/** @param {any} result */
function outcome(result) {
  const {request, outcome: came, httpStatus, durationMs, answer, error} = result;
  return html`<div class="stack tight">
    <p class="row">${chip(came === 'not-called' ? 'held' : came, came === 'not-called' ? 'not called' : undefined)}<strong>${httpStatus ?? ''}</strong><span>${came === 'not-called' ? '' : `after ${length(durationMs)}`}</span></p>
    <p>${WORDS[/** @type {keyof typeof WORDS} */ (came)] ?? ''} ${error ? html`<span class="soft">${error}</span>` : nothing}</p>
    ${answer === undefined ? nothing : jsonView(answer, {label: 'Answer'})}
    <details class="fold"><summary>The request as it was sent</summary><pre class="well wrap" tabindex="0">${[`${request.method} ${request.url}`, ...Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${value}`)].join('\n')}</pre>${request.body === undefined ? nothing : jsonView(write(request.body), {label: 'Body', open: true})}</details>
  </div>`;
}
