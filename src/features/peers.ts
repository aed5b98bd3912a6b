import { InputError } from '../core/errors.ts'
import type { InstrumentSymbol } from '../core/instrument.ts'

/** The feed hears the instruments that are traded, and no others. */
export const PEER_RULE = 'one of symbols: a peer must be traded too'

/** Throws `InputError` when a peer is none of `symbols`. */
export function checkPeers(peers: readonly InstrumentSymbol[], symbols: readonly InstrumentSymbol[]): void {
  const unknown = peers.filter((peer) => !symbols.includes(peer))
  if (unknown.length === 0) return
  throw new InputError(
    unknown
      .map((peer) => `features.peers: ${peer} was named; it must be ${PEER_RULE} (${symbols.join(', ')})`)
      .join('\n'),
    { unknown },
  )
}
