import { readFileSync } from 'node:fs';

/** A node of a flattened device tree (the Devicetree Specification, chapter 5). */
export interface DeviceNode {
  /** From the root, as in `/soc/mmc@7e202000`. */
  readonly path: string;
  readonly properties: ReadonlyMap<string, Buffer>;
}

const token = { beginNode: 1, endNode: 2, property: 3, nothing: 4 } as const;
const offsetOf = { structure: 8, strings: 12 } as const;

/** The nodes of a compiled device tree, parents first. */
export const readDeviceTree = (path: string): readonly DeviceNode[] => {
  const bytes = readFileSync(path);
  if (bytes.readUInt32BE(0) !== 0xd00dfeed) throw new Error(`${path} is no device tree`);
  const strings = bytes.readUInt32BE(offsetOf.strings);
  const textAt = (offset: number) => bytes.toString('latin1', offset, bytes.indexOf(0, offset));
  const aligned = (offset: number) => (offset + 3) & ~3;
  const nodes: { readonly path: string; readonly properties: Map<string, Buffer> }[] = [];
  const open: (typeof nodes)[number][] = [];
  let at = bytes.readUInt32BE(offsetOf.structure);
  for (;;) {
    const kind = bytes.readUInt32BE(at);
    at += 4;
    if (kind === token.beginNode) {
      const name = textAt(at);
      const parent = open.at(-1)?.path ?? '';
      const node = { path: `${parent === '/' ? '' : parent}/${name}`, properties: new Map<string, Buffer>() };
      nodes.push(node);
      open.push(node);
      at = aligned(at + name.length + 1);
    } else if (kind === token.property) {
      const size = bytes.readUInt32BE(at);
      const name = textAt(strings + bytes.readUInt32BE(at + 4));
      open.at(-1)?.properties.set(name, bytes.subarray(at + 8, at + 8 + size));
      at = aligned(at + 8 + size);
    } else if (kind === token.endNode) open.pop();
    else if (kind !== token.nothing) return nodes;
  }
};

/** The strings of a property that is a list of them. */
export const textsOf = (node: DeviceNode, property: string): readonly string[] =>
  (node.properties.get(property)?.toString('latin1') ?? '').split('\0').filter(Boolean);

/** The nodes that a kernel looks for a driver for: neither they nor anything above them is switched off. */
export const enabledNodes = (nodes: readonly DeviceNode[]): readonly DeviceNode[] => {
  const off = nodes.filter((node) => ['disabled', 'fail'].includes(textsOf(node, 'status')[0] ?? 'okay'));
  return nodes.filter(({ path }) => !off.some((each) => path === each.path || path.startsWith(`${each.path}/`)));
};
