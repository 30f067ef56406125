import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressPolicy } from './address-policy.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

describe('address policy', () => {
  const policy = createAddressPolicy([]);

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.255',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'not an address',
    '',
    '127.1',
    '1.2.3.4.5',
  ])('blocks %s', (address) => {
    expect(policy.judge(address)).toBe('blocked');
  });

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '223.255.255.255',
    '2001:4860:4860::8888',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('lets %s pass', (address) => {
    expect(policy.judge(address)).toBe('public');
  });

  it('allows what is listed, and nothing beside it', () => {
    const { judge } = createAddressPolicy(['127.0.0.0/8', '10.1.2.3', 'fd00::/8', '::1', ' 8.8.8.8/32 ']);
    const verdicts = ['127.9.9.9', '10.1.2.3', '10.1.2.4', 'fd12::1', 'fc00::1', '::1', '::2', '8.8.8.8'].map(
      judge,
    );
    const [yes, no] = ['allowed', 'blocked'] as const;
    expect(verdicts).toEqual([yes, yes, no, yes, no, yes, no, yes]);
  });

  it('judges an address inside an IPv6 one by where it leads', () => {
    const { judge } = createAddressPolicy(['127.0.0.0/8']);
    expect(judge('::ffff:127.0.0.1')).toBe('allowed');
    expect(judge('::ffff:10.0.0.1')).toBe('blocked');
    expect(judge('64:ff9b::7f00:1')).toBe('blocked');
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '::/129',
    'localhost',
    '10/8',
    '',
    '10.0.0.0/',
    '1.2.3.4/0x8',
  ])('refuses the range %j', (range) => {
    expect(() => createAddressPolicy([range])).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  });

  it(`agrees with plain arithmetic on every range (seed ${seed})`, () => {
    const word = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    fc.assert(
      fc.property(
        word,
        fc.integer({ min: 0, max: 128 }),
        word,
        fc.integer({ min: 0, max: 128 }),
        (base, prefix, noise, shared) => {
          // An address that shares its first bits with the range, so that both sides of its edge are met.
          const kept = ((2n ** BigInt(shared) - 1n) << BigInt(128 - shared)) & (2n ** 128n - 1n);
          const address = (base & kept) | (noise & ~kept & (2n ** 128n - 1n));
          const inside = base >> BigInt(128 - prefix) === address >> BigInt(128 - prefix);
          const { judge } = createAddressPolicy([`${ipv6Of(base)}/${prefix}`]);
          expect(judge(ipv6Of(address)) === 'allowed').toBe(inside);
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  it(`lets no IPv6 address outside of global unicast pass (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (address) => {
        fc.pre(address >> 125n !== 1n);
        expect(policy.judge(ipv6Of(address))).toBe('blocked');
      }),
      { seed, numRuns: 500 },
    );
  });
});

function ipv6Of(value: bigint): string {
  const hex = value.toString(16).padStart(32, '0');
  return (hex.match(/.{4}/g) ?? []).join(':');
}
