import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clientOrderId } from '../../src/trading/client-order-id.ts'

/** Base 32 the long way round: the hash as one big integer. */
function oracle(ledger: string, decisionId: string): string {
  let bits =
    BigInt(
      `0x${createHash('sha256')
        .update(JSON.stringify([ledger, decisionId]))
        .digest('hex')}`,
    ) >> 136n
  let digits = ''
  for (let digit = 0; digit < 24; digit++) {
    digits = 'abcdefghijklmnopqrstuvwxyz234567'[Number(bits & 31n)] + digits
    bits >>= 5n
  }
  return `tw-${ledger}-${digits}`
}

test('one id for one decision of one ledger, of the venue’s alphabet and length', () => {
  fc.assert(
    fc.property(fc.string(), (decisionId) => {
      const id = clientOrderId('main1', decisionId)
      expect(id).toBe(oracle('main1', decisionId))
      expect(id).toMatch(/^[.A-Z:/a-z0-9_-]{1,36}$/)
    }),
  )
})

test('two ledgers never share an id', () => {
  expect(clientOrderId('aa', 'BTC@1')).not.toBe(clientOrderId('ab', 'BTC@1'))
})

test.each(['', 'a', 'toolong', 'UP', 'a b', 'ä1'])('a ledger tag %j is refused', (ledger) => {
  expect(() => clientOrderId(ledger, 'x')).toThrow('ledger tag')
})
