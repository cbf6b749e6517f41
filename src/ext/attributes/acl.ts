/** The two versions of an access list: as ext keeps it (fs/ext4/acl.h), and as getxattr(2) gives it. */
const storedVersion = 1;
const xattrVersion = 2;
const leadBytes = 4;
const shortBytes = 4;
const longBytes = 8;
const nobody = 0xffffffff;

/** Kinds of entries (Linux, include/uapi/linux/posix_acl.h). Only the two named ones have an id on the volume. */
const namedUser = 0x02;
const namedGroup = 0x08;
const tags: ReadonlySet<number> = new Set([0x01, namedUser, 0x04, namedGroup, 0x10, 0x20]);

/** An access list as ext keeps it, in the form of system.posix_acl_*; undefined where it is none. */
export const aclToXattr = (stored: Buffer): Buffer | undefined => {
  if (stored.length < leadBytes || stored.readUInt32LE(0) !== storedVersion) return undefined;
  const entries: (readonly [tag: number, permissions: number, id: number])[] = [];
  for (let at = leadBytes; at < stored.length; ) {
    if (at + shortBytes > stored.length) return undefined;
    const tag = stored.readUInt16LE(at);
    const isNamed = tag === namedUser || tag === namedGroup;
    if (!tags.has(tag) || (isNamed && at + longBytes > stored.length)) return undefined;
    entries.push([tag, stored.readUInt16LE(at + 2), isNamed ? stored.readUInt32LE(at + 4) : nobody]);
    at += isNamed ? longBytes : shortBytes;
  }
  const bytes = Buffer.alloc(leadBytes + entries.length * longBytes);
  bytes.writeUInt32LE(xattrVersion);
  entries.forEach(([tag, permissions, id], index) => {
    const at = leadBytes + index * longBytes;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(permissions, at + 2);
    bytes.writeUInt32LE(id, at + 4);
  });
  return bytes;
};
