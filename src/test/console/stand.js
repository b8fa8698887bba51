/**
 * The console on samples, to look at it without the service: `node src/test/console/stand.js [port [service]]`. It has the same headers and addresses; a path prefix
 * is tried with http://localhost:8090/x/bide/. Libraries come from node_modules. With the address of a service the calls go there, so that a page can be worked on with real answers.
 */
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {fileURLToPath} from 'node:url';
import {answer} from './samples.js';

const CONSOLE = new URL('../../main/resources/dev/bide/console/', import.meta.url);
const MODULES = new URL('../../../node_modules/', import.meta.url);
const TYPES = {html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml'};
/** Where the service has uPlot. */
const PLOTS = '/console/lib/uplot/1.6.30/';
const PAGES = /^\/(?:$|(?:workflows|runs|timers|failures|destinations|operations|channels|playground)(?:\/|$))/;

const IMPORTS = JSON.stringify({
  imports: {
    lit: './console/lib/lit/index.js',
    'lit/directives/': './console/lib/lit-html/directives/',
    'lit-html': './console/lib/lit-html/lit-html.js',
    'lit-html/': './console/lib/lit-html/',
    'lit-element/lit-element.js': './console/lib/lit-element/lit-element.js',
    '@lit/reactive-element': './console/lib/@lit/reactive-element/reactive-element.js',
  },
});
const CSP = `default-src 'self'; script-src 'self' 'sha256-${createHash('sha256').update(IMPORTS).digest('base64')}'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'`;
const HEADERS = {'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cross-Origin-Opener-Policy': 'same-origin', 'Cache-Control': 'no-cache'};

/** The service that answers the calls instead of the samples. */
const SERVICE = process.argv[3];

/** How far up the root is from a page's path, as the service sees it. */
function base(path) {
  const depth = path.split('/').length - 2;
  return depth === 0 ? './' : '../'.repeat(depth);
}

function file(path) {
  if (path.startsWith(PLOTS)) {
    return readFileSync(new URL('./uplot/dist/' + path.slice(PLOTS.length), MODULES));
  }
  if (path.startsWith('/console/lib/')) {
    return readFileSync(new URL('.' + path.slice('/console/lib'.length), MODULES));
  }
  return readFileSync(new URL('.' + path.slice('/console'.length), CONSOLE));
}

export const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const path = url.pathname.replace(/^\/x\/bide(?=\/)/, '');
  const send = (status, type, body, more = {}) => response.writeHead(status, {...HEADERS, ...more, 'Content-Type': type}).end(body);
  if (path.startsWith('/v1/')) {
    let body = '';
    request.on('data', part => (body += part)).on('end', async () => {
      if (SERVICE) {
        // The service answers no other origin's page; to it this is its own.
        const {host, connection, origin, referer, 'content-length': length, ...headers} = request.headers;
        const real = await fetch(SERVICE + path + url.search, {method: request.method, headers: /** @type {any} */ (headers), body: body || undefined});
        response.writeHead(real.status, Object.fromEntries([...real.headers].filter(([name]) => !/^(content-encoding|content-length|transfer-encoding)$/.test(name)))).end(Buffer.from(await real.arrayBuffer()));
        return;
      }
      if (process.env.SAMPLES === 'slow') {
        await new Promise(resolve => setTimeout(resolve, 12_000));
      }
      const {status, json, headers} = answer(request.method ?? 'GET', path.slice(3), url.searchParams, body);
      send(status, status < 400 ? 'application/json' : 'application/problem+json', JSON.stringify(json), headers);
    });
  } else if (path.startsWith('/console/') && !path.includes('..')) {
    try {
      send(200, TYPES[path.split('.').at(-1)] ?? 'application/octet-stream', file(path));
    } catch {
      send(404, 'text/plain', 'no such file');
    }
  } else if (PAGES.test(path)) {
    send(200, TYPES.html, file('/console/index.html').toString().replace('{{base}}', base(path)).replace('{{importmap}}', IMPORTS).replace('{{preloads}}', ''));
  } else {
    send(404, 'text/plain', 'nothing here');
  }
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? 8090);
  server.listen(port, () => console.log(`The console on samples: http://localhost:${port}/`));
}
