import assert from 'node:assert/strict';
import test from 'node:test';
import {server} from './stand.js';

test('pages of each depth lead to the same files', async t => {
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const root = `http://127.0.0.1:${server.address().port}`;
  for (const prefix of ['', '/x/bide']) {
    for (const path of ['/', '/timers', '/timers/0198a1b2-7c3d-7e4f-8a5b-000000000001', '/workflows/0198a1b2-7c3d-7e4f-8a5b-000000000001/edit', '/destinations/%5B::1%5D:9090']) {
      const page = await (await fetch(root + prefix + path)).text();
      const base = new URL(/<base href="([^"]+)"/.exec(page)[1], root + prefix + path);
      assert.equal(base.pathname, prefix + '/', path);
      assert.equal((await fetch(new URL('console/app.js', base))).status, 200);
      assert.ok((await (await fetch(new URL('v1/timers', base))).json()).items.length > 0);
    }
  }
  assert.equal((await fetch(root + '/console/nothing.js')).status, 404);
  assert.equal((await fetch(root + '/favicon.ico')).status, 404);
});
