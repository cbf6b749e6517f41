import { describe, expect, test } from 'vitest';
import { sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

/** The block device that this machine's root is on; undefined on an overlay or a network root. */
const rootDevice = (): string | undefined => {
  const source = run('findmnt', ['--noheadings', '--output', 'SOURCE', '/']).trim().replace(/\[.*/, '');
  return source.startsWith('/dev/') ? source : undefined;
};

describe('the machine that Sparekey runs on', () => {
  const device = rootDevice();

  test.skipIf(device === undefined)('has its own disk shown, marked, and never looked into', () => {
    const { outcome, document } = sparekeyJson(['scan']);
    expect(outcome.exitCode).toBe(0);
    const running = document.disks.filter(({ isRunningSystem }: { isRunningSystem: boolean }) => isRunningSystem);
    expect(running.length).toBeGreaterThan(0);
    const ids = running.map(({ id }: { id: string }) => id);
    const volumes = document.volumes.filter(({ disk }: { disk: string }) => ids.includes(disk));
    expect(volumes.map(({ path }: { path: string }) => path)).toContain(device);
    const roots = document.systems.map(({ root }: { root: string }) => root);
    expect(volumes.filter(({ id }: { id: string }) => roots.includes(id))).toEqual([]);
  });

  test.skipIf(device === undefined)('refuses to change it, however it is named', () => {
    for (const disk of [[], ['--disk', device ?? '']]) {
      const args = ['reset-password', ...disk, '--on', device ?? '', '--user', 'root', '--password-file', '-', '--yes'];
      const { document, outcome } = sparekeyJson(args, 'not to be written');
      expect({ code: document.error.code, exitCode: outcome.exitCode }).toEqual({
        code: 'running-system',
        exitCode: 3,
      });
    }
  });

  test.each(['/', '/proc/self/root', '/..', '/etc/..'])('refuses its own root folder, called %s', (folder) => {
    const before = run('sha256sum', ['/etc/shadow']);
    const args = ['reset-password', '--disk', folder, '--user', 'root', '--password-file', '-', '--yes', '--unlock'];
    expect(sparekey(args, 'not to be written').exitCode).toBe(3);
    expect(run('sha256sum', ['/etc/shadow'])).toBe(before);
  });
});
