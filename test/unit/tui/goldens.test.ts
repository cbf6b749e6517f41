import { expect, test } from 'vitest';
import { languages } from '../../../src/text/index.ts';
import { view } from '../../../src/tui/view.ts';
import { allScenes } from '../../support/recovery-scenes.ts';
import { textOfFrame } from '../../support/tui-scenes.ts';

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 132, rows: 43 },
];

/** One file for each screen, in both languages and sizes, so that a change of words can be read as people will see it. */
test.each(Object.entries(allScenes))('%s looks as it did', async (name, scene) => {
  const state = scene();
  const shown = languages.flatMap((language) =>
    sizes.map(({ columns, rows }) => {
      const frame = textOfFrame(view({ ...state, language, columns, rows }));
      return `=== ${language} ${columns}x${rows}\n${frame}\n`;
    }),
  );
  await expect(shown.join('')).toMatchFileSnapshot(`goldens/${name}.txt`);
});
