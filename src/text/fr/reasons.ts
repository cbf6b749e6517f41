import { named } from '../names.ts';

/** The kernel’s answer (errno(3)) in words where people meet it: a damaged or encrypted file system. */
export const reasonOf = (code: string): string => words[code] ?? named(code);

const words: Readonly<Record<string, string>> = {
  'not-a-file': 'c’est un lien, ou pas un simple fichier à part entière',
  ENOENT: 'il n’est pas là',
  EUCLEAN: 'le système de fichiers est endommagé à cet endroit',
  EBADMSG: 'sa somme de contrôle est fausse',
  ENOKEY: 'chiffré, et la clé n’est pas ici',
  ETIMEDOUT: 'aucune réponse pendant une minute',
};
