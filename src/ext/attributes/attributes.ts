import { crc32c } from '../checksum.ts';
import { piecesOf } from '../content/pieces.ts';
import { hasFlag, type Inode, readInode } from '../inode.ts';
import type { ExtVolume } from '../volume.ts';
import { aclToXattr } from './acl.ts';
import { attributesInBlock, attributesInInode, isHashRight, type RawAttribute } from './entries.ts';

/** An extended attribute, as getxattr(2) gives it. */
export interface Attribute {
  /** With its prefix; each character stands for one byte. */
  readonly name: string;
  readonly value: Buffer;
  /** Its checksum, or what should be its value, is wrong. */
  readonly isDoubtful: boolean;
}

/** What names begin with (Linux, ext4/attributes.rst, "Attribute Name Indices"). */
const prefixes: Readonly<Record<number, string>> = {
  0: '',
  1: 'user.',
  2: 'system.posix_acl_access',
  3: 'system.posix_acl_default',
  4: 'trusted.',
  6: 'security.',
  8: 'system.richacl',
};

/** What is kept as attributes, but is none: content of a file in its inode, keys of encrypted files. */
const hidden = new Set([7, 9]);
const accessLists = new Set([2, 3]);

/** No value is longer (Linux, limits.h, XATTR_SIZE_MAX). */
const longestValue = 65536;

/** The extended attributes of an inode, in the order that they stand on the volume. */
export const attributesOf = (volume: ExtVolume, inode: Inode): readonly Attribute[] => {
  const found: Attribute[] = [];
  const names = new Set<string>();
  for (const raw of [...attributesInInode(volume, inode), ...attributesInBlock(volume, inode)]) {
    const prefix = prefixes[raw.index];
    if (hidden.has(raw.index)) continue;
    const name = `${prefix ?? ''}${raw.name}`;
    // The kernel takes the first of a name, and that in the inode before one in a block.
    if (prefix === undefined || names.has(name)) {
      volume.findings.add({ kind: 'attribute-bad', inode: inode.number });
      continue;
    }
    names.add(name);
    const { value, isRight } = raw.valueInode > 0 ? readValue(volume, inode, raw) : raw;
    const shown = accessLists.has(raw.index) ? aclToXattr(value) : value;
    if (shown === undefined) volume.findings.add({ kind: 'attribute-bad', inode: inode.number });
    else found.push({ name, value: shown, isDoubtful: !isRight });
  }
  return found;
};

/** A value that is a file of its own (ext4/attributes.rst, "ea_inode"), whose times hold its checksum. */
const readValue = (volume: ExtVolume, owner: Inode, raw: RawAttribute): Pick<RawAttribute, 'value' | 'isRight'> => {
  const inode = readInode(volume, raw.valueInode);
  const complain = () => {
    volume.findings.add({ kind: 'attribute-bad', inode: owner.number });
    return { value: Buffer.alloc(0), isRight: false };
  };
  if (inode?.kind !== 'file' || !hasFlag(inode, 'attributeValue') || raw.valueBytes > longestValue) return complain();
  const value = Buffer.alloc(raw.valueBytes);
  let isRight = raw.isRight && inode.isChecksumRight && inode.sizeBytes === raw.valueBytes;
  for (const { startBytes, content, bad } of piecesOf(volume, inode)) {
    if (startBytes >= value.length) break;
    content.copy(value, startBytes);
    isRight &&= bad.length === 0;
  }
  if (isRight && volume.superblock.features.metadataChecksums) isRight = isValueRight(volume, owner, inode, raw, value);
  if (!isRight) volume.findings.add({ kind: 'attribute-checksum', inode: owner.number });
  return { value, isRight };
};

const isValueRight = (
  { superblock }: ExtVolume,
  owner: Inode,
  inode: Inode,
  raw: RawAttribute,
  value: Buffer,
): boolean => {
  const stored = inode.raw.readUInt32LE(0x08);
  const crc = crc32c(superblock.seed, value);
  // Lustre's way, which is older, has the owner's number in the place of a time, and no checksum.
  const isOldWay = inode.raw.readUInt32LE(0x10) === owner.number && inode.generation === owner.generation;
  if (isOldWay) return true;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc);
  return stored === crc && (raw.hash === 0 || isHashRight(raw.hash, Buffer.from(raw.name, 'latin1'), checksum));
};
