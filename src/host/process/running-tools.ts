import type { ChildProcess } from 'node:child_process';

/** Tools that have not ended. What is still among them when we end waits for a disk that does not answer. */
const running = new Set<ChildProcess>();

/** Counts a tool among those that end with us. */
export const endWithUs = <Child extends ChildProcess>(child: Child): Child => {
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
};

/** Ends every tool that has not ended: called where the process ends. */
export const killTools = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** The same, and waits until they are gone: a mount(8) that was broken off keeps its namespace until then. */
export const endTools = async (): Promise<void> => {
  const ending = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
  killTools();
  await Promise.all(ending);
};

process.once('exit', killTools);
