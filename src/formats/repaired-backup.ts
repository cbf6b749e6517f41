import { factsLimitBytes, isFactsMember, parseFacts } from './backup-facts.ts';
import type { FoundMember } from './backup-repair.ts';
import { firstOf, type OpenBytes, readBytesAt } from './byte-reader.ts';
import { isSecureTar } from './securetar.ts';
import { isArchiveStart } from './securetar-cbc.ts';
import { formatTarHeaders } from './tar.ts';
import { headerBytes, newTarHeaders, paddingOf, tarEnd } from './tar-header.ts';

/** What is known of a backup beside what is in it, for the facts that it lacks. */
export interface BackupSetting {
  /** As the file is called. */
  readonly file: string;
  readonly modifiedAtMs: number;
  /** Of the Home Assistant whose disk it lies on. */
  readonly coreVersion: string | undefined;
}

/** What a repaired backup is made of. */
export interface RepairPlan {
  readonly members: readonly FoundMember[];
  /** The new backup.json, where the old one is missing or spoilt. */
  readonly facts: Uint8Array | undefined;
}

/** supervisor: backups/const.py and validate.py; a folder's archive is called by its name with `_` for `/`. */
const folders = ['share', 'addons/local', 'ssl', 'media'];
const notAddons = ['homeassistant', 'supervisor', 'docker_config', ...folders.map((name) => name.replace('/', '_'))];

/** Chooses what goes in. */
export const planRepair = async (
  open: OpenBytes,
  found: readonly FoundMember[],
  setting: BackupSetting,
): Promise<RepairPlan> => {
  const archives = found.filter(({ member }) => !isFactsMember(member));
  for (const { member, sizeBytes } of found.filter((each) => isFactsMember(each.member) && each.isWhole)) {
    const text = await readBytesAt(open, member.contentAtBytes, Math.min(sizeBytes, factsLimitBytes));
    if (parseFacts(text)) return { members: found, facts: undefined };
  }
  const facts = await factsOf(open, archives, setting);
  return { members: archives, facts: Buffer.from(JSON.stringify(facts, undefined, 2)) };
};

/** As Supervisor's own schema asks for it (backups/validate.py). What cannot be known is left out, or zero. */
const factsOf = async (open: OpenBytes, archives: readonly FoundMember[], setting: BackupSetting): Promise<object> => {
  const { file, modifiedAtMs, coreVersion } = setting;
  const whole = archives.filter(({ isWhole }) => isWhole);
  const names = whole.map(({ member }) => member.name.replace(/^\.\//, '').replace(/\.tar(\.gz)?$/, ''));
  const first = whole[0]?.member;
  const head = first ? await readBytesAt(open, first.contentAtBytes, headerBytes) : new Uint8Array();
  const isProtected = isSecureTar(head) || (head.length > 0 && !isArchiveStart(head));
  const name = file.replace(/\.tar$/, '');
  return {
    version: 2,
    slug: /^[0-9a-f]{8}$/.test(name) ? name : slugOf(name),
    name: `${name} (repaired)`,
    date: new Date(modifiedAtMs).toISOString(),
    type: 'partial',
    compressed: first === undefined || first.name.endsWith('.gz'),
    protected: isProtected,
    crypto: isProtected ? 'aes128' : null,
    homeassistant: names.includes('homeassistant') ? { version: coreVersion ?? '0', size: 0 } : null,
    folders: folders.filter((folder) => names.includes(folder.replace('/', '_'))),
    addons: [...new Set(names)]
      .filter((slug) => !notAddons.includes(slug))
      .map((slug) => ({ slug, name: slug, version: '0', size: 0 })),
    repositories: [],
    extra: {},
  };
};

/** Eight hexadecimal digits, the same for the same name. */
const slugOf = (name: string): string =>
  Array.from(name)
    .reduce((sum, character) => (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) >>> 0, 7)
    .toString(16)
    .padStart(8, '0');

/** What stands in the repaired backup: new bytes, or some of the damaged one's. */
type Piece = Uint8Array | { readonly atBytes: number; readonly length: number };

function* piecesOf({ members, facts }: RepairPlan, { modifiedAtMs }: BackupSetting): Generator<Piece> {
  const modifiedAtSeconds = Math.max(0, Math.floor(modifiedAtMs / 1000));
  if (facts) {
    yield* newTarHeaders('./backup.json', facts.length, modifiedAtSeconds);
    yield facts;
    yield new Uint8Array(paddingOf(facts.length));
  }
  for (const { member, sizeBytes, isWhole } of members) {
    if (isWhole) yield* formatTarHeaders(member, sizeBytes);
    else yield* newTarHeaders(`${member.name}.incomplete`, sizeBytes, modifiedAtSeconds);
    yield { atBytes: member.contentAtBytes, length: sizeBytes };
    yield new Uint8Array(paddingOf(sizeBytes));
  }
  yield tarEnd;
}

/**
 * The repaired backup, a sound tar, to be read from any byte on. What is not whole is called so, and no program takes it
 * for an archive.
 * @param open the damaged one
 */
export const openRepaired = (open: OpenBytes, plan: RepairPlan, setting: BackupSetting): OpenBytes =>
  async function* (startBytes) {
    let skipBytes = startBytes;
    for (const piece of piecesOf(plan, setting)) {
      const from = Math.min(skipBytes, piece.length);
      skipBytes -= from;
      if (from === piece.length) continue;
      if (piece instanceof Uint8Array) yield piece.subarray(from);
      else yield* firstOf(open(piece.atBytes + from), piece.length - from);
    }
  };
