/** The versions of a workflow, any two of them compared. */
import {get, may, problem} from '../api.js';
import {here, link, setQuery} from '../app.js';
import {Part, html, nothing, repeat} from './base.js';
import {diffView} from './diff-view.js';
import {either, failed, loading} from './notice.js';
import {rulesOf, tasksView} from './task-words.js';
import './when.js';

const PAGE = 50;

/** @typedef {import('bide-api').components['schemas']['WorkflowVersion']} Version */

export class Versions extends Part {
  static properties = {
    workflowId: {},
    zone: {},
    newest: {type: Number},
    archived: {type: Boolean},
  };

  constructor() {
    super();
    this.workflowId = '';
    this.zone = 'UTC';
    this.newest = 0;
    this.archived = false;
    /** @type {Version[] | undefined} */
    this.items = undefined;
    /** @type {string | null} */
    this.cursor = null;
    /** What is compared, by its number; a version never changes. @type {Map<number, any>} */
    this.whole = new Map();
    /** What the only version does, in words. @type {import('./task-words.js').Rules} */
    this.rules = new Map();
    /** @type {import('../api.js').Problem | undefined} of what is compared */
    this.missing = undefined;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('newest') && this.newest > 0) {
      void this.list();
    }
  }

  async list() {
    try {
      const page = await get(`/workflows/${this.workflowId}/versions`, {limit: PAGE});
      this.items = page.items;
      this.cursor = page.nextCursor;
      this.fault = undefined;
    } catch (error) {
      this.fault = problem(error);
    }
    this.compare();
    if (this.newest === 1) {
      // It is as good without them: the names and the calls stand there.
      rulesOf(this.workflowId, 1).then(rules => {
        this.rules = rules;
        this.requestUpdate();
      }, () => {});
    }
  }

  async goOn() {
    if (this.cursor && !this.busy) {
      this.busy = true;
      try {
        const page = await get(`/workflows/${this.workflowId}/versions`, {limit: PAGE, cursor: this.cursor});
        this.items = [...(this.items ?? []), ...page.items];
        this.cursor = page.nextCursor;
      } finally {
        this.busy = false;
        this.requestUpdate();
      }
    }
  }

  /** The two of the address; by default the newest and the one before. */
  get chosen() {
    const {query} = here();
    const to = Number(query.get('to')) || this.newest;
    return {from: Number(query.get('from')) || Math.max(1, to - 1), to};
  }

  compare() {
    const {from, to} = this.chosen;
    for (const version of [from, to].filter(each => each > 0 && !this.whole.has(each))) {
      this.whole.set(version, undefined);
      get(`/workflows/${this.workflowId}/versions/${version}`).then(
        workflow => {
          this.whole.set(version, workflow);
          this.missing = undefined;
          this.requestUpdate();
        },
        error => {
          this.whole.delete(version);
          this.missing = problem(error);
          this.requestUpdate();
        },
      );
    }
    this.requestUpdate();
  }

  /** @param {'from' | 'to'} side @param {number} version */
  choose(side, version) {
    setQuery({[side]: String(version)}, {push: true});
    this.compare();
  }

  render() {
    return either({fault: this.fault, there: this.items !== undefined, lines: 5, again: () => this.list()}, () => this.draw(this.items ?? []));
  }

  /** @param {Version[]} items */
  draw(items) {
    const {from, to} = this.chosen;
    const radio = (/** @type {'from' | 'to'} */ side, /** @type {number} */ version) =>
      html`<input type="radio" name="versions-${side}" aria-label="compare version ${version} as the ${side === 'from' ? 'older' : 'newer'} one" .checked=${version === (side === 'from' ? from : to)} @change=${() => this.choose(side, version)}>`;
    return html`<div class="stack">
      <div class="table"><table>
        <caption class="visually-hidden">Versions, newest first; two are compared below</caption>
        <thead><tr><th scope="col">Version</th><th scope="col">Old</th><th scope="col">New</th><th scope="col">Made</th><th scope="col"><span class="visually-hidden">What can be done</span></th></tr></thead>
        <tbody>${repeat(
          items,
          item => item.version,
          item => html`<tr class=${item.version === from || item.version === to ? 'chosen' : ''}>
            <th scope="row">v${item.version} ${item.version === this.newest ? html`<span class="small soft">newest</span>` : nothing}</th>
            <td>${radio('from', item.version)}</td>
            <td>${radio('to', item.version)}</td>
            <td><bide-when .at=${item.createdAt} .zone=${this.zone}></bide-when></td>
            <td class="number">${item.version < this.newest && !this.archived && may('replaceWorkflow', 'PUT', `/workflows/${this.workflowId}`) ? html`<a href=${link(`/workflows/${this.workflowId}/edit`, {version: String(item.version)})}>Make one like it</a>` : nothing}</td>
          </tr>`,
        )}</tbody>
      </table></div>
      ${this.cursor ? html`<p><button type="button" @click=${() => this.goOn()}>More</button></p>` : nothing}
      <section class="card" aria-label="What differs">
        ${items.length === 1 && !this.cursor ? html`<header><h2>Version ${to}</h2><span class="scope">the only one so far; two are compared here</span></header>${this.whole.get(to) ? tasksView(this.whole.get(to).tasks, this.rules) : loading(3)}` : html`<header><h2>${from === to ? `Version ${to}` : `From version ${from} to version ${to}`}</h2></header>
        ${this.difference(this.whole.get(from), this.whole.get(to))}`}
      </section>
    </div>`;
  }

  /** @param {any} before @param {any} after */
  difference(before, after) {
    if (!before || !after) {
      return this.missing ? failed(this.missing, () => this.compare()) : loading(4);
    }
    return diffView(before, after);
  }
}

customElements.define('bide-versions', Versions);
