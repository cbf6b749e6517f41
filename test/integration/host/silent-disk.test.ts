import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flawsOf, probe } from '../../../src/host/disks/probe.ts';
import { createExtImage } from '../../support/disk-image.ts';
import { hangShare } from '../../support/hung-share.ts';
import { withFolderAsync } from '../../support/tools.ts';

const mebibyte = 1 << 20;

test('what does not answer in time is not called empty', async () => {
  await withFolderAsync(async (folder) => {
    const hung = join(folder, 'hung');
    mkdirSync(hung);
    using _server = await hangShare(hung);
    const silent = await probe({ path: join(hung, 'disk'), offsetBytes: 0, sizeBytes: mebibyte }, 500);
    expect(flawsOf(silent)).toMatchObject({ unopened: { code: 'tool-timeout', details: { tool: 'blkid' } } });
    const path = createExtImage(join(folder, 'disk'), { sizeMebibytes: 8 });
    expect(flawsOf(await probe({ path, offsetBytes: 0, sizeBytes: 8 * mebibyte }))).toEqual({});
  });
});
