/** The API's description. What is tried from here goes to this service, with the key that the console was given. */
const root = new URL('..', location.href);
const dark = matchMedia('(prefers-color-scheme: dark)');

/** A browser that keeps nothing may refuse to be asked. @param {() => string | null} read */
function kept(read) {
  try {
    return read();
  } catch {
    return null;
  }
}

function paint() {
  const wanted = kept(() => localStorage.getItem('bide.scheme'));
  document.documentElement.classList.toggle('dark-mode', wanted ? wanted === 'dark' : dark.matches);
}

paint();
dark.addEventListener('change', paint);

const ui = /** @type {any} */ (window).SwaggerUIBundle;

ui({
  url: new URL('v1/openapi.yaml', root).href,
  dom_id: '#description',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  layout: 'BaseLayout',
  presets: [ui.presets.apis],
  /** @param {{url: string, headers: Record<string, string>}} request */
  requestInterceptor(request) {
    // The description's server is the host's root; before that a proxy may have put a prefix.
    const url = new URL(request.url, root);
    if (url.origin === root.origin && url.pathname.startsWith('/v1/')) {
      url.pathname = root.pathname + url.pathname.slice(1);
      request.url = url.href;
    }
    const key = kept(() => sessionStorage.getItem('bide.key'));
    if (key && url.origin === root.origin) {
      request.headers.Authorization = 'Bearer ' + key;
    }
    return request;
  },
});
