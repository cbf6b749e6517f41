import type { ExitCode } from '../../model/errors.ts';
import type { CopyOperation, OperationCalled } from '../../operations/index.ts';
import type { ValuesOf } from '../../operations/inputs.ts';
import type { CommonOptions, Session } from '../session.ts';

/** Carries out an operation that gets something out of a disk. Resolves to an exit code where it is not a plain success. */
export type CopyRunner<Id extends CopyOperation['id']> = (
  session: Session,
  values: ValuesOf<OperationCalled<Id>['inputs']>,
  options: CommonOptions,
) => Promise<ExitCode | undefined>;
