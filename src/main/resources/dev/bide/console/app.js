/** The frame of all pages: addresses, navigation, keys, what is said by the way. */
import {key, live, online, rights} from './api.js';
import {isId} from './model/words.js';
import {Part, html, icon, nothing, repeat} from './parts/base.js';
import {length} from './time.js';

// The served base is relative and would move with the address; absolute it stays.
const root = /** @type {HTMLBaseElement} */ (document.querySelector('base'));
root.href = root.href;
const prefix = new URL(document.baseURI).pathname;

/** @typedef {{path: string, params: Record<string, string>, query: URLSearchParams}} Place */
/** @typedef {{default: (new () => Part) & {title: (params: Record<string, string>) => string}}} PageModule */

/** A page a line; `:id` is a UUID, `:host` a destination. @type {[string, () => Promise<any>][]} */
const ROUTES = [
  ['/', () => import('./pages/overview.js')],
  ['/workflows', () => import('./pages/workflows.js')],
  ['/workflows/new', () => import('./pages/workflow-editor.js')],
  ['/workflows/:id', () => import('./pages/workflow.js')],
  ['/workflows/:id/edit', () => import('./pages/workflow-editor.js')],
  ['/runs', () => import('./pages/runs.js')],
  ['/runs/:id', () => import('./pages/run.js')],
  ['/timers', () => import('./pages/timers.js')],
  ['/timers/:id', () => import('./pages/timer.js')],
  ['/failures', () => import('./pages/failures.js')],
  ['/destinations', () => import('./pages/destinations.js')],
  ['/destinations/:host', () => import('./pages/destination.js')],
  ['/operations', () => import('./pages/operations.js')],
  ['/operations/:id', () => import('./pages/operation.js')],
  ['/channels', () => import('./pages/channels.js')],
  ['/playground', () => import('./pages/playground.js')],
];

/** @type {[string, string][]} */
const NAV = [
  ['/', 'Overview'],
  ['/workflows', 'Workflows'],
  ['/runs', 'Runs'],
  ['/timers', 'Timers'],
  ['/failures', 'Failures'],
  ['/destinations', 'Destinations'],
  ['/operations', 'Operations'],
  ['/channels', 'Channels'],
  ['/playground', 'Playground'],
  ['/docs/', 'API'],
];

/**
 * @param {string} path
 * @returns {{load: () => Promise<any>, params: Record<string, string>}}
 */
function route(path) {
  const parts = path.split('/');
  for (const [pattern, load] of ROUTES) {
    const wanted = pattern.split('/');
    /** @type {Record<string, string>} */
    const params = {};
    const fits =
      wanted.length === parts.length &&
      wanted.every((part, i) => {
        if (!part.startsWith(':')) {
          return part === parts[i];
        }
        try {
          params[part.slice(1)] = decodeURIComponent(parts[i]);
        } catch {
          return false;
        }
        return part === ':id' ? isId(params.id) : parts[i] !== '';
      });
    if (fits) {
      return {load, params};
    }
  }
  return {load: () => import('./pages/missing.js'), params: {}};
}

/** @returns {Place} */
export function here() {
  const {pathname, search} = location;
  const path = '/' + pathname.slice(prefix.length).replace(/\/$/, '');
  return {path, params: route(path).params, query: new URLSearchParams(search)};
}

/**
 * @param {string} path below the prefix
 * @param {Record<string, string | undefined>} [query]
 * @returns {string} for a `href`
 */
export function link(path, query = {}) {
  const given = /** @type {[string, string][]} */ (Object.entries(query).filter(([, value]) => value !== undefined && value !== ''));
  const text = new URLSearchParams(given).toString();
  return prefix + path.slice(1) + (text ? '?' + text : '');
}

/** @type {(() => boolean) | undefined} */
let unsaved;

/** A page with something unsaved says so; one who leaves is asked. @param {(() => boolean) | undefined} asks */
export function guard(asks) {
  unsaved = asks;
}

const stays = () => unsaved?.() === true && !confirm('What you changed is not saved. Leave it?');

/**
 * @param {string} href of {@link link}, or a path with its query
 * @param {{replace?: boolean, keepFocus?: boolean}} [how]
 */
export function go(href, {replace = false, keepFocus = false} = {}) {
  const target = new URL(href, document.baseURI);
  if (target.pathname !== location.pathname) {
    if (stays()) {
      return;
    }
    guard(undefined);
  }
  history.replaceState({...history.state, scroll: scrollY}, '');
  history[replace ? 'replaceState' : 'pushState']({}, '', target);
  frame()?.show({keepFocus});
}

/**
 * Changes the query: what is undefined or empty goes away. Typing replaces the entry, choosing makes one for Back.
 * @param {Record<string, string | undefined>} patch
 * @param {{push?: boolean}} [how]
 */
export function setQuery(patch, {push = false} = {}) {
  const {path, query} = here();
  for (const [name, value] of Object.entries(patch)) {
    if (value) {
      query.set(name, value);
    } else {
      query.delete(name);
    }
  }
  go(link(path, Object.fromEntries(query)), {replace: !push, keepFocus: true});
}

/** @returns {App | null} */
const frame = () => document.querySelector('bide-app');

/** Who comes back waits so long for what stood where they were. */
const PATIENCE = 5000;
const SCHEMES = /** @type {const} */ (['', 'light', 'dark']);
const SCHEME_WORDS = {'': 'as the system has them', light: 'light', dark: 'dark'};

const stored = {
  /** @param {string} name */
  get: name => {
    try {
      return localStorage.getItem(name) ?? '';
    } catch {
      return '';
    }
  },
  /** @param {string} name @param {string} value */
  set: (name, value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      // A browser that keeps nothing forgets the choice; that is all.
    }
  },
};

const schemeWords = () => SCHEME_WORDS[/** @type {typeof SCHEMES[number]} */ (stored.get('bide.scheme'))] ?? SCHEME_WORDS[''];

/** @param {string} scheme */
function paint(scheme) {
  if (scheme) {
    document.documentElement.dataset.scheme = scheme;
  } else {
    delete document.documentElement.dataset.scheme;
  }
}
paint(stored.get('bide.scheme'));

class App extends Part {
  constructor() {
    super();
    /** @type {Part | undefined} */
    this.page = undefined;
    this.path = '';
    /** @type {{text: string, back?: {words: string, act: () => void}}[]} */
    this.toasts = [];
    /** How many need somebody, by path. @type {Record<string, number>} */
    this.counts = {};
    this.turn = 0;
    /** @type {AbortController | undefined} */
    this.scrolling = undefined;
    this.letters = stored.get('bide.letters') !== 'off';
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('click', event => this.clicked(event));
    document.addEventListener('keydown', event => this.pressed(event));
    document.addEventListener('bide-toast', event => this.say(/** @type {CustomEvent} */ (event).detail));
    document.addEventListener('bide-counts', event => {
      this.counts = {...this.counts, .../** @type {CustomEvent} */ (event).detail};
      this.requestUpdate();
    });
    addEventListener('popstate', () => this.show({back: true}));
    addEventListener('beforeunload', event => {
      if (unsaved?.()) {
        event.preventDefault();
      }
    });
    for (const source of [online, live, rights]) {
      source.addEventListener('change', () => this.requestUpdate());
    }
    setInterval(() => this.requestUpdate(), 1000);
    history.scrollRestoration = 'manual';
    key.dialog = wrong => import('./parts/key.js').then(part => part.askKey(wrong));
    void this.show({first: true});
  }

  /** Draws the page of the address. @param {{first?: boolean, back?: boolean, keepFocus?: boolean}} how */
  async show({first = false, back = false, keepFocus = false} = {}) {
    const turn = ++this.turn;
    const {path, params} = here();
    if (back || path !== this.path) {
      // They are about the page before; the one for the key is about all.
      document.querySelectorAll('dialog[open]:not(:has(#api-key))').forEach(dialog => /** @type {HTMLDialogElement} */ (dialog).close());
    }
    if (path === this.path && this.page) {
      // The same page reads its state from the address again.
      /** @type {any} */ (this.page).placed?.();
      this.page.requestUpdate();
      return;
    }
    try {
      const module = /** @type {PageModule} */ (await route(path).load());
      if (turn !== this.turn) {
        return;
      }
      const page = new module.default();
      this.page?.remove();
      this.page = page;
      this.path = path;
      live.at = undefined;
      document.title = `${module.default.title(params)} · Bide`;
      this.requestUpdate();
      await this.updateComplete;
      this.querySelector('main')?.replaceChildren(page);
      await page.updateComplete;
      this.scrollBack(back ? (history.state?.scroll ?? 0) : 0);
      if (!first && !keepFocus) {
        /** @type {HTMLElement | null} */ (page.querySelector('h1'))?.focus({preventScroll: true});
      }
    } catch (error) {
      console.warn(error);
      this.say({text: 'Bide was updated. Load the page again.', back: {words: 'Load it', act: () => location.reload()}});
    }
  }

  /** To where one was: what stands there may come only with the first answers. Who scrolls meanwhile is left alone. @param {number} y */
  scrollBack(y) {
    this.scrolling?.abort();
    scrollTo(0, y);
    if (scrollY >= y - 1) {
      return;
    }
    const scrolling = (this.scrolling = new AbortController());
    const {signal} = scrolling;
    const grown = new ResizeObserver(() => {
      scrollTo(0, y);
      if (scrollY >= y - 1) {
        scrolling.abort();
      }
    });
    grown.observe(/** @type {Element} */ (this.querySelector('main')));
    const end = setTimeout(() => scrolling.abort(), PATIENCE);
    ['wheel', 'touchstart', 'pointerdown', 'keydown'].forEach(name => addEventListener(name, () => scrolling.abort(), {signal, passive: true}));
    signal.addEventListener('abort', () => {
      grown.disconnect();
      clearTimeout(end);
    });
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const anchor = /** @type {Element} */ (event.target).closest?.('a[href]');
    if (!(anchor instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    const target = new URL(anchor.href);
    const below = target.origin === location.origin && target.pathname.startsWith(prefix);
    if (!below || anchor.target || anchor.hasAttribute('download') || /^(docs|v1|console)(\/|$)/.test(target.pathname.slice(prefix.length))) {
      return;
    }
    event.preventDefault();
    anchor.closest('dialog')?.close();
    go(target.href);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!this.letters || event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, [contenteditable], dialog')) {
      return;
    }
    if (event.key === '/') {
      event.preventDefault();
      void this.search();
    } else if (event.key === '?') {
      event.preventDefault();
      void this.help();
    } else if (event.key === '.') {
      live.toggle();
    }
  }

  async search() {
    (await import('./parts/search.js')).openSearch();
  }

  async help() {
    (await import('./parts/help.js')).openHelp({
      letters: this.letters,
      setLetters: on => {
        this.letters = on;
        stored.set('bide.letters', on ? '' : 'off');
      },
    });
  }

  async menu() {
    const {open} = await import('./parts/dialog.js');
    await open(
      (close, redraw) => html`<div class="inside">
        <div class="row apart"><h2>Menu</h2><button type="button" class="square" aria-label="Close" @click=${() => close()}>${icon('close')}</button></div>
        ${this.nav()}
        <div class="row">
          <button type="button" @click=${() => {
            this.scheme();
            redraw();
          }}>${icon('scheme')}Colours: ${schemeWords()}</button>
          <button type="button" @click=${() => {
            close();
            void this.help();
          }}>Help</button>
          ${rights.all ? nothing : html`<span class="chip">may look only</span>`}
        </div>
      </div>`,
      {label: 'Menu'},
    );
  }

  /** The reader had no key, and has one now. */
  async unlock() {
    try {
      await key.ask(false, true);
    } catch {
      return;
    }
    if (unsaved?.()) {
      this.page?.again();
    } else {
      location.reload();
    }
  }

  /** @param {{text: string, back?: {words: string, act: () => void}}} said */
  say(said) {
    this.toasts = [...this.toasts.slice(-2), said];
    this.requestUpdate();
    const gone = () => {
      if (this.querySelector('.toasts:hover, .toasts:focus-within')) {
        setTimeout(gone, 2000);
        return;
      }
      this.toasts = this.toasts.filter(other => other !== said);
      this.requestUpdate();
    };
    setTimeout(gone, 6000);
  }

  scheme() {
    const now = /** @type {typeof SCHEMES[number]} */ (stored.get('bide.scheme'));
    const next = SCHEMES[(SCHEMES.indexOf(now) + 1) % SCHEMES.length];
    stored.set('bide.scheme', next);
    paint(next);
    document.dispatchEvent(new CustomEvent('bide-scheme'));
    this.say({text: `Colours: ${schemeWords()}.`});
  }

  nav() {
    const at = '/' + this.path.split('/')[1];
    return html`<nav class="nav" aria-label="Pages"><ul role="list">${NAV.map(
      ([path, words]) => html`<li><a href=${link(path)} aria-current=${at === path ? 'page' : nothing}>${words}${this.counts[path] ? html`<span class="n">${this.counts[path]}</span>` : nothing}</a></li>`,
    )}</ul></nav>`;
  }

  light() {
    const state = live.state;
    const old = live.at === undefined ? '' : length(Date.now() - live.at);
    const words = {live: 'live', held: 'held', editing: 'held while you edit', old: `${old} old`}[state];
    return html`<button type="button" class="light" data-state=${state} title="Hold or go on (.)" @click=${() => live.toggle()}>${icon({live: 'dot', held: 'pause', editing: 'pause', old: 'hollow'}[state])}${words}</button>`;
  }

  render() {
    return html`
      <button type="button" class="skip" @click=${() => /** @type {HTMLElement | null} */ (this.querySelector('main'))?.focus()}>To the content</button>
      <header class="head">
        <a class="brand" href=${link('/')}><svg class="mark" viewBox="0 0 32 16" width="32" height="16" aria-hidden="true"><path d="M1 8h8M11 13l3-10M15.500 13l3-10M20.500 8h3" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"></path><circle class="dot" cx="27.500" cy="8" r="3.500"></circle></svg>Bide</a>
        <span class="space"></span>
        ${key.declined ? html`<button type="button" @click=${() => this.unlock()}>Give a key</button>` : nothing}
        ${rights.all ? nothing : html`<span class="chip wide">may look only</span>`}
        <button type="button" class="find" aria-label="Search" aria-keyshortcuts="/" @click=${() => this.search()}><span class="row">${icon('search')}<span class="words">Search</span></span><kbd>/</kbd></button>
        ${this.light()}
        <button type="button" class="square wide" aria-label="Colours" title="Colours: as the system, light, dark" @click=${() => this.scheme()}>${icon('scheme')}</button>
        <button type="button" class="square wide" aria-label="Help" aria-keyshortcuts="?" @click=${() => this.help()}>?</button>
        <button type="button" class="square menu" aria-label="Menu" @click=${() => this.menu()}>${icon('menu')}</button>
      </header>
      ${online.is ? nothing : html`<p class="away" role="status">The service is away. Shown is what was known ${length(Date.now() - online.since)} ago. It is tried again by itself.</p>`}
      ${this.nav()}
      <main class="page" tabindex="-1"></main>
      <div class="toasts" role="status">${repeat(
        this.toasts,
        said => said,
        said => html`<div class="toast"><span>${said.text}</span>${said.back ? html`<button type="button" @click=${said.back.act}>${said.back.words}</button>` : nothing}</div>`,
      )}</div>`;
  }
}

customElements.define('bide-app', App);
export {App};
