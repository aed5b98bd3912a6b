import type { Command } from 'commander'
import type { RunsCompareOptions } from './commands/runs-compare.ts'
import type { RunsListOptions } from './commands/runs-list.ts'
import type { RunsShowOptions } from './commands/runs-show.ts'
import type { Io } from './io.ts'
import { type Finish, JSON_FLAG } from './program-parts.ts'

/** Commands about backtest runs. */
export interface RunCommands {
  runsList(options: RunsListOptions, io: Io): Promise<number>
  runsShow(options: RunsShowOptions, io: Io): Promise<number>
  runsCompare(options: RunsCompareOptions, io: Io): Promise<number>
}

const RUN = 'id of a run, or how only one of them begins'

export function addRuns(runs: Command, commands: RunCommands, io: Io, finish: Finish): void {
  const command = (name: string, description: string) =>
    runs
      .command(name)
      .description(description)
      .option('--state <folder>', 'state folder', 'state')
      .option(...JSON_FLAG)
  command('list', 'backtest runs, oldest first').action(async (options: RunsListOptions) =>
    finish(await commands.runsList(options, io)),
  )
  command('show', 'numbers of a run and what it was made of')
    .argument('<run>', RUN)
    .action(async (run: string, options: RunsListOptions) => finish(await commands.runsShow({ ...options, run }, io)))
  command('compare', 'two runs side by side; whether the one repeats the other')
    .argument('<a>', RUN)
    .argument('<b>', RUN)
    .action(async (a: string, b: string, options: RunsListOptions) =>
      finish(await commands.runsCompare({ ...options, a, b }, io)),
    )
}
