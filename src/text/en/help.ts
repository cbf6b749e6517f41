import type { HelpWords } from '../text.ts';

export const help: HelpWords = {
  tagline: 'The spare key for machines that you own and cannot get into.',
  commands: {
    scan: 'Show disks, volumes, installed systems and who can log in; writes nothing',
    'reset-password': 'Set a new password for one account',
    undo: 'Put back what a run replaced',
  },
  options: {
    disk: 'Look only at this disk, disk image or mounted folder (repeatable)',
    on: 'Which volume or system: sdb2, card.img:2, LABEL=…, PARTLABEL=…, UUID=…, or a system id from scan',
    yes: 'Agree to the plan beforehand',
    'dry-run': 'Print the plan and stop',
    json: 'One JSON document on standard output, events as JSON lines on standard error',
    lang: 'Language: en or fr',
    color: 'Colours (--no-color turns them off, as does NO_COLOR)',
    user: 'The account',
    'password-file': 'Read the new password from the first line of a file (- for standard input)',
    generate: 'Make up a password, and print it once',
    unlock: 'Also lift a lock that stands on the account',
    force: 'Put back even files that were changed since',
    id: 'The run to undo, as scan prints it; may be left out when there is only one',
    help: 'Show this help',
    version: 'Show the version',
  },
  sources: 'A disk is a block device (/dev/sdb), a raw image (card.img) or the root folder of a mounted system (/mnt).',
  exitCodes: 'Exit codes: 0 done, 1 failed, 2 usage, 3 refused or consent missing, 4 nothing matched, 70 bug.',
  yargs: {},
};
