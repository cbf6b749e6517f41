import { apply } from '../engine/apply.ts';
import { consentTo } from '../engine/consent.ts';
import type { Context } from '../engine/context.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import { prepareRequest } from '../engine/request.ts';
import { scanUntil } from '../engine/scan.ts';
import { generatePassword } from '../formats/generated-password.ts';
import { firstFailure, isRescueError, RescueError } from '../model/errors.ts';
import { Secret, VolumeKey } from '../model/secret.ts';
import type { Station } from '../model/station.ts';
import type { DeviceId, Source } from '../model/storage.ts';
import type { Effect, Message } from './messages.ts';
import type { RecoveryEffects } from './recovery/effects.ts';
import type { RecoveryEffect } from './recovery/messages.ts';
import type { RecoveryTools } from './recovery/tools.ts';

/** What effects work with. */
export interface Tools {
  readonly context: Context;
  readonly station: Station;
  /** What --disk names; none for all disks of the machine. */
  readonly sources: readonly string[];
  readonly openRecovery: RecoveryTools['openRecovery'];
  /** For what is said while an effect is under way. */
  readonly tell: (message: Message) => void;
}

/** How long a plan must have been seen before Enter carries it out; a held key repeats about thirty times a second. */
const armAfterMs = 400;

/** How long a write waits for a look that is under way; one that gets its answers takes a second or two. */
const lookPatienceMs = 5000;

export type Perform = (effect: Exclude<Effect, { kind: 'quit' }>) => Promise<Message | undefined>;

/**
 * Does what update asks for, and answers with a message. Refusals are answers too; anything else that is thrown is a
 * fault of ours and reaches the caller. A look at the disks and a write wait for each other: the one would see halves,
 * the other a mounted volume.
 */
export const createPerform = ({ context, station, sources, openRecovery, tell }: Tools): Perform => {
  const inTurn = createTurns();
  let looking = new AbortController();
  /** A look that hangs on a dying disk does not keep anybody from writing to another one. */
  const afterLook = <T>(action: () => Promise<T>): Promise<T> => {
    const current = looking;
    const timer = setTimeout(() => current.abort(), lookPatienceMs);
    return inTurn(() => {
      clearTimeout(timer);
      return action();
    });
  };
  let recovery: RecoveryEffects | undefined;
  /** Loaded when somebody asks for files, since start-up time is import time. */
  const performRecovery = async (effect: RecoveryEffect): Promise<Message | undefined> => {
    const { createRecoveryEffects } = await import('./recovery/effects.ts');
    recovery ??= createRecoveryEffects({ context, openRecovery, tell, afterLook });
    return await recovery.perform(effect);
  };
  return async (effect) => {
    switch (effect.kind) {
      case 'scan': {
        looking = new AbortController();
        const { signal } = looking;
        return await answering(
          () => inTurn(() => look(context, sources, signal, recovery?.opened() ?? new Set())),
          (error) => ({ kind: 'scan-failed', error }),
        );
      }
      case 'stop-look':
        looking.abort();
        return undefined;
      case 'generate':
        return { kind: 'generated', password: new Secret(generatePassword(context.randomBytes)) };
      case 'unlock':
        context.storage.addKeys([VolumeKey.of(Buffer.from(effect.passphrase.reveal()))]);
        return { kind: 'disks-changed' };
      case 'find-keys':
        return { kind: 'keys-found', files: await station.findKeyFiles() };
      case 'plan':
        return await answering(
          async () => ({ kind: 'planned', job: effect.job, prepared: await makePlan(context, effect) }),
          (error) => ({ kind: 'job-failed', job: effect.job, error }),
        );
      case 'arm':
        await new Promise((resolve) => setTimeout(resolve, armAfterMs));
        return { kind: 'armed', job: effect.job };
      case 'apply':
        return await answering(
          () => afterLook(() => carryOut(context, effect.prepared)),
          (error) => ({ kind: 'apply-failed', error }),
        );
      case 'load-layout':
        return await answering(
          async () => {
            await station.loadKeyboardLayout(effect.layout);
            return { kind: 'layout-loaded', layout: effect.layout };
          },
          (error) => ({ kind: 'station-failed', error }),
        );
      case 'restart':
      case 'power-off':
        return await answering(
          async () => void (await (effect.kind === 'restart' ? station.restart() : station.powerOff())),
          (error) => ({ kind: 'station-failed', error }),
        );
      default:
        return await answering(
          () => performRecovery(effect),
          (error) => ('job' in effect ? { kind: 'job-failed', job: effect.job, error } : undefined),
        );
    }
  };
};

/** One after another, whatever becomes of the one before. */
const createTurns = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(action: () => Promise<T>): Promise<T> => {
    const turn = last.then(action, action);
    last = turn.catch(() => undefined);
    return turn;
  };
};

const answering = async <M extends Message | undefined>(
  action: () => Promise<M>,
  onRefusal: (error: RescueError) => Message | undefined,
): Promise<Message | undefined> => {
  try {
    return await action();
  } catch (error) {
    const failure = firstFailure(error);
    if (isRescueError(failure)) return onRefusal(failure);
    throw error;
  }
};

const look = async (
  context: Context,
  paths: readonly string[],
  signal: AbortSignal,
  except: ReadonlySet<DeviceId>,
): Promise<Message> => {
  const sources = await Promise.all(paths.map((path) => identifyIfThere(context, path)));
  const present = sources.filter((source) => source !== undefined);
  // Asked for by name and none of them there: that is not the same as asking for all.
  if (paths.length > 0 && present.length === 0)
    return { kind: 'scan-failed', error: new RescueError('source-missing', { path: paths.join(', ') }) };
  const found = await scanUntil(context, present, signal, except);
  if (!found) return { kind: 'look-stopped' };
  const volumes = found.scan.disks.flatMap((disk) => disk.volumes);
  const lookable = volumes.filter((volume) => context.storage.canLook(volume)).map(({ id }) => id);
  return { kind: 'scanned', ...found, lookable, isStopped: signal.aborted };
};

/** What was pulled may come back. */
const identifyIfThere = async (context: Context, path: string): Promise<Source | undefined> => {
  try {
    return await context.storage.identify(path);
  } catch (error) {
    if (isRescueError(error) && error.code === 'source-missing') return undefined;
    throw error;
  }
};

const makePlan = (
  context: Context,
  { scan: found, request }: Extract<Effect, { kind: 'plan' }>,
): Promise<PreparedPlan> => prepareRequest(context, found, request);

/** The key that was pressed on exactly this plan is the consent. */
const carryOut = async (context: Context, prepared: PreparedPlan): Promise<Message> => ({
  kind: 'applied',
  applied: await apply(context, prepared, consentTo(prepared.plan, 'answer')),
});
