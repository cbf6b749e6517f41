import type { TreePath } from '../../../model/tree.ts';

/** Why a module does not let somebody pass. `path` and `line`: in a file of the module's own. */
export type PamReason =
  /** No password, a locked one, an account without a shadow line: said by the checks of the account itself. */
  | { readonly kind: 'account' }
  | { readonly kind: 'nologin'; readonly path: TreePath }
  | { readonly kind: 'failures' }
  | { readonly kind: 'shell' }
  | { readonly kind: 'securetty'; readonly path: TreePath; readonly tty: string }
  | { readonly kind: 'access'; readonly path: TreePath; readonly line: number }
  /** `ofUsers`: names of accounts stand in it; otherwise groups, shells, terminals. */
  | { readonly kind: 'list'; readonly path: TreePath; readonly line?: number; readonly ofUsers: boolean }
  | { readonly kind: 'time'; readonly path: TreePath; readonly line: number }
  | { readonly kind: 'wheel'; readonly group: string }
  /** pam_succeed_if: what it asks for. */
  | { readonly kind: 'condition'; readonly text: string }
  | { readonly kind: 'denies' }
  | { readonly kind: 'bad-jump' }
  /** A file that is included, or a module, is not there. */
  | { readonly kind: 'missing'; readonly module: string | undefined }
  /** What this module does is not known from here. */
  | { readonly kind: 'unknown'; readonly module: string };
