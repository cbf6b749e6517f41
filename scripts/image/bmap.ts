import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const blockBytes = 4096;
/** A folder's last cluster may end in zeros that matter; files and folders lie in clusters of this many blocks at most. */
const clusterBlocks = 8;

/**
 * How many blocks from the start of an image have to be written. Only the unused end is left out: zeros in between are
 * part of the FAT and of folders, and a stick that keeps old data there would be broken.
 */
export async function usedBlocks(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const chunk = Buffer.alloc(blockBytes * 1024);
    let last = 0;
    for (let offset = 0; offset < size; offset += chunk.length) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, offset);
      for (let at = 0; at < bytesRead; at += blockBytes) {
        const isEmpty = chunk.subarray(at, Math.min(at + blockBytes, bytesRead)).every((byte) => byte === 0);
        if (!isEmpty) last = (offset + at) / blockBytes + 1;
      }
    }
    return Math.min(last + clusterBlocks, Math.ceil(size / blockBytes));
  } finally {
    await file.close();
  }
}

/** The block map that bmaptool writes images with (version 2.0, as its own documentation describes it). */
export async function formatBmap(path: string, blocks: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const content = createHash('sha256');
    const used = Math.min(size, blocks * blockBytes);
    for await (const chunk of file.createReadStream({ end: used - 1, autoClose: false })) content.update(chunk);
    const unsigned = formatXml(size, blocks, content.digest('hex'), '0'.repeat(64));
    // The checksum of this file itself is taken with zeros in its place.
    return unsigned.replace('0'.repeat(64), createHash('sha256').update(unsigned).digest('hex'));
  } finally {
    await file.close();
  }
}

function formatXml(size: number, blocks: number, contentDigest: string, ownDigest: string): string {
  return `<?xml version="1.0" ?>
<bmap version="2.0">
    <ImageSize> ${size} </ImageSize>
    <BlockSize> ${blockBytes} </BlockSize>
    <BlocksCount> ${Math.ceil(size / blockBytes)} </BlocksCount>
    <MappedBlocksCount> ${blocks} </MappedBlocksCount>
    <ChecksumType> sha256 </ChecksumType>
    <BmapFileChecksum> ${ownDigest} </BmapFileChecksum>
    <BlockMap>
        <Range chksum="${contentDigest}"> 0-${blocks - 1} </Range>
    </BlockMap>
</bmap>
`;
}
