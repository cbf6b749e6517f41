/** An address of the Internet: 32 or 128 bits. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Addresses that begin alike. */
export interface IpNetwork extends IpAddress {
  readonly prefixLength: number;
}

/** `192.0.2.7`, `2001:db8::7`, as getaddrinfo(3) takes numbers; a zone (`%eth0`) is left out. Undefined for anything else. */
export const parseIpAddress = (text: string): IpAddress | undefined =>
  text.includes(':') ? parseSix(text.replace(/%.*$/, '')) : parseFour(text);

/** An address, or `address/bits`. `inconsistent`: more bits than the address has, or some set behind them. */
export const parseIpNetwork = (text: string): IpNetwork | 'inconsistent' | undefined => {
  const [before = '', length, ...more] = text.split('/');
  if (more.length > 0 || (length !== undefined && !/^\d{1,9}$/.test(length))) return undefined;
  const address = parseIpAddress(before);
  if (!address) return undefined;
  const prefixLength = length === undefined ? address.bits : Number(length);
  if (prefixLength > address.bits) return 'inconsistent';
  const hostBits = BigInt(address.bits - prefixLength);
  if ((address.value & ((1n << hostBits) - 1n)) !== 0n) return 'inconsistent';
  return { ...address, prefixLength };
};

export const isInNetwork = (address: IpAddress, { bits, value, prefixLength }: IpNetwork): boolean => {
  const hostBits = BigInt(bits - prefixLength);
  return address.bits === bits && address.value >> hostBits === value >> hostBits;
};

/** Also the short forms of inet_aton(3): `10.1` is 10.0.0.1, and parts may be octal or hexadecimal. */
const parseFour = (text: string): IpAddress | undefined => {
  const parts = text.split('.').map(numberOf);
  const last = parts.pop();
  if (last === undefined || parts.length > 3) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (part === undefined || part > 255n) return undefined;
    value = (value << 8n) | part;
  }
  const lastBits = BigInt(8 * (4 - parts.length));
  return last < 1n << lastBits ? { bits: 32, value: (value << lastBits) | last } : undefined;
};

const numberOf = (text: string): bigint | undefined => {
  if (/^0[0-7]{1,11}$/.test(text)) return BigInt(`0o${text.slice(1)}`);
  return /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? BigInt(text) : undefined;
};

const parseSix = (text: string): IpAddress | undefined => {
  const four = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (four) {
    const tail = parseFour(four[2] ?? '')?.value;
    if (tail === undefined) return undefined;
    return parseSix(`${four[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...head, ...tail];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - groups.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array(missing).fill('0'), ...tail];
  return { bits: 128, value: all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) };
};
