import type { SweepOptions } from './commands/sweep.ts'
import type { Io } from './io.ts'
import { type AddCommand, CONFIG, type Finish, JSON_FLAG, YAML_FILE } from './program-parts.ts'

export interface SweepCommands {
  sweep(options: SweepOptions, io: Io): Promise<number>
}

export function addSweep(command: AddCommand, commands: SweepCommands, io: Io, finish: Finish): void {
  command('sweep', 'run one backtest for each combination of the values that a file names, in threads')
    .requiredOption(CONFIG, `${YAML_FILE}; of the backtest that is varied`)
    .requiredOption('--sweep <file>', 'YAML file of the values, see docs/backtesting.md')
    .option('--out <folder>', 'folder of the finished trials; the same folder goes on where it stopped', 'state/sweep')
    .option(...JSON_FLAG)
    .action(async (options: SweepOptions) => finish(await commands.sweep(options, io)))
}
