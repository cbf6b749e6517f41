import type { Accepted, JobProblem } from '../../model/job.ts';
import { named } from '../names.ts';
import type { JobProblemSentences } from '../sentences.ts';

const key = (name: string | undefined) => `\`${named(name ?? '')}\``;

const accepted = (what: Accepted): string => {
  switch (what.kind) {
    case 'values':
      return what.values.join(', ');
    case 'keys':
      return what.keys.join(', ');
    case 'number':
      return `a whole number from ${what.min} to ${what.max}`;
    case 'text':
      return 'text, in quotes if it could be taken for a number';
    case 'path':
      return 'a path that begins with /';
    case 'list':
      return 'a list, each entry behind a hyphen';
  }
};

const orAccepted = (what: Accepted | undefined) => (what ? ` Accepted: ${accepted(what)}.` : '');

const problems: JobProblemSentences = {
  'too-large': () => 'the file is far too large for a job file. Accepted: up to 64 KiB.',
  'not-utf8': () => 'the file is not UTF-8 text. Accepted: plain text, saved as UTF-8.',
  'not-yaml': () =>
    'this cannot be read as YAML. Accepted: `key: value` with a blank after the colon, lists behind hyphens, quotes and brackets closed, lines of one level indented by as many blanks.',
  tab: () => 'a tab stands in the indentation. Accepted: blanks.',
  'several-documents': () => 'a second document begins here. Accepted: one job in one file.',
  reference: () => 'anchors, references and tags (&, *, !) are not used here. Accepted: the value itself, in quotes.',
  'duplicate-key': () => 'this key stands there twice. Accepted: once.',
  'unknown-key': ({ key: name, accepted: what }) => `${key(name)} is not known here.${orAccepted(what)}`,
  'missing-key': ({ key: name, accepted: what }) => `${key(name)} is missing.${orAccepted(what)}`,
  'wrong-value': ({ key: name, accepted: what }) =>
    `${name === undefined ? 'this' : `the value of ${key(name)}`} is of the wrong kind.${orAccepted(what)}`,
  'one-of-keys': ({ accepted: what }) => `exactly one of these has to stand here: ${what ? accepted(what) : ''}.`,
  'bad-password': ({ key: name }) =>
    `${key(name)} cannot be used. Accepted: 1 to 511 bytes on one line, in quotes, without a zero byte.`,
  'bad-key': () => 'this is no public key. Put the one line of id_ed25519.pub there, in quotes',
  'bad-hash': ({ key: name }) =>
    `${key(name)} is not a whole hash. Accepted: what \`sparekey hash\` prints, in quotes.`,
  'struck-out': ({ key: name }) =>
    `${name === undefined ? 'the password' : key(name)} was struck out after a run. Accepted: the password anew, in quotes.`,
  'run-already': () => 'this job was run already. Accepted for another run: `version: 1`, and the passwords anew.',
};

export const jobs = {
  problems,
  at: ({ line, column }: JobProblem, sentence: string) => `line ${line}, column ${column}: ${sentence}`,
  accepted,
  signals: {
    waiting: 'waiting for a disk',
    working: 'working: leave it alone',
    swap: 'exchange the cards now',
    done: 'done',
    refused: 'refused, nothing was changed: read the report',
    failed: 'failed: read the report',
  },
  countdown: (job: string, seconds: number) =>
    `“${named(job)}” starts in ${seconds} s. Press any key for the menu instead.`,
  countdownStopped: 'A key was pressed: the job is not run.',
  begun: (job: string) => `Running “${named(job)}”`,
  stepBegun: (step: number, of: number, title: string) => `Step ${step} of ${of}: ${title}`,
  waitingForDisk: (seconds: number, reason: string) =>
    `Waiting up to ${seconds} s for a disk that matches. So far: ${reason}`,
  swapNow: (seconds: number) => `Take the rescue card out now and put the other one in. Waiting up to ${seconds} s.`,
  swapBack: (seconds: number) => `Now put the rescue card back, for the report. Waiting up to ${seconds} s.`,
  reportAt: (place: string) => `Report: ${named(place)}`,
  reportNowhere: 'The report could not be written anywhere; it is shown here instead.',
  leaving: {
    poweroff: 'Switching the machine off.',
    reboot: 'Restarting the machine.',
    stay: 'The machine stays on.',
  },
  noOnHere: 'A job says itself where each step belongs: put `on:` into the file instead of --on.',
  keyForMenu: 'Press any key for the menu.',
  notOurMachine: 'This computer runs its own system, so `then` is not obeyed: it stays on.',
  hint: {
    on: 'In the job: name one of them with `on:`.',
    flag: (input: string) => `In the job: \`${input}: true\`.`,
    id: 'In the job: name one with `id:`.',
  },
  report: {
    title: 'Sparekey report',
    job: 'Job',
    noName: '(without a name)',
    begun: 'Begun',
    clock: 'by the clock of the rescue machine, which may be wrong',
    result: 'Result',
    results: {
      done: 'DONE',
      refused: 'REFUSED: nothing was changed',
      failed: 'FAILED',
      'not-reached': 'not reached, nothing was changed for it',
    },
    line: (line: number) => `line ${line}`,
    generated: (user: string, password: string) => `NEW PASSWORD of “${named(user)}”:   ${password}`,
    deleteThis: 'Log in with it, choose another one, and delete this file: whoever finds it can read the password.',
    jobKept: 'The job file was left as it is, its passwords included: correct it and start again, or delete it.',
    jobStruckOut: (name: string) =>
      `The job was run: its passwords were struck out, and the file is now called ${named(name)}. The memory chip of a stick may still hold old copies; \`password-hash\` avoids that.`,
    found: 'What was found',
    nothingFound: 'No disks were found.',
    notLooked: 'The disks were not looked at.',
    accounts: 'Accounts',
    durations: 'How long it took',
    phases: {
      'start-up': 'starting the machine',
      countdown: 'countdown',
      waiting: 'waiting for disks',
      looking: 'looking at the disks',
      planning: 'planning',
      step: 'step',
      swapping: 'exchanging cards',
    },
    seconds: (seconds: string) => `${seconds} s`,
    total: 'altogether',
    bootLog: (name: string) => `What the kernel said is in ${named(name)}.`,
  },
};
