import type { JobMedium } from '../model/job-medium.ts';
import type { Job } from './job.ts';

/**
 * Reads what a job names beside itself, while its medium is there: with a single card slot it will not be there when the
 * steps are planned. What could not be read is told when it is asked for.
 */
export const readAllBeside = async ({ steps, open }: Job, medium: JobMedium): Promise<JobMedium['readBeside']> => {
  const names = [...steps, ...open].flatMap((entry) => Object.values(entry).flatMap(fileNameIn));
  const read = new Map<string, Promise<Uint8Array>>();
  for (const name of names) {
    const content = medium.readBeside(name);
    read.set(name, content);
    await content.catch(() => {});
  }
  return (name) => read.get(name) ?? medium.readBeside(name);
};

const fileNameIn = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && 'fileName' in value ? [String(value.fileName)] : [];
