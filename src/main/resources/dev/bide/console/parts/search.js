/** Finds runs, timers, workflows and operations by id, key or name. */
import {Problem, get} from '../api.js';
import {go, link} from '../app.js';
import {isId, shortId} from '../model/words.js';
import {chip, html, nothing} from './base.js';
import {open} from './dialog.js';
import {operationChip} from './progress.js';

/** @typedef {{path: string, words: string, what: string, status?: string}} Hit */

/** @param {string} path @param {AbortSignal} signal @returns {Promise<any>} null where there is none */
async function maybe(path, signal) {
  try {
    return await get(path, undefined, signal);
  } catch (error) {
    if (error instanceof Problem && (error.status === 404 || error.status === 400)) {
      return null;
    }
    throw error;
  }
}

/**
 * @param {string} text
 * @param {AbortSignal} signal
 * @returns {Promise<Hit[]>}
 */
export async function find(text, signal) {
  if (isId(text)) {
    for (const [what, path] of [['run', '/runs/'], ['timer', '/timers/'], ['workflow', '/workflows/'], ['operation', '/operations/']]) {
      const found = await maybe(path + text, signal);
      if (found) {
        return [{path: path + text, words: found.key ?? found.name ?? shortId(text), what, status: found.status}];
      }
    }
    return [];
  }
  const encoded = encodeURIComponent(text);
  const [runs, timers, workflows] = await Promise.all([
    maybe(`/runs?key=${encoded}&limit=5`, signal),
    maybe(`/timers?key=${encoded}&limit=5`, signal),
    maybe(`/workflows?query=${encoded}&limit=5`, signal),
  ]);
  return [
    ...(workflows?.items ?? []).map((/** @type {any} */ item) => ({path: `/workflows/${item.id}`, words: item.name, what: 'workflow'})),
    ...(runs?.items ?? []).map((/** @type {any} */ item) => ({path: `/runs/${item.id}`, words: item.key, what: 'run', status: item.status})),
    ...(timers?.items ?? []).map((/** @type {any} */ item) => ({path: `/timers/${item.id}`, words: item.key, what: 'timer', status: item.status})),
  ];
}

/** @returns {Promise<void>} */
export async function openSearch() {
  /** @type {Hit[] | undefined} */
  let hits;
  let chosen = 0;
  let said = '';
  let timer = 0;
  let abort = new AbortController();
  const choice = await open(
    (/** @type {(value?: Hit) => void} */ close, redraw) => {
      const look = (/** @type {string} */ text) => {
        clearTimeout(timer);
        abort.abort();
        abort = new AbortController();
        const {signal} = abort;
        if (text === '') {
          hits = undefined;
          said = '';
          redraw();
          return;
        }
        timer = window.setTimeout(async () => {
          try {
            hits = await find(text, signal);
            said = '';
          } catch (error) {
            if (signal.aborted) {
              return;
            }
            hits = undefined;
            said = error instanceof Error ? error.message : String(error);
          }
          chosen = 0;
          redraw();
        }, 200);
      };
      const pressed = (/** @type {KeyboardEvent} */ event) => {
        const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
        if (step && hits?.length) {
          event.preventDefault();
          chosen = (chosen + step + hits.length) % hits.length;
          redraw();
        } else if (event.key === 'Enter') {
          event.preventDefault();
          if (hits?.[chosen]) {
            close(hits[chosen]);
          }
        }
      };
      return html`<div class="inside">
        <div class="field">
          <label for="search">Search for an id, a key or the name of a workflow</label>
          <input id="search" type="search" autofocus autocomplete="off" spellcheck="false" role="combobox" aria-controls="search-hits" aria-expanded=${hits?.length ? 'true' : 'false'} aria-activedescendant=${hits?.length ? `hit-${chosen}` : nothing}
            @input=${(/** @type {Event} */ event) => look(/** @type {HTMLInputElement} */ (event.target).value.trim())} @keydown=${pressed}>
        </div>
        <ul class="hits" role="listbox" id="search-hits" aria-label="Found">${(hits ?? []).map(
          (hit, i) => html`<li role="option" id="hit-${i}" aria-selected=${i === chosen ? 'true' : 'false'} @click=${() => close(hit)}><span><span class="soft">${hit.what}</span> ${hit.words}</span>${hit.status ? (hit.what === 'operation' ? operationChip(hit.status) : chip(hit.status)) : nothing}</li>`,
        )}</ul>
        <p class="small soft" role="status">${said || (hits?.length === 0 ? 'No run, timer or workflow has this key or name. Keys are compared whole.' : hits ? `${hits.length} found.` : '')}</p>
      </div>`;
    },
    {label: 'Search'},
  );
  abort.abort();
  if (choice) {
    go(link(choice.path));
  }
}
