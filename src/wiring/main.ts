#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { packageFile } from './package-file.ts'
import { processIo } from './process-io.ts'
import type { Commands } from './program.ts'
import { runCli } from './run-cli.ts'

// Each command is loaded when asked for: `check-config` needs no exchange client and no model runtime.
const commands: Commands = {
  demo: async (options, io) => (await import('./commands/demo.ts')).demoCommand(options, io),
  run: async (options, io) => (await import('./commands/run.ts')).runCommand(options, io),
  replay: async (options, io) => (await import('./commands/replay.ts')).replayCommand(options, io),
  record: async (options, io) => (await import('./commands/record.ts')).recordCommand(options, io),
  tapeInfo: async (options, io) => (await import('./commands/tape-info.ts')).tapeInfoCommand(options, io),
  tapeVerify: async (options, io) => (await import('./commands/tape-verify.ts')).tapeVerifyCommand(options, io),
  tapeImport: async (options, io) => (await import('./commands/tape-import.ts')).tapeImportCommand(options, io),
  tapeExport: async (options, io) => (await import('./commands/tape-export.ts')).tapeExportCommand(options, io),
  analyzeOfi: async (options, io) => (await import('./commands/analyze-ofi.ts')).analyzeOfiCommand(options, io),
  featuresList: async (options, io) => (await import('./commands/features.ts')).featuresListCommand(options, io),
  featuresExplain: async (options, io) => (await import('./commands/features.ts')).featuresExplainCommand(options, io),
  backtest: async (options, io) => (await import('./commands/backtest.ts')).backtestCommand(options, io),
  runsList: async (options, io) => (await import('./commands/runs-list.ts')).runsListCommand(options, io),
  runsShow: async (options, io) => (await import('./commands/runs-show.ts')).runsShowCommand(options, io),
  runsCompare: async (options, io) => (await import('./commands/runs-compare.ts')).runsCompareCommand(options, io),
  sweep: async (options, io) => (await import('./commands/sweep.ts')).sweepCommand(options, io),
  divergence: async (options, io) => (await import('./commands/divergence.ts')).divergenceCommand(options, io),
  modelsList: async (options, io) => (await import('./commands/models-list.ts')).modelsListCommand(options, io),
  modelsShow: async (options, io) => (await import('./commands/models-show.ts')).modelsShowCommand(options, io),
  modelsVerify: async (options, io) => (await import('./commands/models-verify.ts')).modelsVerifyCommand(options, io),
  modelsDiff: async (options, io) => (await import('./commands/models-diff.ts')).modelsDiffCommand(options, io),
  modelsUse: async (options, io) => (await import('./commands/models-use.ts')).modelsUseCommand(options, io),
  modelsDraw: async (options, io) => (await import('./commands/models-draw.ts')).modelsDrawCommand(options, io),
  modelsAverage: async (options, io) =>
    (await import('./commands/models-average.ts')).modelsAverageCommand(options, io),
  exchange: async (options, io) => (await import('./commands/exchange.ts')).exchangeCommand(options, io),
  fit: async (options, io) => (await import('./commands/fit.ts')).fitCommand(options, io),
  checkConfig: async (options, io) => (await import('./commands/check-config.ts')).checkConfigCommand(options, io),
  reset: async (options, io) => (await import('./commands/reset.ts')).resetCommand(options, io),
  status: async (options, io) => (await import('./commands/status.ts')).statusCommand(options, io),
  why: async (options, io) => (await import('./commands/why.ts')).whyCommand(options, io),
}

// What nobody caught is a bug or a dead disk: exit code 3, on which a supervisor starts the daemon again (Node's own 1 means bad input).
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (thrown: unknown) => {
    process.stderr.write(`fatal: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
    process.exit(3)
  })
}

const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }
const code = await runCli(process.argv.slice(2), commands, processIo(), version)
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
process.exit(code) // Native libraries may hold the event loop open.
