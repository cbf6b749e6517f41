import { authorizeKey } from './authorize-key.ts';
import { backups } from './backups.ts';
import { clone } from './clone.ts';
import { fix } from './fix.ts';
import { recover } from './recover.ts';
import { resetPassword } from './reset-password.ts';
import { undo } from './undo.ts';

/**
 * Everything that a person can ask for, in the order of the menus. From this list are derived: the commands with their
 * options and help, the steps of job files with their schema, the rows of the text UI, the purposes in journals, and the
 * tables of the README. See CONTRIBUTING.md for what a new one needs.
 */
export const operations = [resetPassword, authorizeKey, fix, recover, clone, backups, undo] as const;

export type Operation = (typeof operations)[number];
export type OperationId = Operation['id'];
export type OperationCalled<Id extends OperationId> = Extract<Operation, { readonly id: Id }>;

/** Those that change a volume. */
export type ChangeOperation = Extract<Operation, { readonly kind: 'change' }>;

/** Those that get something out of a disk. */
export type CopyOperation = Extract<Operation, { readonly kind: 'copy' }>;

/** Those for one account. */
export type AccountOperation = Extract<Operation, { readonly on: 'account' }>;

/** Those that the engine asks for their plan. */
export type PlannedOperation = Exclude<ChangeOperation, { readonly on: 'journal' }>;

/** Those that one of the faces offers. */
export type OperationIn<F extends Operation['faces'][number]> = {
  [Id in OperationId]: F extends OperationCalled<Id>['faces'][number] ? OperationCalled<Id> : never;
}[OperationId];

export const isChange = (operation: Operation): operation is ChangeOperation => operation.kind === 'change';

export const isCopy = (operation: Operation): operation is CopyOperation => operation.kind === 'copy';

export const isIn =
  <F extends Operation['faces'][number]>(face: F) =>
  (operation: Operation): operation is OperationIn<F> =>
    (operation.faces as readonly string[]).includes(face);

/** The operation of that name; undefined for a name that is not (or not yet) ours. */
export const operationCalled = (name: string): Operation | undefined => operations.find(({ id }) => id === name);
