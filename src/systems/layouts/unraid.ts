import { kindAt } from '../look.ts';
import type { Layout } from './layout.ts';

/**
 * Unraid runs from memory; its accounts lie in /config of the stick that it starts from, and are copied to /etc when it
 * starts (docs.unraid.net, "Unraid OS/Manual/Users": the stick's config folder).
 */
export const unraid: Layout = {
  id: 'unraid',

  async find({ volume, tree }) {
    const kinds = await Promise.all(signs.map((path) => kindAt(tree, path)));
    if (!kinds.every((kind) => kind === 'file')) return [];
    const pieces = [
      { at: '/', layers: [{ volume, folder: '/' }] },
      { at: '/etc', layers: [{ volume, folder: '/config' }] },
    ];
    return [{ pieces, replacesWhole: true }];
  },
};

const signs = ['/config/shadow', '/config/passwd', '/config/ident.cfg'];
