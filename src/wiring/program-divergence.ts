import { InvalidArgumentError } from 'commander'
import type { DivergenceOptions } from './commands/divergence.ts'
import type { Io } from './io.ts'
import { type AddCommand, CONFIG, type Finish, JSON_FLAG, YAML_FILE } from './program-parts.ts'

export interface DivergenceCommands {
  divergence(options: DivergenceOptions, io: Io): Promise<number>
}

const LATENCY_MS_MAX = 60_000

export function addDivergence(command: AddCommand, commands: DivergenceCommands, io: Io, finish: Finish): void {
  command('divergence', 'send the orders of a recorded run to the simulated venue, and tell where the two differ')
    .requiredOption(
      '--session <files...>',
      'tapes of one run in mode demo, paper or live, all from its first, in order',
    )
    .requiredOption(CONFIG, `${YAML_FILE}; that of the run`)
    .option('--state <folder>', "state folder of the run; without it the configuration's")
    .option('--latency <ms>', "orders' way to the venue, milliseconds, instead of the measured", milliseconds)
    .option('--out <file>', 'HTML page to write')
    .option(...JSON_FLAG)
    .action(async (options: DivergenceOptions) => finish(await commands.divergence(options, io)))
}

function milliseconds(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= LATENCY_MS_MAX) return value
  throw new InvalidArgumentError(`Milliseconds from 0 to ${LATENCY_MS_MAX}.`)
}
