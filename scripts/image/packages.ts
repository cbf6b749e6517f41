import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Built } from './boards.ts';
import { BuildError } from './command.ts';
import type { DebianPackage } from './debian.ts';
import { addText, type FileTree } from './tree.ts';

/** A package that something in the image was taken from, and the folder that it was unpacked into. */
export interface ShippedPackage extends DebianPackage {
  readonly folder: string;
}

/** Every Debian package of which the image carries a part, by name and architecture. */
export function shippedPackages(built: readonly Built[]): readonly ShippedPackage[] {
  return built.flatMap(({ parts, shipped }) => {
    const system = parts.system.packages.filter((each) => shipped.includes(each.name));
    const whole = [parts.kernel, parts.boot].flatMap(({ packages, folder }) =>
      packages.map((each) => ({ ...each, folder })),
    );
    return [...system.map((each) => ({ ...each, folder: parts.system.folder })), ...whole];
  });
}

/** Where exactly this version's source can be had, for as long as Debian keeps everything that it ever shipped. */
function sourceOf({ source, sourceVersion }: DebianPackage): string {
  return `https://snapshot.debian.org/package/${source}/${sourceVersion}/`;
}

/** Adds the licences of everything on the stick, with a pointer to the source of each package. */
export async function addLicences(
  tree: FileTree,
  shipped: readonly ShippedPackage[],
  buildTools: string,
  repository: string,
): Promise<void> {
  const lines = shipped.map((each) => {
    return `${each.name} ${each.version} (${each.architecture})\n    licence: ${each.name}.txt\n    source:  ${sourceOf(each)}\n`;
  });
  for (const each of shipped) addText(tree, `licences/${each.name}.txt`, await copyrightOf(each, buildTools));
  const own = await ownDependencies(repository);
  for (const { name, version, text } of own) {
    addText(tree, `licences/npm-${name.replace(/^@/, '').replace('/', '-')}.txt`, text);
    lines.push(
      `${name} ${version} (npm, inside the sparekey binary)\n    source:  https://www.npmjs.com/package/${name}\n`,
    );
  }
  lines.push('Node.js (inside the sparekey binary)\n    source:  https://nodejs.org/\n');
  addText(tree, 'licences/sparekey.txt', await readFile(join(repository, 'LICENSE')));
  const common = join(buildTools, 'usr/share/common-licenses');
  for (const name of await readdir(common))
    addText(tree, `licences/common/${name}.txt`, await readFile(join(common, name)));
  const heading =
    'Software on this stick that others made. Full licence texts that a file refers to are in common/.\n\n';
  addText(tree, 'licences/THIRD-PARTY.txt', [heading, ...lines.sort()].join('').replaceAll('\n', '\r\n'));
}

/** A package may point to a sister's folder, which is then among the tools of the build: grub-pc-bin to grub-common. */
async function copyrightOf({ name, folder }: ShippedPackage, buildTools: string): Promise<Uint8Array> {
  const documents = 'usr/share/doc';
  const sister = await readlink(join(folder, documents, name)).catch(() => name);
  for (const place of [join(folder, documents, name), join(buildTools, documents, basename(sister))]) {
    const found = await readFile(join(place, 'copyright')).catch(() => undefined);
    if (found) return found;
  }
  throw new BuildError(`Package ${name} states no licence.`);
}

interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly text: string;
}

/** The npm packages that our binary carries: those that package-lock.json does not mark as tools of development. */
async function ownDependencies(repository: string): Promise<readonly Dependency[]> {
  const lock = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8'));
  const result: Dependency[] = [];
  for (const [path, entry] of Object.entries<{ version: string; dev?: boolean; optional?: boolean }>(lock.packages)) {
    if (path === '' || entry.dev || entry.optional) continue;
    const folder = join(repository, path);
    const file = (await readdir(folder)).find((name) => /^(licen[cs]e|copying)/i.test(name));
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const text = file ? await readFile(join(folder, file), 'utf8') : `${manifest.name}: licence ${manifest.license}\n`;
    result.push({ name: manifest.name, version: entry.version, text });
  }
  return result;
}

/** The list of packages as SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/), the same bytes for the same packages. */
export function formatSpdx(shipped: readonly ShippedPackage[], version: string, timeSeconds: number): string {
  const packages = shipped.map((each) => ({
    SPDXID: `SPDXRef-${each.name}-${each.architecture}`.replace(/[^A-Za-z0-9.-]/g, '-'),
    name: each.name,
    versionInfo: each.version,
    downloadLocation: sourceOf(each),
    filesAnalyzed: false,
    checksums: [{ algorithm: 'SHA256', checksumValue: each.sha256 }],
    sourceInfo: `built by Debian from source package ${each.source} ${each.sourceVersion}`,
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: `pkg:deb/debian/${each.name}@${encodeURIComponent(each.version)}?arch=${each.architecture}`,
      },
    ],
  }));
  const unique = [...new Map(packages.map((each) => [each.SPDXID, each])).values()];
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `sparekey-${version}`,
    documentNamespace: `https://spdx.org/spdxdocs/sparekey-${version}-${timeSeconds}`,
    creationInfo: {
      created: new Date(timeSeconds * 1000).toISOString().replace('.000', ''),
      creators: ['Tool: sparekey-image'],
    },
    packages: unique,
    relationships: unique.map((each) => ({
      spdxElementId: 'SPDXRef-DOCUMENT',
      relationshipType: 'DESCRIBES',
      relatedSpdxElement: each.SPDXID,
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
