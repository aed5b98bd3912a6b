import { InvalidArgumentError } from 'commander'
import type { BacktestOptions } from './commands/backtest.ts'
import type { Io } from './io.ts'
import { type AddCommand, CONFIG, type Finish, JSON_FLAG, wholeNumber, YAML_FILE } from './program-parts.ts'

/** Commands that run strategies over data of the past. */
export interface BacktestCommands {
  backtest(options: BacktestOptions, io: Io): Promise<number>
}

export function addBacktest(command: AddCommand, commands: BacktestCommands, io: Io, finish: Finish): void {
  command(
    'backtest',
    'run the strategy of a configuration over candles or tapes, with the models that would have existed',
  )
    .requiredOption(CONFIG, YAML_FILE)
    .option('--tape <files...>', 'recorded tapes, in the order of their time, in place of candles')
    .option('--data <folder>', 'folder of the candles instead of the configured one')
    .option('--check-lookahead', 'look for decisions that knew the future; exit code 1 when there are any', false)
    .option('--cuts <number>', 'shorter runs that the check compares with the whole one', wholeNumber(1, 1_000), 3)
    .option('--plant-lookahead', 'plant a feature that knows the next close, to see the check fail', false)
    .option(
      '--trials <number>',
      'configurations tried on these data: deflates the Sharpe ratio',
      wholeNumber(1, 1e6),
      1,
    )
    .option('--trial-variance <number>', 'variance of their Sharpe ratios by the year, as a sweep tells it', variance)
    .option(...JSON_FLAG)
    .action(async (options: BacktestOptions) => finish(await commands.backtest(options, io)))
}

function variance(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new InvalidArgumentError('A number of at least 0.')
}
