/**
 * What the person sits at: `screen` is the machine's own display and keyboard, whose layout is the kernel's; behind a
 * `serial` line or in a `terminal` window somebody else's computer makes letters of the keys.
 */
export type ConsoleKind = 'screen' | 'serial' | 'terminal';

/** A file called `*.pub` that was found; not everything in it need be a key. */
export interface KeyFile {
  readonly name: string;
  /** At most a little more than any public key has. */
  readonly content: Uint8Array;
}

/** The port to the machine that Sparekey itself runs on: its console, what is plugged into it, its power switch. */
export interface Station {
  /** Started from the Sparekey stick: nobody else needs this machine, so it may be restarted and powered off. */
  readonly isRescueMedium: boolean;
  readonly console: ConsoleKind;
  /** The layout that the console starts with, where it is known. */
  readonly keyboardLayout: string | undefined;
  /** Names of the layouts that can be loaded here, sorted; none unless the console is a screen. */
  keyboardLayouts(): Promise<readonly string[]>;
  /** @throws RescueError tool-missing, tool-failed */
  loadKeyboardLayout(name: string): Promise<void>;
  /**
   * Tells when a disk was plugged in or pulled, within a second or so; with sources, when one of those files or devices
   * came, went or was exchanged.
   */
  watchDisks(sources: readonly string[], onChange: () => void): Disposable;
  /** @throws RescueError tool-missing, tool-failed */
  restart(): Promise<void>;
  /** @throws RescueError tool-missing, tool-failed */
  powerOff(): Promise<void>;
  /** Keeps a crash report in a new file that only this user can read, and returns its path; undefined where none can be written. */
  writeReport(content: string): Promise<string | undefined>;
  /**
   * The key files at the top of the stick that this machine was started from, or beside the program where it runs on
   * another machine. Empty where none can be read.
   */
  findKeyFiles(): Promise<readonly KeyFile[]>;
  /** What the other consoles of the rescue stick say about this one. */
  announce(words: string): void;
}
