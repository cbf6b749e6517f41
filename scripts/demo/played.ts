import { logIn, startAlone } from '../../test/e2e/login.ts';
import { powerOff, reachFirstScreen, resetPassword } from '../../test/e2e/rescue.ts';
import { forgotten } from '../../test/support/debian-disk.ts';
import { opensHaosUser } from '../../test/support/haos-disk.ts';
import { Machine } from '../../test/support/machine.ts';
import { createScene, type Scene } from './machines.ts';
import { bold, check, explain, showScreen, step } from './story.ts';

/** The demo that plays itself: what a person would type arrives on the machine's serial console. */

const newPasswords = { Bob: 'a new day at home', alice: 'open sesame for alice' } as const;

const secondsSince = (start: number): string => `${Math.round((performance.now() - start) / 1000)} s`;

export const play = async (): Promise<void> => {
  const start = performance.now();
  step('A machine with two disks; nobody knows the passwords any more');
  const scene = createScene();
  explain(
    'One disk has the layout of Home Assistant OS. On the other one is a real small Debian, with GRUB, Linux and',
  );
  explain('systemd, installed from its mirror. The machine is a PC with a BIOS, in QEMU without KVM.');
  await rescue(scene);
  await judge(scene);
  console.log(`\n${bold('It worked.')} From two locked-out disks to both people back in: ${secondsSince(start)}.`);
  explain('make demo lets you do the same by hand.');
};

const rescue = async ({ rescue: record }: Scene): Promise<void> => {
  step('It is started from the rescue stick, dist/sparekey.img');
  const powerOn = performance.now();
  await using machine = await Machine.start(record);
  await reachFirstScreen(machine, false);
  explain(`Sparekey is there ${secondsSince(powerOn)} after power-on.`);
  const look = (caption: string) => showScreen(`${caption} (${secondsSince(powerOn)})`, machine.screen);

  step(`Home Assistant: Bob gets the password “${newPasswords.Bob}”`);
  await resetPassword(
    machine,
    { system: /hassos-data .*Home Assistant OS/, user: 'Bob', password: newPasswords.Bob },
    look,
  );

  step(`Debian: Alice gets the password “${newPasswords.alice}”`);
  await resetPassword(machine, { system: /Debian GNU/, user: 'alice', password: newPasswords.alice }, look);

  step('Power off, and the stick is pulled');
  await powerOff(machine);
  const code = await machine.end(120_000);
  explain(`The machine says: everything is written and unmounted. (${secondsSince(powerOn)})`);
  check('it has powered itself off', code === 0);
};

const judge = async ({ homeAssistant, debian }: Scene): Promise<void> => {
  step('Is it true? libcrypt reads the bcrypt hashes that Home Assistant will read');
  check('the new password opens Bob', opensHaosUser(homeAssistant, 'Bob', newPasswords.Bob));
  check('the forgotten one no longer does', !opensHaosUser(homeAssistant, 'Bob', 'forgotten-by-bob'));
  check('alice has the same password as before', opensHaosUser(homeAssistant, 'alice', 'forgotten-by-alice'));

  step('Is it true? Debian starts from its own disk, alone, and asks who is there');
  const powerOn = performance.now();
  await using machine = await startAlone(debian);
  explain(`Its login prompt is there after ${secondsSince(powerOn)}.`);
  check('an invented password is refused', (await logIn(machine, 'alice', 'invented')) === undefined);
  check('so is the forgotten one', (await logIn(machine, 'alice', forgotten.alice)) === undefined);
  const identity = await logIn(machine, 'alice', newPasswords.alice);
  check(`the new one is accepted, and Debian says ${identity}`, identity?.includes('(alice)') === true);
  console.log();
  showScreen(`The Debian machine (${secondsSince(powerOn)})`, machine.screen);
};
