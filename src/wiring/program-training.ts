import type { Command } from 'commander'
import type { EvaluateOptions } from './commands/evaluate.ts'
import type { SearchOptions } from './commands/search.ts'
import type { TrainOptions } from './commands/train.ts'
import type { TrainerOptions } from './commands/trainer.ts'
import type { TruthOptions } from './commands/truth.ts'
import type { Io } from './io.ts'
import { type AddCommand, CONFIG, type Finish, JSON_FLAG, wholeNumber, YAML_FILE } from './program-parts.ts'

/** Commands that make models and judge them. */
export interface TrainingCommands {
  trainer(options: TrainerOptions, io: Io): Promise<number>
  train(options: TrainOptions, io: Io): Promise<number>
  search(options: SearchOptions, io: Io): Promise<number>
  evaluate(options: EvaluateOptions, io: Io): Promise<number>
  truth(options: TruthOptions, io: Io): Promise<number>
  trainerJob(io: Io): Promise<number>
}

export function addTraining(command: AddCommand, commands: TrainingCommands, io: Io, finish: Finish): void {
  const configured = (name: string, description: string): Command =>
    command(name, description)
      .requiredOption(CONFIG, YAML_FILE)
      .option(...JSON_FLAG)
  const grouped = (name: string, description: string): Command =>
    configured(name, description).option(
      '--group <name>',
      'of model.groups: whose model; needed where there are groups',
    )
  configured('trainer', 'the sidecar of a daemon: retrains, proves, shows challengers live bars, promotes').action(
    async (options: TrainerOptions) => finish(await commands.trainer(options, io)),
  )
  grouped('train', 'train one model, judge it and write its bundle').action(async (options: TrainOptions) =>
    finish(await commands.train(options, io)),
  )
  grouped('search', 'search the settings of a model; goes on where it stopped').action(async (options: SearchOptions) =>
    finish(await commands.search(options, io)),
  )
  grouped('evaluate', 'walk-forward of a recipe beside the baselines, after costs')
    .option('--out <file>', 'page to write; without it in the folder of the trainer')
    .action(async (options: EvaluateOptions) => finish(await commands.evaluate(options, io)))
  command('truth', 'does the trainer find an edge that is there, and none that is not? On simulated markets')
    .option('--planted-seeds <number>', 'markets with an edge', wholeNumber(1, 1_000), 10)
    .option('--null-seeds <number>', 'markets without', wholeNumber(1, 10_000), 40)
    .option('--workers <number>', 'processes at once', wholeNumber(1, 64), 2)
    .option(...JSON_FLAG)
    .action(async (options: TruthOptions) => finish(await commands.truth(options, io)))
  command('trainer-job', 'a process that the trainer begins').action(async () => finish(await commands.trainerJob(io)))
}
