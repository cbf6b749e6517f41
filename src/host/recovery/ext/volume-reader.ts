import { attributesOf } from '../../../ext/attributes/attributes.ts';
import { listFolder } from '../../../ext/content/folder.ts';
import { readLink } from '../../../ext/content/link.ts';
import { type Piece, piecesOf } from '../../../ext/content/pieces.ts';
import { isMapSound } from '../../../ext/content/runs.ts';
import { type Inode, readInode, rootInode } from '../../../ext/inode.ts';
import { openExt } from '../../../ext/open.ts';
import type { ExtVolume } from '../../../ext/volume.ts';
import { decodeBytes } from '../../../formats/bytes.ts';
import type { EntryKind } from '../../../model/tree.ts';
import { filePort } from '../../ext/file-port.ts';
import type { FoundEntry, FoundInode, Listed, OpenedExt, ReaderSetup } from './reader-messages.ts';

const labelName = 'security.selinux';

/** What the reading thread does, call by call: nothing in it waits for anything but the disk. */
export interface VolumeReader {
  readonly opened: OpenedExt;
  describe(inode: number): FoundInode | undefined;
  list(inode: number): Generator<readonly FoundEntry[], Listed>;
  pieces(inode: number, fromBytes: number): Generator<Piece, undefined>;
}

/** undefined where there is no ext2/3/4 with a root folder. */
export const createVolumeReader = (setup: ReaderSetup): VolumeReader | undefined => {
  const { descriptor, offsetBytes, sizeBytes, options } = setup;
  const opened = openExt(filePort(descriptor, offsetBytes, sizeBytes), options);
  if (opened === undefined || readInode(opened.volume, rootInode)?.kind !== 'directory') return undefined;
  const { volume, journal, isFromSpare } = opened;
  return {
    opened: { journal, isFromSpare, needsRecovery: volume.superblock.features.needsRecovery },
    describe: (number) => {
      const inode = readInode(volume, number);
      return inode && inode.kind !== 'unknown' ? found(volume, inode) : undefined;
    },
    list: (number) => entriesOf(volume, number),
    *pieces(number, fromBytes) {
      const inode = readInode(volume, number);
      if (inode) yield* piecesOf(volume, inode, fromBytes);
      return undefined;
    },
  };
};

function* entriesOf(volume: ExtVolume, number: number): Generator<readonly FoundEntry[], Listed> {
  const folder = readInode(volume, number);
  if (folder?.kind !== 'directory') return { reason: 'EIO', isRight: false };
  let [isWhole, isRight, odd] = [true, true, 0];
  for (const listing of listFolder(volume, folder)) {
    isWhole &&= listing.isWhole;
    isRight &&= listing.isRight;
    odd += listing.odd;
    yield listing.entries.map(({ name, inode: each }): FoundEntry => {
      const inode = readInode(volume, each);
      return { name, inode: each, kind: entryKind(inode?.kind), sizeBytes: inode?.sizeBytes ?? 0 };
    });
  }
  return { reason: !isWhole ? 'EIO' : odd > 0 ? 'EUCLEAN' : undefined, isRight };
}

const entryKind = (kind: Inode['kind'] | undefined): EntryKind =>
  kind === 'file' || kind === 'directory' || kind === 'symlink' ? kind : 'other';

const found = (volume: ExtVolume, inode: Inode): FoundInode => {
  const { number, mode, uid, gid, sizeBytes, flags, accessedAtNs, modifiedAtNs, links } = inode;
  const attributes = attributesOf(volume, inode);
  const label = attributes.find(({ name }) => name === labelName)?.value;
  return {
    ...{ number, mode, uid, gid, sizeBytes, flags, accessedAtNs, modifiedAtNs, links },
    kind: entryKind(inode.kind),
    what: inode.kind,
    // Its checksum is wrong, or it leads where no file can be: nothing in it is vouched for.
    lost:
      inode.isChecksumRight && (inode.kind !== 'file' || isMapSound(volume, inode))
        ? []
        : [{ startBytes: 0, endBytes: sizeBytes }],
    linkTarget: inode.kind === 'symlink' ? (readLink(volume, inode) ?? '') : '',
    attributeNames: attributes.map(({ name }) => name),
    label: label && decodeBytes(label).replace(/\0$/, ''),
  };
};
