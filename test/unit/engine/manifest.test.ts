import { describe, expect, test } from 'vitest';
import { formatManifest, type Manifest, parseManifest } from '../../../src/engine/manifest.ts';

const digest = 'a'.repeat(64);

const manifest: Manifest = {
  id: '20261121-051200-ab12',
  state: 'done',
  createdAtMs: Date.UTC(2026, 10, 21, 5, 12),
  purpose: { task: 'reset-password', user: 'b\udcffb', system: 'debian@sdb2' },
  entries: [
    {
      path: '/etc/shad\udcffow',
      before: digest,
      after: digest,
      saved: '0.saved',
      temporary: '.sparekey-20261121-051200-ab12-0',
    },
  ],
};

const edited = (change: (document: Record<string, unknown> & { entries: Record<string, unknown>[] }) => void) => {
  const document = JSON.parse(new TextDecoder().decode(formatManifest(manifest)));
  change(document);
  return new TextEncoder().encode(JSON.stringify(document));
};

describe('manifest', () => {
  test('survives the way to disk and back, bytes that are not UTF-8 included', () => {
    expect(parseManifest(formatManifest(manifest))).toEqual(manifest);
  });

  test.each([
    ['another version', edited((document) => Object.assign(document, { version: 2 }))],
    ['an unknown state', edited((document) => Object.assign(document, { state: 'mended' }))],
    ['an unknown task', edited((document) => Object.assign(document, { purpose: { task: 'format' } }))],
    ['no date', edited((document) => Object.assign(document, { createdAt: 'soon' }))],
    ['no entries', edited((document) => Object.assign(document, { entries: undefined }))],
    [
      'a saved name that climbs out',
      edited(({ entries }) => Object.assign(entries[0] ?? {}, { saved: '../../etc/shadow' })),
    ],
    [
      'a temporary name that climbs out',
      edited(({ entries }) => Object.assign(entries[0] ?? {}, { temporary: '../x' })),
    ],
    ['a relative path', edited(({ entries }) => Object.assign(entries[0] ?? {}, { path: 'etc/shadow' }))],
    ['a digest that is none', edited(({ entries }) => Object.assign(entries[0] ?? {}, { before: 'x' }))],
    ['an entry that is none', edited((document) => Object.assign(document, { entries: [null] }))],
    ['an array', new TextEncoder().encode('[]')],
    ['no JSON', new TextEncoder().encode('{"version": 1')],
    ['nothing', new Uint8Array()],
  ])('refuses %s', (_, content) => {
    expect(parseManifest(content)).toBeUndefined();
  });
});
