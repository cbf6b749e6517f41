import { parentPort, workerData } from 'node:worker_threads';
import type { ReaderRequest, ReaderSetup } from './reader-messages.ts';
import { createVolumeReader } from './volume-reader.ts';

/** The thread that reads one ext2/3/4 volume: a disk that does not answer keeps it waiting, and nobody else. */

const port = parentPort;
if (port === null) throw new Error('the reading thread is started by reader.ts');

const reader = createVolumeReader(workerData as ReaderSetup);
const streams = new Map<number, Iterator<unknown, unknown>>();
let lastStream = 0;

const advance = (stream: number) => {
  const { done: isDone = false, value } = streams.get(stream)?.next() ?? { done: true, value: undefined };
  if (isDone) streams.delete(stream);
  return { stream, isDone, value };
};

const begin = (steps: Iterator<unknown, unknown> | undefined) => {
  lastStream += 1;
  if (steps) streams.set(lastStream, steps);
  return advance(lastStream);
};

const answerTo = (request: ReaderRequest): unknown => {
  switch (request.kind) {
    case 'open':
      return reader?.opened;
    case 'describe':
      return reader?.describe(request.inode);
    case 'list':
      return begin(reader?.list(request.inode));
    case 'pieces':
      return begin(reader?.pieces(request.inode, request.fromBytes));
    case 'next':
      return advance(request.stream);
    case 'close':
      return void streams.delete(request.stream);
  }
};

/** The memory below a piece of a file, where nothing else lies in it: it is handed over, and not copied. */
const memoryOf = (answer: unknown): readonly ArrayBuffer[] => {
  const content = (answer as { readonly value?: { readonly content?: Buffer } } | undefined)?.value?.content;
  if (content === undefined || content.byteLength === 0) return [];
  const { buffer } = content;
  return buffer instanceof ArrayBuffer && buffer.byteLength === content.byteLength ? [buffer] : [];
};

port.on('message', ({ id, request }: { readonly id: number; readonly request: ReaderRequest }) => {
  const answer = answerTo(request);
  port.postMessage({ id, answer }, memoryOf(answer));
});
