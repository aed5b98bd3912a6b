import { onnxRuntime } from '../../../../src/adapters/onnx/onnx-runtime.ts'
import { featureSchema } from '../../../../src/features/feature-schema.ts'
import type { CandleSeries } from '../../../../src/market/candles/candle.ts'
import { fitRidgeForecaster } from '../../../../src/training/fit-ridge-forecaster.ts'
import type { BacktestOutcome, BacktestParts } from '../../../../src/wiring/backtest/backtest.ts'
import { walkingModels } from '../../../../src/wiring/backtest/backtest-models.ts'
import { runBacktest } from '../../../../src/wiring/backtest/run-backtest.ts'
import { type DatedModel, WalkForward } from '../../../../src/wiring/backtest/walk-forward.ts'
import type { BacktestConfig } from '../../../../src/wiring/config/schema.ts'

/** A walk-forward of ridge models, nothing of it kept. */
export async function walked(
  config: BacktestConfig,
  series: readonly CandleSeries[],
  parts: Partial<BacktestParts> = {},
): Promise<BacktestOutcome & { readonly models: readonly DatedModel[] }> {
  const schema = featureSchema({ barMs: config.barMs, ...config.features })
  const retrain = config.backtest.retrain!
  const walk = new WalkForward({
    settings: retrain,
    family: 'test',
    schema,
    symbols: config.symbols,
    fit: fitRidgeForecaster,
    runtime: onnxRuntime({ intraOpThreads: 1 }),
    clock: { monotonicMs: () => 0 },
    save: () => Promise.resolve(),
  })
  const families = [{ group: undefined, symbols: config.symbols, models: walkingModels(walk, retrain) }]
  const outcome = await runBacktest({
    config,
    schema,
    series,
    families,
    monotonicMs: () => performance.now(),
    ...parts,
  })
  return { ...outcome, models: walk.models }
}
