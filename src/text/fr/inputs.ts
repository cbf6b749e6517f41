import type { inputs as english } from '../en/inputs.ts';
import type { Words } from '../words.ts';

export const inputs: Words<typeof english> = {
  cli: {
    'public-key': 'un fichier comme id_ed25519.pub (- pour l’entrée standard) ; sinon elle est demandée',
    destination: 'un dossier ; il est créé s’il manque',
    file: 'un fichier (- pour l’entrée standard)',
  },
};
