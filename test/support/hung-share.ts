import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Mounts FUSE and answers nothing, not even the first greeting: as a network share whose server is gone. */
const program = `
import ctypes, os, sys, time
folder = sys.argv[1].encode()
fd = os.open('/dev/fuse', os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = f'fd={fd},rootmode=40000,user_id=0,group_id=0'.encode()
if libc.mount(b'hung', folder, b'fuse', 0, options) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print('mounted', flush=True)
time.sleep(600)
`;

/** A folder that everybody hangs on who touches it, until disposed. Needs root. */
export const hangShare = async (folder: string): Promise<Disposable> => {
  const server: ChildProcess = spawn('python3', ['-c', program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const mounted = await Promise.race([
    once(server.stdout as NodeJS.ReadableStream, 'data').then(() => true),
    once(server, 'exit').then(() => false),
  ]);
  if (!mounted) throw new Error('FUSE could not be mounted');
  return {
    [Symbol.dispose]: () => {
      // Its end closes the connection, and whoever still hangs gets an error.
      server.kill('SIGKILL');
      spawnSync('umount', ['--lazy', folder]);
    },
  };
};
