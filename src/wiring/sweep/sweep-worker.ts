import { parentPort, type Worker, workerData } from 'node:worker_threads'
import { runTrial } from '../backtest/run-trial.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { serveTrials, startThread } from './serve-trials.ts'

const MARK = 'tickwright-sweep-worker'

/** A thread that runs backtests one after the other. */
export const startSweepWorker = (): Worker => startThread(import.meta.url, MARK)

// The configuration was checked before it was sent.
if (parentPort && workerData === MARK) {
  serveTrials(parentPort, (config, watch) => runTrial(config as BacktestConfig, watch))
}
