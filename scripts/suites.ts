import { complain } from './image/command.ts';
import { runE2fsprogs, type Verdict } from './suites/e2fsprogs.ts';
import { fetchSource } from './suites/source.ts';

/** node scripts/suites.ts [PATTERN]: other people's test suites on our binary, as a table. Needs root. */

const faultsShown = 5;

const main = async (): Promise<void> => {
  const only = new RegExp(process.argv[2] ?? '');
  const verdicts: Verdict[] = [];
  runE2fsprogs(await fetchSource('e2fsprogs'), only, (verdict) => {
    verdicts.push(verdict);
    const { name, ending, files, faults } = verdict;
    console.log(
      `${faults.length === 0 ? 'right' : 'WRONG'}  ${ending.padEnd(8)} ${String(files).padStart(6)}  ${name}`,
    );
    for (const fault of faults.slice(0, faultsShown)) console.log(`         ${JSON.stringify(fault)}`);
    if (faults.length > faultsShown) console.log(`         and ${faults.length - faultsShown} more`);
  });
  const wrong = verdicts.filter(({ faults }) => faults.length > 0);
  const count = (ending: Verdict['ending']) => verdicts.filter((each) => each.ending === ending).length;
  console.log(
    `\ne2fsprogs: ${verdicts.length} images tried, ${verdicts.length - wrong.length} right, ${wrong.length} wrong` +
      ` (${count('whole')} copied whole, ${count('told')} with what is missing told, ${count('refused')} refused)`,
  );
  if (verdicts.length === 0 || wrong.length > 0) process.exitCode = 1;
};

await main().catch(complain('suites'));
