/** Whether the copying threads go on, wait, or end. */
export type Gate = 'open' | 'shut' | 'ended';

const gates: readonly Gate[] = ['open', 'shut', 'ended'];

/** What the copying threads and the one that leads them know of each other without messages. */
export interface SharedState {
  readonly copiedBytes: number;
  addBytes(bytes: number): void;
  /** Jobs that no thread has taken yet. */
  waitingJobs: number;
  gate: Gate;
  /** For a copying thread: waits while the gate is shut. @returns whether to go on */
  pass(): boolean;
}

/** Its memory, to be handed to the threads. */
export const createSharedMemory = (): SharedArrayBuffer => new SharedArrayBuffer(16);

/** A view of memory that createSharedMemory made. */
export const sharedStateIn = (memory: SharedArrayBuffer): SharedState => {
  const copied = new BigUint64Array(memory, 0, 1);
  const waiting = new Int32Array(memory, 8, 1);
  const gate = new Int32Array(memory, 12, 1);
  return {
    get copiedBytes() {
      return Number(Atomics.load(copied, 0));
    },
    addBytes: (bytes) => void Atomics.add(copied, 0, BigInt(bytes)),
    get waitingJobs() {
      return Atomics.load(waiting, 0);
    },
    set waitingJobs(count) {
      Atomics.store(waiting, 0, count);
    },
    get gate() {
      return gates[Atomics.load(gate, 0)] ?? 'ended';
    },
    set gate(state) {
      Atomics.store(gate, 0, gates.indexOf(state));
      Atomics.notify(gate, 0);
    },
    pass: () => {
      Atomics.wait(gate, 0, gates.indexOf('shut'));
      return Atomics.load(gate, 0) !== gates.indexOf('ended');
    },
  };
};
