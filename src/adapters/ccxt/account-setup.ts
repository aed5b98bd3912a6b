import { InputError, TransientError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { VenueClient } from './venue-client.ts'
import { causeOf, isDefinite, VenueRefusal } from './venue-refusal.ts'

export interface AccountSettings {
  /** Times equity. */
  readonly leverage: number
  readonly marginMode: 'cross' | 'isolated'
}

/** "No need to change margin type". */
const MARGIN_UNCHANGED = -4046

/**
 * Makes the account fit: one-way positions (checked), margin mode and leverage of each instrument (set). Throws `InputError` where
 * the venue refuses, `TransientError` where it does not answer.
 */
export async function setUpAccount(
  client: VenueClient,
  instruments: readonly Instrument[],
  settings: AccountSettings,
): Promise<void> {
  const mode = await asked('position mode', () => client.fapiPrivateGetPositionSideDual())
  if (mode?.['dualSidePosition'] !== false) {
    throw new InputError(
      'the account is in hedge mode; switch it to one-way mode (Binance: Preferences, Position Mode)',
    )
  }
  const marginType = settings.marginMode === 'cross' ? 'CROSSED' : 'ISOLATED'
  for (const { symbol, venueSymbol } of instruments) {
    await asked(
      `${symbol}: marginMode ${settings.marginMode}`,
      () => client.fapiPrivatePostMarginType({ symbol: venueSymbol, marginType }),
      MARGIN_UNCHANGED,
    )
    await asked(`${symbol}: leverage ${settings.leverage}`, () =>
      client.fapiPrivatePostLeverage({ symbol: venueSymbol, leverage: settings.leverage }),
    )
  }
}

async function asked<T>(what: string, request: () => Promise<T>, harmless?: number): Promise<T | undefined> {
  try {
    return await request()
  } catch (thrown) {
    if (thrown instanceof VenueRefusal && harmless !== undefined && thrown.code === harmless) return undefined
    if (isDefinite(thrown) && thrown.retryAfterMs === 0)
      throw new InputError(`${what}: the venue refuses: ${thrown.text}`)
    throw new TransientError(`${what}: ${causeOf(thrown)}`, {}, thrown)
  }
}
