import type { AccountNote, Login } from '../model/account.ts';
import type { Risk } from '../model/plan.ts';
import type { FindingWords } from './finding-words.ts';
import type { InputWords } from './input-words.ts';
import type { JobWords } from './jobs-words.ts';
import type { OperationTexts } from './operation-words.ts';
import type { RecoveryWords } from './recovery-words.ts';
import type { EffectSentences, ErrorSentences, NoticeSentences } from './sentences.ts';
import type { TuiWords } from './tui-words.ts';

/** Words for what scan shows. */
export interface ScanWords {
  readonly disk: string;
  readonly part: string;
  readonly size: string;
  readonly filesystem: string;
  readonly label: string;
  readonly content: string;
  readonly runningSystem: string;
  readonly rescueMedium: string;
  readonly mounted: string;
  readonly raidMember: string;
  readonly partOf: (name: string) => string;
  readonly locked: string;
  readonly snapshotOf: (selector: string) => string;
  readonly missing: (size: string) => string;
  readonly degraded: (present: number, devices: number) => string;
  readonly incomplete: string;
  readonly hibernated: string;
  readonly noDisks: string;
  readonly noSystems: string;
  readonly accountsOf: (system: string) => string;
  readonly noAccounts: string;
  readonly owner: string;
  readonly administrator: string;
  readonly state: Readonly<Record<'dirty' | 'errors', string>>;
  readonly logins: Readonly<Record<Login, string>>;
  readonly accountNotes: Readonly<Record<AccountNote, string>>;
}

/** Words around a plan and its report. */
export interface RunWords {
  readonly plan: string;
  readonly warning: string;
  readonly details: string;
  readonly onVolume: (selector: string) => string;
  readonly risks: Readonly<Record<Risk, string>>;
  readonly nothingToDo: string;
  readonly nothingWritten: string;
  readonly immutableLifted: string;
  readonly keptFor: string;
  readonly askConsent: string;
  /** Letters that mean yes. */
  readonly yes: readonly string[];
  readonly declined: string;
  /** A question with what a yes would do. */
  readonly askWhether: (question: string, yes: string) => string;
  readonly newPassword: (user: string) => string;
  readonly repeatPassword: string;
  readonly generated: (password: string) => string;
  readonly pasteKey: string;
  readonly passphrase: (selectors: readonly string[], isAgain: boolean) => string;
  readonly waitingForRun: (selector: string) => string;
  readonly opening: (selector: string) => string;
  readonly written: (path: string) => string;
  readonly rollingBack: string;
  readonly finishingFirst: string;
  readonly stopping: string;
  readonly heldByKernel: string;
  readonly done: string;
  readonly howToUndo: (command: string) => string;
  readonly nextStep: string;
}

/** What --help says. */
export interface HelpWords {
  readonly tagline: string;
  readonly commands: Readonly<Record<'scan' | 'check' | 'run' | 'hash' | 'ls' | 'cat', string>>;
  readonly options: Readonly<
    Record<
      | 'disk'
      | 'on'
      | 'yes'
      | 'dry-run'
      | 'json'
      | 'lang'
      | 'color'
      | 'user'
      | 'id'
      | 'job'
      | 'for'
      | 'path'
      | 'password-file'
      | 'passphrase-file'
      | 'key-file'
      | 'generate'
      | 'help'
      | 'version',
      string
    >
  >;
  readonly sources: string;
  readonly exitCodes: string;
  readonly givenTwice: (option: string) => string;
  readonly parser: ParserPhrases;
}

/** Every sentence that a person reads, in one language. */
export interface Text {
  readonly language: Language;
  readonly errors: ErrorSentences;
  readonly notices: NoticeSentences;
  readonly effects: EffectSentences;
  readonly operations: OperationTexts;
  readonly inputs: InputWords;
  /** A run of an operation that this version does not know. */
  readonly newerRun: (name: string) => string;
  readonly scan: ScanWords;
  readonly findings: FindingWords;
  readonly run: RunWords;
  readonly tui: TuiWords;
  readonly jobs: JobWords;
  readonly recovery: RecoveryWords;
  readonly help: HelpWords;
  readonly bug: string;
}

export type Language = 'en' | 'fr';

/** yargs' own phrases, under the names that its locale files give them. */
export type ParserPhrases = Readonly<Record<ParserPhrase, string>> &
  Readonly<Record<CountedParserPhrase, { readonly one: string; readonly other: string }>>;

type ParserPhrase =
  | 'Commands:'
  | 'Options:'
  | 'Positionals:'
  | 'boolean'
  | 'string'
  | 'array'
  | 'required'
  | 'choices:'
  | 'Not enough arguments following: %s'
  | 'Invalid values:'
  | 'Argument: %s, Given: %s, Choices: %s'
  | 'Arguments %s and %s are mutually exclusive'
  | 'Did you mean %s?';

type CountedParserPhrase = 'Missing required argument: %s' | 'Unknown argument: %s' | 'Unknown command: %s';
