import type { Command } from 'commander'
import type { ModelsAverageOptions } from './commands/models-average.ts'
import type { ModelsDiffOptions } from './commands/models-diff.ts'
import type { ModelsDrawOptions } from './commands/models-draw.ts'
import type { ModelsListOptions } from './commands/models-list.ts'
import type { ModelsPromoteOptions, ModelsRollbackOptions } from './commands/models-promote.ts'
import type { ModelsRetireOptions } from './commands/models-retire.ts'
import type { ModelsShowOptions } from './commands/models-show.ts'
import type { ModelsVerifyOptions } from './commands/models-verify.ts'
import type { Io } from './io.ts'
import { type Finish, JSON_FLAG, wholeNumber } from './program-parts.ts'

/** Commands about model bundles. */
export interface ModelCommands {
  modelsList(options: ModelsListOptions, io: Io): Promise<number>
  modelsShow(options: ModelsShowOptions, io: Io): Promise<number>
  modelsVerify(options: ModelsVerifyOptions, io: Io): Promise<number>
  modelsDiff(options: ModelsDiffOptions, io: Io): Promise<number>
  modelsPromote(options: ModelsPromoteOptions, io: Io): Promise<number>
  modelsRollback(options: ModelsRollbackOptions, io: Io): Promise<number>
  modelsRetire(options: ModelsRetireOptions, io: Io): Promise<number>
  modelsDraw(options: ModelsDrawOptions, io: Io): Promise<number>
  modelsAverage(options: ModelsAverageOptions, io: Io): Promise<number>
}

const VERSION = 'a version, family/version, or current'
const WHY = ['--why <text>', 'reason, for the history of the family'] as const

export function addModels(models: Command, commands: ModelCommands, io: Io, finish: Finish): void {
  const command = (name: string, description: string) =>
    models
      .command(name)
      .description(description)
      .option('--path <folder>', 'folder of one model family')
      .option('--root <folder>', 'folder of all families', 'models')
  command('list', 'versions, which one is current, age, score, and whether they are whole')
    .option(...JSON_FLAG)
    .action(async (options: ModelsListOptions) => finish(await commands.modelsList(options, io)))
  command('show', 'what the manifest of a model says')
    .argument('<model>', VERSION)
    .option(...JSON_FLAG)
    .action(async (model: string, options: Omit<ModelsShowOptions, 'model'>) =>
      finish(await commands.modelsShow({ ...options, model }, io)),
    )
  command('verify', 'check checksums, manifest, graph and golden vectors; exit code 1 when any model is refused')
    .argument('[model]', `${VERSION}; without it the current one`)
    .option('--all', 'every version', false)
    .option(...JSON_FLAG)
    .action(async (model: string | undefined, options: Omit<ModelsVerifyOptions, 'model'>) =>
      finish(await commands.modelsVerify(model === undefined ? options : { ...options, model }, io)),
    )
  command('diff', 'what changed between two models, and how far their forecasts lie apart')
    .argument('<a>', VERSION)
    .argument('<b>', VERSION)
    .option(...JSON_FLAG)
    .action(async (a: string, b: string, options: Omit<ModelsDiffOptions, 'a' | 'b'>) =>
      finish(await commands.modelsDiff({ ...options, a, b }, io)),
    )
  command('promote', 'check a model and make it the one of its family that decides')
    .argument('<model>', VERSION)
    .option(...WHY)
    .option(...JSON_FLAG)
    .action(async (model: string, options: Omit<ModelsPromoteOptions, 'model'>) =>
      finish(await commands.modelsPromote({ ...options, model }, io)),
    )
  command('rollback', 'go back to the model that decided before')
    .argument('[family]', 'name of the family; without it the only one')
    .option(...WHY)
    .option(...JSON_FLAG)
    .action(async (family: string | undefined, options: Omit<ModelsRollbackOptions, 'family'>) =>
      finish(await commands.modelsRollback(family === undefined ? options : { ...options, family }, io)),
    )
  command('retire', 'never let a model decide or run in shadow again; its files stay')
    .argument('<model>', VERSION)
    .option(...WHY)
    .option(...JSON_FLAG)
    .action(async (model: string, options: Omit<ModelsRetireOptions, 'model'>) =>
      finish(await commands.modelsRetire({ ...options, model }, io)),
    )
  command('draw', 'draw the graph of a model as SVG')
    .argument('<model>', `${VERSION}; or a file that ends in .onnx; or with --architecture the name of one`)
    .option('--architecture', 'draw an untrained architecture with its defaults', false)
    .option('--out <file>', 'SVG file to write; without it standard output')
    .option('--depth <number>', 'levels of scopes to open; without it as many as stay readable', wholeNumber(0, 100))
    .action(async (model: string, options: Omit<ModelsDrawOptions, 'model'>) =>
      finish(await commands.modelsDraw({ ...options, model }, io)),
    )
  command('average', 'make one model that averages the forecasts of several')
    .argument('<models...>', `at least two: ${VERSION}`)
    .requiredOption('--out <folder>', 'folder of the model family that the average is written into')
    .option(...JSON_FLAG)
    .action(async (members: readonly string[], options: Omit<ModelsAverageOptions, 'models'>) =>
      finish(await commands.modelsAverage({ ...options, models: members }, io)),
    )
}
