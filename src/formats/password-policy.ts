import type { Account } from '../model/account.ts';
import type { Notice } from '../model/plan.ts';
import type { Secret } from '../model/secret.ts';
import { bcryptLimitBytes } from './bcrypt.ts';

/** PAM hands on at most 512 bytes with the closing zero (PAM_MAX_RESP_SIZE, pam_conv(3)). */
export const longestPasswordBytes = 511;

/** Shorter than this is guessed quickly where a stranger may try. NIST SP 800-63B asks for eight. */
const shortBelow = 8;

/** The top of every published list, lower case, and what rescue guides and installers tell people to type. */
const common = new Set(
  `000000 111111 112233 11111111 121212 123123 123321 1234 12345 123456 1234567 12345678 123456789 1234567890 123qwe
  1q2w3e 1q2w3e4r 1qaz2wsx 555555 654321 666666 696969 7777777 88888888 987654321 aa123456 abc123 abcd1234 access
  admin admin123 azerty azertyuiop baseball changeit changeme charlie computer default doudou dragon football
  freedom hallo hallo123 hello homeassistant iloveyou internet jesus letmein loulou login lovely marseille master
  michael monkey motdepasse mustang nicolas p@ssw0rd p@ssword pass passw0rd passwd password password1 password123
  passwort pi princess qazwsx qwerty qwerty123 qwertyuiop qwertz qwertz123 raspberry root rosebud secret shadow soleil
  starwars sunshine superman temp test test123 toor trustno1 ubuntu user welcome welcome1 whatever zaq12wsx zxcvbnm`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** What a person should know about a password before it is set. It is their machine: nothing here refuses. */
export const passwordNotices = (secret: Secret, realm: Account['realm']): readonly Notice[] => {
  const password = secret.reveal();
  const length = [...password].length;
  const notices: Notice[] = [];
  if (length < shortBelow) notices.push({ code: 'password-short', details: { length } });
  if (common.has(password.toLowerCase())) notices.push({ code: 'password-common', details: {} });
  if (/[^\x20-\x7e]/.test(password)) notices.push({ code: 'password-non-ascii', details: {} });
  if (/^\s|\s$/.test(password)) notices.push({ code: 'password-padded', details: {} });
  if (realm === 'home-assistant' && Buffer.byteLength(password) > bcryptLimitBytes)
    notices.push({ code: 'password-beyond-72-bytes', details: {} });
  return notices;
};
