/**
 * A process of its own that leases an image and replaces a file in it: `node replace-in-image.ts IMAGE PATH CONTENT
 * [STEP]`. At STEP it kills itself, as hard as can be. Prints the code of the error that it ended with.
 */
import { createStorage } from '../../src/host/storage/storage.ts';
import { isRescueError } from '../../src/model/errors.ts';

const [image = '', path = '', content = '', lastStep] = process.argv.slice(2);
const storage = createStorage({
  onStep: (step) => {
    if (step === lastStep) process.kill(process.pid, 'SIGKILL');
  },
});
const [disk] = await storage.survey([{ kind: 'image', path: image }]);
const [volume] = disk?.volumes ?? [];
if (volume === undefined) throw new Error('no volume');
try {
  await using lease = await storage.lease(volume);
  await lease.tree.replaceFile(path, Buffer.from(content), '.temporary');
} catch (error) {
  if (!isRescueError(error)) throw error;
  process.stdout.write(error.code);
}
await storage[Symbol.asyncDispose]();
