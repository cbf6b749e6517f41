import { expect, test } from 'vitest';
import { likeliestPatient } from '../../../src/tui/likeliest-patient.ts';
import { scanOfAll } from '../../support/tui-scenes.ts';

const on = (...diskIds: readonly string[]) => ({
  ...scanOfAll,
  disks: scanOfAll.disks.filter(({ id }) => diskIds.includes(id)),
});

test('the patient is a Home Assistant, before a Linux, before nothing', () => {
  expect(likeliestPatient(scanOfAll)?.selector).toBe('sdb8');
  expect(likeliestPatient(on('ssd'))?.selector).toBe('nvme0n1p2');
  expect(likeliestPatient(on('stick'))).toBeUndefined();
});

test('never on the disk that runs us, nor what is mounted', () => {
  const running = scanOfAll.disks.map((disk) => ({ ...disk, isRunningSystem: disk.id === 'card' }));
  expect(likeliestPatient({ ...scanOfAll, disks: running })?.selector).toBe('nvme0n1p2');
  const mounted = on('card').disks.map((disk) => ({
    ...disk,
    volumes: disk.volumes.map((volume) => ({ ...volume, isInUse: true })),
  }));
  expect(likeliestPatient({ ...scanOfAll, disks: mounted })).toBeUndefined();
});
