import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeBytes } from '../../../src/formats/bytes.ts';
import { parseOsRelease } from '../../../src/formats/os-release.ts';
import { run } from '../../support/tools.ts';

const text = `# comment
NAME="Debian GNU/Linux"
VERSION_ID=12
ID='opensuse-leap'
EMPTY=
QUOTED_EMPTY=""
PRETTY_NAME="A \\"quoted\\" \\$name \\\\ with \\\`ticks\\\`"
SINGLE='it has $signs and "quotes"'
LATE=first
LATE=second
1BAD=x
not an assignment
TRAILING="blank after"   
`;

test('quoting is undone as a shell does it', () => {
  const ours = parseOsRelease(encodeBytes(text));
  const names = ['NAME', 'VERSION_ID', 'ID', 'EMPTY', 'QUOTED_EMPTY', 'PRETTY_NAME', 'SINGLE', 'LATE', 'TRAILING'];
  expect([...ours.keys()]).toEqual(names);
  const folder = mkdtempSync(join(tmpdir(), 'sparekey-'));
  try {
    const path = join(folder, 'os-release');
    writeFileSync(path, text.replace(/^(1BAD.*|not an.*)$/gm, '#'));
    const print = names.map((name) => `printf '%s\\n' "$${name}"`).join('; ');
    expect([...ours.values()]).toEqual(
      run('sh', ['-c', `. "${path}"; ${print}`])
        .trimEnd()
        .split('\n'),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a mark of byte order and a shell’s export are no part of a name', () => {
  expect([...parseOsRelease(encodeBytes('\ufeffID=void\nexport NAME="Void"\n'))]).toEqual([
    ['ID', 'void'],
    ['NAME', 'Void'],
  ]);
});

test('bytes that are no UTF-8, carriage returns and half quotes do no harm', () => {
  const odd = parseOsRelease(encodeBytes('NAME="Caf\udce9"\r\nID="half\nVERSION_ID=\'\n__proto__=x\n'));
  expect(odd.get('NAME')).toBe('Caf\udce9');
  expect(odd.get('ID')).toBe('"half');
  expect(odd.get('VERSION_ID')).toBe("'");
});
