import { decodeBytes } from './bytes.ts';
import { unescapeHex } from './hex-escape.ts';

/** One entry of a partition table. */
export interface Partition {
  readonly number: number;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly label?: string;
  readonly uuid?: string;
}

/** The columns that parsePartx needs, for partx's --output. */
export const partxColumns = 'NR,START,SECTORS,NAME,UUID,TYPE';

/** Its START and SECTORS count these, whatever the disk's own sectors are. */
const sectorBytes = 512;

/** MBR types of an extended partition: a box for logical ones, no volume itself. */
const extendedTypes = new Set(['0x5', '0xf', '0x85']);

/** Parses the output of `partx --pairs --output <partxColumns>` (partx(8)); unallocated and extended entries are left out. */
export const parsePartx = (output: Uint8Array): readonly Partition[] =>
  decodeBytes(output)
    .split('\n')
    .flatMap((line) => {
      const fields = new Map([...line.matchAll(/([A-Z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value ?? '']));
      const number = Number(fields.get('NR'));
      const sizeBytes = Number(fields.get('SECTORS')) * sectorBytes;
      if (!(number > 0) || !(sizeBytes > 0) || extendedTypes.has(fields.get('TYPE') ?? '')) return [];
      const label = unescapeHex(fields.get('NAME') ?? '');
      const uuid = fields.get('UUID');
      return [
        {
          number,
          offsetBytes: Number(fields.get('START')) * sectorBytes,
          sizeBytes,
          ...(label && { label }),
          ...(uuid && { uuid }),
        },
      ];
    });
