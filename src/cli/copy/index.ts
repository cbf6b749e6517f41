import type { ExitCode } from '../../model/errors.ts';
import type { CopyOperation } from '../../operations/index.ts';
import type { Values } from '../../operations/inputs.ts';
import type { CommonOptions, Session } from '../session.ts';
import { runBackups } from './backups.ts';
import { runClone } from './clone.ts';
import { runRecover } from './recover.ts';
import type { CopyRunner } from './runner.ts';

const runners: { readonly [Id in CopyOperation['id']]: CopyRunner<Id> } = {
  recover: runRecover,
  clone: runClone,
  backups: runBackups,
};

/** A runner takes what the inputs of its own operation come to; TypeScript cannot follow that through an index, hence the widening. */
export const runCopy = (session: Session, { id }: CopyOperation, values: Values, options: CommonOptions) =>
  (runners[id] as (session: Session, values: Values, options: CommonOptions) => Promise<ExitCode | undefined>)(
    session,
    values,
    options,
  );
