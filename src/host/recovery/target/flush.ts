import { spawn } from 'node:child_process';
import { endWithUs } from '../../process/running-tools.ts';
import { toolEnvironment } from '../../process/tool-environment.ts';
import { TargetError } from './target-error.ts';

/** Waits until everything written to the folder's file system is on it (syncfs(2), which Node lacks). @throws TargetError */
export const flush = (folder: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const path = folder.replace('/proc/self/', `/proc/${process.pid}/`);
    const child = endWithUs(spawn('sync', ['--file-system', path], { env: toolEnvironment, stdio: 'ignore' }));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new TargetError('EIO', '', undefined))));
  });
