/** How a run, or one of its steps, ended. */
export type JobStatus = 'done' | 'refused' | 'failed' | 'not-reached';

/** The parts of a run whose duration the report tells. */
export type JobPhase = 'start-up' | 'countdown' | 'waiting' | 'looking' | 'planning' | 'step' | 'swapping';
