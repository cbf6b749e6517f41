import { expect, test } from 'vitest';
import { isInNetwork, parseIpAddress, parseIpNetwork } from '../../../src/formats/ip-network.ts';

test.each([
  ['192.0.2.7', '192.0.2.0/24', true],
  ['192.0.3.7', '192.0.2.0/24', false],
  ['192.0.2.7', '0.0.0.0/0', true],
  ['192.0.2.7', '192.0.2.7', true],
  ['10.0.0.1', '10.1', true],
  ['2001:db8::7', '2001:db8::/32', true],
  ['2001:db9::7', '2001:db8::/32', false],
  ['::ffff:192.0.2.7', '::ffff:192.0.2.0/120', true],
  ['192.0.2.7', '::/0', false],
  ['fe80::1%eth0', 'fe80::/10', true],
])('%s in %s: %s', (address, network, isIn) => {
  const [one, other] = [parseIpAddress(address), parseIpNetwork(network)];
  if (!one || !other || other === 'inconsistent') throw new Error('not read');
  expect(isInNetwork(one, other)).toBe(isIn);
});

test('what is none', () => {
  for (const text of ['', 'laptop', '1.2.3.4.5', '256.1.1.1', '1::2::3', '1:2:3', '10.*', '12345::', ':::'])
    expect(parseIpAddress(text)).toBeUndefined();
  expect(parseIpNetwork('10.0.0.1/8')).toBe('inconsistent');
  expect(parseIpNetwork('10.0.0.0/33')).toBe('inconsistent');
  expect(parseIpNetwork('10.0.0.0/x')).toBeUndefined();
});
