import { isatty } from 'node:tty';
import { killTools } from './running-tools.ts';

let isTakenOver = false;

/** From now on only leaveAtOnce ends the process: what a signal takes away makes the work under way fail in its own ways. */
export const takeOverLeaving = (): void => {
  isTakenOver = true;
};

/** Ends the process when its work is done; also where a call to a file system has still not come back. */
export const leave = (exitCode: number): void => {
  if (isTakenOver) return;
  const isHeldUp = process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
  if (isHeldUp) leaveAtOnce(exitCode);
  else process.exit(exitCode);
};

/**
 * Ends the process, whatever its threads wait for. A call to the kernel that does not come back (a FIFO that nobody
 * writes to, a share whose server is gone, a dead disk) sits in a thread, and exit(3) waits for the threads; execve(2)
 * ends them. What was mounted goes with the keeper (keeper.ts).
 */
export const leaveAtOnce = (exitCode: number): never => {
  killTools();
  // exit(3) would give a terminal back as it was.
  if (isatty(0) && process.stdin.isRaw) process.stdin.setRawMode(false);
  if (process.execve === undefined) return process.exit(exitCode);
  return process.execve('/bin/sh', ['sh', '-c', `exit ${exitCode}`], {});
};
