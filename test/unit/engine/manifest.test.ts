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
      kind: 'replaced',
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
    ['no version', edited((document) => Object.assign(document, { version: undefined }))],
    ['a version that is no number', edited((document) => Object.assign(document, { version: '1' }))],
    ['an unknown state', edited((document) => Object.assign(document, { state: 'mended' }))],
    ['a purpose without a task', edited((document) => Object.assign(document, { purpose: { user: 'bob' } }))],
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
    ['a path that climbs', edited(({ entries }) => Object.assign(entries[0] ?? {}, { path: '/a/../etc/shadow' }))],
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

describe('what another version wrote', () => {
  const created = {
    kind: 'created',
    path: '/home/bob/.ssh/authorized_keys',
    after: digest,
    attributes: { uid: 1000, gid: 1000, mode: 0o600, label: 'unconfined_u:object_r:ssh_home_t:s0' },
    folders: [{ path: '/home/bob/.ssh', attributes: { uid: 1000, gid: 1000, mode: 0o700 } }],
    temporary: '.sparekey-20261121-051200-ab12-1',
  } as const;
  const removed = { ...created, kind: 'removed', before: digest, saved: '1.saved' } as const;
  const { after: _, ...removedEntry } = removed;

  test('files that are made and removed, which version 1 did not know', () => {
    const newer: Manifest = { ...manifest, entries: [...manifest.entries, created, removedEntry] };
    expect(parseManifest(formatManifest(newer))).toEqual(newer);
    expect(JSON.parse(new TextDecoder().decode(formatManifest(newer))).version).toBe(2);
  });

  const temporary = '.sparekey-20261121-051200-ab12-2';
  const label = 'system_u:object_r:shadow_t:s0';
  test.each<Manifest['entries'][number]>([
    { kind: 'moved', path: '/a', to: '/b/c', digest },
    {
      ...{ kind: 'patched', path: '/a', offsetBytes: 2 ** 40, sizeBytes: 64 },
      before: digest,
      after: digest,
      saved: '0.saved',
    },
    { kind: 'relabelled', path: '/a', before: label, after: label.replace('shadow', 'etc'), temporary },
    { kind: 'relabelled', path: '/a', after: label, temporary },
    { kind: 'relabelled', path: '/a', before: label, temporary },
  ])('$kind', (entry) => {
    const newer: Manifest = { ...manifest, entries: [entry] };
    expect(parseManifest(formatManifest(newer))).toEqual(newer);
  });

  test.each([
    { kind: 'moved', path: '/a', to: '../b', digest },
    { kind: 'moved', path: '/a', to: '/b' },
    {
      ...{ kind: 'patched', path: '/a', offsetBytes: -1, sizeBytes: 64 },
      before: digest,
      after: digest,
      saved: '0.saved',
    },
    {
      ...{ kind: 'patched', path: '/a', offsetBytes: 0, sizeBytes: 1e9 },
      before: digest,
      after: digest,
      saved: '0.saved',
    },
    { ...{ kind: 'patched', path: '/a', offsetBytes: 0, sizeBytes: 64 }, before: digest, after: digest, saved: '../x' },
    { kind: 'relabelled', path: '/a', after: 'a b\n', temporary },
    { kind: 'relabelled', path: '/a', temporary },
    { kind: 'relabelled', path: '/a', after: label, temporary: 'x' },
  ])('is refused when a stranger wrote it: %j', (entry) => {
    const entries = [entry];
    expect(parseManifest(edited((document) => Object.assign(document, { version: 2, entries })))).toBeUndefined();
  });

  test('what version 1 can say is written as 1, without the kind, so that an older stick undoes it', () => {
    const document = JSON.parse(new TextDecoder().decode(formatManifest(manifest)));
    expect(document.version).toBe(1);
    expect(document.entries[0]).not.toHaveProperty('kind');
  });

  test('a purpose that is not known is shown by its name, and its files are known', () => {
    const purpose = { task: 'set-locale', user: 'bob' };
    const parsed = parseManifest(edited((document) => Object.assign(document, { purpose })));
    expect(parsed).toEqual({ ...manifest, purpose: { task: 'unknown', name: 'set-locale' } });
    for (const task of ['constructor', '__proto__', 'x'.repeat(1000)])
      expect(parseManifest(edited((document) => Object.assign(document, { purpose: { task } })))?.purpose).toEqual({
        task: 'unknown',
        name: task.slice(0, 100),
      });
  });

  test('entries of a kind, and a version, that are not known', () => {
    const parsed = parseManifest(
      edited((document) => Object.assign(document, { version: 3, entries: [created, { kind: 'merged', path: '/x' }] })),
    );
    expect(parsed?.entries).toEqual([created, { kind: 'unknown' }]);
  });

  test.each([
    ['a setuid bit', { attributes: { ...created.attributes, mode: 0o4755 } }],
    ['an owner that is none', { attributes: { ...created.attributes, uid: -1 } }],
    ['a label that is none', { attributes: { ...created.attributes, label: 'a b\n' } }],
    ['a folder that climbs', { folders: [{ path: '/home/../etc', attributes: created.attributes }] }],
    ['a thousand folders', { folders: Array.from({ length: 1000 }, () => created.folders[0]) }],
    ['no folders', { folders: undefined }],
  ])('%s in a stranger’s journal is refused', (_, change) => {
    const content = edited((document) => Object.assign(document, { version: 2, entries: [{ ...created, ...change }] }));
    expect(parseManifest(content)).toBeUndefined();
  });
});
