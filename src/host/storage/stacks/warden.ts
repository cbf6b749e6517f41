import { start } from '../../process/commands.ts';

/**
 * Takes down what was put together, in reverse, when it is ended or when we are gone, kill -9 included: arrays and
 * mappings are the whole machine's, and do not go with a process by themselves.
 */
export interface Warden {
  /**
   * Tells it of a step that is about to be taken.
   * @param undo what undoes it, for sh; succeeds also where the step was never taken
   */
  before(undo: string): Promise<void>;
  /** Takes everything down, and returns when that is done. */
  end(): Promise<void>;
}

/** What is still open (a mount that is just going, a tool that was broken off) is waited for: so many times a tenth of a second. */
const patience = 150;

const script = `
read -r line; echo "$line"
undo=
while IFS= read -r line; do undo="$line
$undo"; done
exec >/dev/null 2>&1
printf '%s' "$undo" | while IFS= read -r line; do
  count=0
  until sh -c "$line" </dev/null; do
    count=$((count + 1))
    [ $count -lt ${patience} ] || break
    sleep 0.1
  done
done`;

/** @throws RescueError tool-missing, tool-failed */
export const startWarden = async (): Promise<Warden> => {
  const { tell, end } = await start('sh', ['-c', script]);
  return { before: tell, end };
};

/** A word for sh. @throws RangeError where it holds a newline, which the warden's lines cannot carry */
export const quoted = (word: string): string => {
  if (word.includes('\n')) throw new RangeError('a newline in a word for sh');
  return `'${word.replaceAll("'", `'\\''`)}'`;
};
