import { formatSize } from '../../formats/size.ts';
import type { ErrorCode } from '../../model/errors.ts';
import { named } from '../names.ts';
import type { ErrorSentences } from '../sentences.ts';

type StackCode = Extract<ErrorCode, 'raid-incomplete' | 'group-incomplete' | 'group-in-use' | 'locked' | 'volume-cut'>;

export const stackErrors: Pick<ErrorSentences, StackCode> = {
  'raid-incomplete': ({ name, present, devices }) =>
    `Sur les ${devices} disques du RAID ${named(name)}, ${present} seulement ont pu servir, et cela ne suffit pas pour le lire. Branchez les autres et recommencez. Rien n’a été modifié.`,
  'group-incomplete': ({ group, missing }) =>
    `Le groupe de volumes LVM ${named(group)} n’est pas complet. Il manque : ${missing
      .map(
        ({ uuid, sizeBytes, hint }) =>
          `un disque ou une partition de ${formatSize(sizeBytes)} (${hint === undefined ? '' : `vu en dernier comme ${named(hint)}, `}UUID LVM ${named(uuid)})`,
      )
      .join(' ; ')}. Branchez-le et recommencez : un groupe s’ouvre en entier ou pas du tout. Rien n’a été modifié.`,
  'group-in-use': ({ group }) =>
    `Un autre programme, peut-être un autre Sparekey, tient ouvert le groupe de volumes ${named(group)}. Fermez-le et recommencez. Rien n’a été modifié.`,
  'volume-cut': ({ selector, missingBytes }) =>
    `Il manque les derniers ${formatSize(missingBytes)} de ${named(selector)} : il a été copié vers plus petit, ou la copie a été interrompue. Ses fichiers peuvent être listés et copiés pour autant qu’ils sont là ; rien ne peut y être modifié. Recopiez le disque en entier. Rien n’a été modifié.`,
  locked: ({ selector, tried }) =>
    tried === 0
      ? `${named(selector)} est chiffré : il faut une phrase de passe. Donnez-la avec --passphrase-file FICHIER (- pour l’entrée standard), ou un fichier de clé avec --key-file FICHIER. Rien n’a été modifié.`
      : `${named(selector)} est chiffré, et ce qui a été donné (${tried}) ne l’ouvre pas. Attention aux majuscules et à la disposition du clavier, puis réessayez. Rien n’a été modifié.`,
};
