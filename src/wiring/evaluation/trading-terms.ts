import type { Config } from '../config/schema.ts'
import type { TrainerConfig } from '../config/trainer-section.ts'
import type { TrainingRows } from '../trainer/training-rows.ts'
import type { TradingTerms } from './forecast-trader.ts'

/** How a trainer's configuration trades what it judges. */
export const tradingTerms = (
  config: Config & { readonly trainer: TrainerConfig },
  { instruments, payments }: Pick<TrainingRows, 'instruments' | 'payments'>,
): TradingTerms => ({
  ...config,
  ...{ simulation: config.trainer.simulation, startingBalance: config.trainer.startingBalance },
  ...{ instruments, payments },
})
