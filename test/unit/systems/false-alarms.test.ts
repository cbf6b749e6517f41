import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Finding } from '../../../src/model/finding.ts';
import { languages, textFor } from '../../../src/text/index.ts';
import { findingSentence } from '../../../src/text/sentence.ts';
import { subjectOf, withHomes } from '../../support/checking.ts';
import type { FixtureTree } from '../../support/fixture-tree.ts';
import { detectEverything, fixturePlace } from '../../support/place.ts';
import { nowMs } from '../../support/small-linux.ts';

const trees = fileURLToPath(new URL('../../fixtures/trees/', import.meta.url));
const fixtures = readdirSync(trees, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** What is wrong in the fixtures, by system, account and finding. Everything else that is found is a false alarm. */
const known = new Set<string>([
  'alpine root no-password',
  // What sshd does by itself, or is told to: true, and asked for.
  'debian root ssh-permitrootlogin',
  'home-assistant-container root ssh-permitrootlogin',
  'home-assistant-core root ssh-permitrootlogin',
  'home-assistant-supervised root ssh-permitrootlogin',
  'raspberry-pi-os root ssh-permitrootlogin',
  'juniper-ssr root ssh-permitrootlogin',
  'ubuntu root ssh-permitrootlogin',
  'ubuntu root ssh-passwordauthentication',
  'ubuntu ubuntu ssh-passwordauthentication',
  'ubuntu marie ssh-passwordauthentication',
  'debian ren\udce9 password-locked',
  'debian deploy password-locked',
  'debian ftpuser shell-refuses',
  'debian intern account-expired',
  'debian intern password-too-old',
  'fedora root password-locked',
  'haos - banned-addresses',
  'haos Bob web-two-factor',
  'haos zoé web-local-only',
  'haos carol web-user-inactive',
  'home-assistant-container root password-locked',
  'home-assistant-core root password-locked',
  'home-assistant-supervised root password-locked',
  'linux service no-shadow-line',
  'linux guest no-password',
  'raspberry-pi-os root password-locked',
  'rhel rocky password-locked',
  'rhel operations password-change-due',
  'ubuntu root password-locked',
  'ubuntu ubuntu password-locked',
]);

/** Their accounts are not on the disk, or nobody logs in to them over SSH as it stands. */
const withoutChecks: ReadonlySet<string> = new Set(['ubuntu-core', 'alpine-diskless', 'unraid']);

test('nothing is found where nothing is wrong, on every system that we know', async () => {
  const found: string[] = [];
  for (const fixture of fixtures) {
    const place = fixturePlace(fixture);
    for (const { profile, detection } of (await detectEverything(place)).left) {
      const { loginChecks, accounts } = profile;
      if (withoutChecks.has(profile.id)) continue;
      if (!loginChecks || !accounts) throw new Error(`${profile.id} has no checks`);
      const tree = withHomes(place.tree as FixtureTree);
      const subject = subjectOf(tree, { volume: place.volume, home: detection.home });
      const tell = (who: string, findings: readonly Finding[]) => {
        found.push(...findings.map(({ id }) => `${fixture} ${who} ${id}`));
        for (const language of languages)
          for (const finding of findings)
            expect(findingSentence(textFor(language).findings.sentences, finding)).not.toMatch(/undefined|NaN/);
      };
      tell('-', await loginChecks.ofSystem(subject));
      for (const account of await accounts.list(place.tree, detection.home, nowMs))
        tell(account.name, await loginChecks.ofAccount(subject, account));
    }
  }
  expect(found.filter((each) => !known.has(each))).toEqual([]);
  expect([...known].filter((each) => !found.includes(each))).toEqual([]);
});
