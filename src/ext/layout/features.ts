/**
 * The features that change how a volume is read (Linux, Documentation/filesystems/ext4/super.rst; fs/ext4/ext4.h), as bits
 * of the three words in the superblock.
 */
const compat = { hasJournal: 0x4, sparseSuper2: 0x200, fastCommit: 0x400 } as const;

const incompat = {
  compression: 0x1,
  fileType: 0x2,
  needsRecovery: 0x4,
  isJournal: 0x8,
  metaGroups: 0x10,
  extents: 0x40,
  is64Bit: 0x80,
  attributeInodes: 0x400,
  dataInEntries: 0x1000,
  checksumSeed: 0x2000,
  largeFolders: 0x4000,
  inlineData: 0x8000,
  encryption: 0x10000,
  casefold: 0x20000,
} as const;

const readOnlyCompat = {
  sparseSuper: 0x1,
  hugeFiles: 0x8,
  groupChecksums: 0x10,
  bigClusters: 0x200,
  metadataChecksums: 0x400,
  sharedBlocks: 0x4000,
} as const;

type Flags<Table> = { readonly [Name in keyof Table]: boolean };

export type Features = Flags<typeof compat> & Flags<typeof incompat> & Flags<typeof readOnlyCompat>;

const flagsOf = <Table extends Record<string, number>>(table: Table, word: number): Flags<Table> =>
  Object.fromEntries(Object.entries(table).map(([name, bit]) => [name, (word & bit) !== 0])) as Flags<Table>;

export const featuresOf = (compatWord: number, incompatWord: number, readOnlyWord: number): Features => ({
  ...flagsOf(compat, compatWord),
  ...flagsOf(incompat, incompatWord),
  ...flagsOf(readOnlyCompat, readOnlyWord),
});
