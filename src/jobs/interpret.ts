import type { JobMarks } from '../model/job.ts';
import { languages, textFor } from '../text/index.ts';
import type { Language, Text } from '../text/text.ts';
import { languageOfJob, parseJobFile } from './file/job-file.ts';
import type { Job } from './job.ts';

/** What a job file came to: understood, or why not. */
export interface ReadJob {
  readonly content: Uint8Array;
  /** The job's own language, even where it is not understood. */
  readonly text: Text;
  readonly job?: Job;
  readonly marks?: JobMarks;
  readonly error?: unknown;
}

/** Reads a job in the language that it asks for, or else in `fallback`. */
export const interpretJob = (content: Uint8Array, fallback: Text): ReadJob => {
  const asked = languageOfJob(content);
  const text = isLanguage(asked) ? textFor(asked) : fallback;
  try {
    return { content, text, ...parseJobFile(content) };
  } catch (error) {
    return { content, text, error };
  }
};

const isLanguage = (name: string | undefined): name is Language => languages.some((language) => language === name);
