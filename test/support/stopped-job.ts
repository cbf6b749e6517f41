/**
 * A process of its own that runs a job on a disk image and kills itself, as hard as can be, at the STEP-th write beside
 * the job file: `node stopped-job.ts JOB IMAGE STEP`. Prints the number of steps where it came to its end.
 */
import { randomBytes } from 'node:crypto';
import { watchDisks } from '../../src/host/disks/hotplug.ts';
import { createJobFolder } from '../../src/host/medium/job-folder.ts';
import { createStorage } from '../../src/host/storage/storage.ts';
import { runAndReport } from '../../src/jobs/run-and-report.ts';
import { profiles } from '../../src/systems/index.ts';
import { textFor } from '../../src/text/index.ts';

const [job = '', image = '', lastStep] = process.argv.slice(2);
let steps = 0;
const medium = createJobFolder(job, {
  onStep: () => {
    if (steps === Number(lastStep)) process.kill(process.pid, 'SIGKILL');
    steps += 1;
  },
});
await using storage = createStorage();
const context = {
  storage,
  profiles,
  emit: () => {},
  now: Date.now,
  randomBytes,
  shield: <T>(action: () => Promise<T>) => action(),
  stoppable: <T>(action: (signal: AbortSignal) => Promise<T>) => action(new AbortController().signal),
  isStopAsked: () => false,
};
const sources = [{ kind: 'image', path: image }] as const;
const openRecovery = () => Promise.reject(new Error('nothing is recovered here'));
const { openRecovered, readBeside } = medium;
const says = { text: textFor('en'), say: () => {}, signal: () => {} };
const surroundings = { context, sources, watchDisks, openRecovery, openRecovered, readBeside, ...says };
await runAndReport(surroundings, medium, '0');
process.stdout.write(`${steps}`);
