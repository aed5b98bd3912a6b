import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../../../src/wiring/config/load-config.ts'
import type { BacktestConfig } from '../../../../src/wiring/config/schema.ts'
import { EAGER_POLICY } from '../../../support/workspace.ts'

const loaded = loadConfig('config/backtest-tape.yaml')
if (loaded.mode !== 'backtest') throw new Error(`config/backtest-tape.yaml is of mode ${loaded.mode}`)

/** The shipped configuration, trading at nearly every bar. */
export const TAPE_BASE: BacktestConfig = {
  ...loaded,
  policy: { ...loaded.policy, ...EAGER_POLICY },
  backtest: {
    ...loaded.backtest,
    resamples: 100,
    instruments: loaded.backtest.instruments.map((one) => ({ ...one, makerFeeRate: 0, takerFeeRate: 0 })),
  },
}

/** Writes the text of a tape, or a piece of it, and returns its path. */
export function tapeFile(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
