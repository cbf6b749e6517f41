import { styleText } from 'node:util';
import type { Scan } from '../engine/scan-result.ts';
import { showable } from '../formats/bytes.ts';
import { formatSize } from '../formats/size.ts';
import type { Account } from '../model/account.ts';
import type { Disk, Volume } from '../model/storage.ts';
import type { InstalledSystem } from '../model/system.ts';
import { named, systemTitle } from '../text/names.ts';
import { noticeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';
import { formatTable } from './table.ts';

/** What a scan found, for a person. */
export const formatScan = (scan: Scan, text: Text, hasColor: boolean): string => {
  const heading = (words: string) => (hasColor ? styleText('bold', words, { validateStream: false }) : words);
  const sections = [
    ...scan.disks.map((disk) => formatDisk(disk, scan.systems, text, heading)),
    ...scan.systems.map((system) => formatAccounts(system, text, heading)),
  ];
  if (scan.disks.length === 0) sections.push([text.scan.noDisks]);
  else if (scan.systems.length === 0) sections.push([text.scan.noSystems]);
  if (scan.notices.length > 0)
    sections.push(scan.notices.map((notice) => `${text.run.warning}: ${noticeSentence(text.notices, notice)}`));
  return sections.map((lines) => lines.join('\n')).join('\n\n');
};

type Heading = (words: string) => string;

const formatDisk = (disk: Disk, systems: readonly InstalledSystem[], text: Text, heading: Heading): string[] => {
  const facts = [
    disk.model ?? disk.standsOn?.join(' + '),
    formatSize(disk.sizeBytes),
    disk.transport,
    disk.table,
    disk.degraded && text.scan.degraded(disk.degraded.present, disk.degraded.devices),
    disk.unopened && text.scan.incomplete,
  ].filter((fact) => fact !== undefined);
  const { rescueMedium, runningSystem } = text.scan;
  const mark = disk.isRescueMedium ? ` — ${rescueMedium}` : disk.isRunningSystem ? ` — ${runningSystem}` : '';
  const rows = disk.volumes.map((volume) => [
    showable(volume.selector),
    formatSize(volume.sizeBytes),
    showable(volume.filesystem?.type ?? ''),
    showable(volume.filesystem?.label ?? volume.partLabel ?? ''),
    describeVolume(volume, systems, text),
  ]);
  const { part, size, filesystem, label, content } = text.scan;
  const table = rows.length > 0 ? formatTable([[part, size, filesystem, label, content], ...rows], '  ') : [];
  return [heading(`${showable(disk.path)}  ${showable(facts.join(', '))}${mark}`), ...table];
};

const describeVolume = (volume: Volume, systems: readonly InstalledSystem[], text: Text): string => {
  const names = systems.filter((system) => system.volume === volume).map(titleOf);
  const state = volume.filesystem?.state;
  const remarks = [
    volume.mountPoints.length > 0 && `${text.scan.mounted}: ${volume.mountPoints.map(showable).join(', ')}`,
    volume.raidMember !== undefined && text.scan.raidMember,
    volume.partOf !== undefined && text.scan.partOf(showable(volume.partOf)),
    volume.unopened?.code === 'locked' && text.scan.locked,
    volume.snapshotOf !== undefined && text.scan.snapshotOf(showable(volume.snapshotOf)),
    volume.missingBytes !== undefined && text.scan.missing(formatSize(volume.missingBytes)),
    volume.isHibernated && text.scan.hibernated,
    (state === 'dirty' || state === 'errors') && text.scan.state[state],
  ].filter((remark) => remark !== false);
  return [names.join(' + '), ...remarks].filter((words) => words !== '').join('; ');
};

const titleOf = ({ detection }: InstalledSystem): string => named(systemTitle(detection));

const formatAccounts = (system: InstalledSystem, text: Text, heading: Heading): string[] => {
  const rows = system.accounts.map((account) => accountRow(account, text));
  const lines = rows.length > 0 ? formatTable(rows, '  ') : [`  ${text.scan.noAccounts}`];
  return [`${heading(text.scan.accountsOf(titleOf(system)))}  ${showable(system.id)}`, ...lines];
};

const accountRow = ({ name, displayName, isOwner, isAdministrator, login, notes }: Account, text: Text): string[] => {
  const { owner, administrator, logins, accountNotes } = text.scan;
  const rank = isOwner ? owner : isAdministrator ? administrator : '';
  const remarks = notes.map((note) => accountNotes[note]).join(', ');
  return [
    showable(name),
    displayName === undefined || displayName === name ? '' : showable(displayName),
    rank,
    logins[login],
    remarks,
  ];
};
