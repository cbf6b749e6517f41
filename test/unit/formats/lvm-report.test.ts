import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseLvmReport } from '../../../src/formats/lvm-report.ts';

/** What lvm 2.03.31 said of a group of two disks, one of which it was not shown. */
const report = readFileSync('test/fixtures/tools/lvm/one-disk-missing.json', 'utf8');

test('a missing disk is told from one that is there, with where it was', () => {
  expect(parseLvmReport(report)).toMatchObject([
    {
      name: 'pair',
      uuid: 'nqRSbw-Y73i-cFKa-0Ijj-78mu-7yTP-8LpSmR',
      physical: [
        { uuid: 'BZanCz-d0dP-666D-KOcT-gs3i-E4Dj-AGyWoE', path: '/dev/vdc', sizeBytes: 267386880 },
        { uuid: 'a0AbES-zLZe-qde4-jXIk-26a1-D2CC-ppL2O1', hint: '/dev/vdd', sizeBytes: 267386880 },
      ],
    },
  ]);
  expect(parseLvmReport(report)[0]?.physical[1]).not.toHaveProperty('path');
});

test('pools are no volumes, thin or thick snapshots are older states', () => {
  const volumes = parseLvmReport(report)[0]?.logical ?? [];
  expect(volumes.map(({ name, snapshotOf }) => [name, snapshotOf])).toEqual([
    ['old', 'root'],
    ['root', undefined],
    ['slim', undefined],
    ['slimold', 'slim'],
    ['wide', undefined],
  ]);
  expect(volumes[1]).toMatchObject({ mapperName: 'pair-root', sizeBytes: 62914560 });
});

test('a group that names itself by no UUID of lvm, a volume outside /dev/mapper and disks of no group are left out', () => {
  const groupOf = (uuid: string, path: string) => ({
    vg: [{ vg_uuid: uuid, vg_name: 'odd', vg_size: '1' }],
    lv: [{ lv_uuid: 'V7SEFW-V530-2Ova-HGxF-ZzMZ-BY0G-sCpsdc', lv_name: 'x', lv_dm_path: path, lv_layout: 'linear' }],
  });
  const sound = 'nqRSbw-Y73i-cFKa-0Ijj-78mu-7yTP-8LpSmR';
  const parse = (...groups: readonly unknown[]) => parseLvmReport(JSON.stringify({ report: groups }));
  expect(parse(groupOf('x; reboot', '/dev/mapper/odd-x'))).toEqual([]);
  expect(parse(groupOf(sound, '/etc/passwd'))).toMatchObject([{ logical: [] }]);
  expect(parse({ vg: [], pv: [{ pv_uuid: 'a', pv_name: '/dev/sda' }] })).toEqual([]);
  expect(() => parseLvmReport('WARNING')).toThrow(SyntaxError);
});
