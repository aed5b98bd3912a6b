import { Command, InvalidArgumentError, Option } from 'commander'
import type {
  CheckConfigOptions,
  DemoOptions,
  ExchangeOptions,
  FitOptions,
  ReplayOptions,
  ResetOptions,
  RunOptions,
  StatusOptions,
  WhyOptions,
} from './command-options.ts'
import type { FeaturesExplainOptions, FeaturesListOptions } from './commands/features.ts'
import { MODES } from './config/modes.ts'
import type { Io } from './io.ts'
import { packageFile } from './package-file.ts'
import { addBacktest, type BacktestCommands } from './program-backtest.ts'
import { addDivergence, type DivergenceCommands } from './program-divergence.ts'
import { addModels, type ModelCommands } from './program-models.ts'
import { type AddCommand, CONFIG, type Finish, JSON_FLAG, wholeNumber, YAML_FILE } from './program-parts.ts'
import { addRuns, type RunCommands } from './program-runs.ts'
import { addSweep, type SweepCommands } from './program-sweep.ts'
import { addTapes, type TapeCommands } from './program-tapes.ts'
import { addTraining, type TrainingCommands } from './program-training.ts'

/** One command: reads its options, says what it has to say through `io`, returns the exit code. Loaded when asked for. */
export interface Commands
  extends TapeCommands,
    ModelCommands,
    BacktestCommands,
    RunCommands,
    SweepCommands,
    DivergenceCommands,
    TrainingCommands {
  featuresList(options: FeaturesListOptions, io: Io): Promise<number>
  featuresExplain(options: FeaturesExplainOptions, io: Io): Promise<number>
  demo(options: DemoOptions, io: Io): Promise<number>
  run(options: RunOptions, io: Io): Promise<number>
  replay(options: ReplayOptions, io: Io): Promise<number>
  exchange(options: ExchangeOptions, io: Io): Promise<number>
  fit(options: FitOptions, io: Io): Promise<number>
  checkConfig(options: CheckConfigOptions, io: Io): Promise<number>
  reset(options: ResetOptions, io: Io): Promise<number>
  status(options: StatusOptions, io: Io): Promise<number>
  why(options: WhyOptions, io: Io): Promise<number>
}

/** The command line. `finish` receives the exit code of the command that ran. */
export function buildProgram(commands: Commands, io: Io, version: string, finish: (code: number) => void): Command {
  const program = new Command('tickwright')
    .description(
      'Reads crypto futures exchanges tick by tick, forecasts at every bar close, trades the forecast under hard limits.',
    )
    .version(version)
    .showHelpAfterError('(run with --help for the options)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
  const demoConfig = packageFile('config/demo.yaml')
  const command = (name: string, description: string) => program.command(name).description(description)

  addTrading(command, commands, io, finish, demoConfig)
  addBacktest(command, commands, io, finish)
  addSweep(command, commands, io, finish)
  addDivergence(command, commands, io, finish)
  addRuns(command('runs', 'look at backtest runs'), commands, io, finish)
  command('exchange', 'run the exchange simulator alone')
    .option(CONFIG, YAML_FILE, demoConfig)
    .option('--port <number>', 'TCP port on loopback, 0 for any free one', wholeNumber(0, 65_535))
    .option('--seed <number>', 'seed of the market', wholeNumber(0, 4_294_967_295))
    .option('--alpha <fraction>', 'how much order flow foretells, 0 to below 1', fraction)
    .option('--port-file <file>', 'write port, process id and instance here once it listens')
    .option('--idle-exit-ms <ms>', 'end when nobody has been connected for so long', wholeNumber(1_000, 86_400_000))
    .action(async (options: ExchangeOptions) => finish(await commands.exchange(options, io)))
  command('fit', 'fit a model on simulated flow and write its bundle')
    .requiredOption(CONFIG, YAML_FILE)
    .option('--out <folder>', 'folder of the model family instead of the configured one')
    .option('--resume', "go on training from the family's current model", false)
    .option(...JSON_FLAG)
    .action(async (options: FitOptions) => finish(await commands.fit(options, io)))
  addTraining(command, commands, io, finish)
  command('check-config', 'check a configuration file')
    .requiredOption(CONFIG, YAML_FILE)
    .action(async (options: CheckConfigOptions) => finish(await commands.checkConfig(options, io)))
  addTapes(command, commands, io, finish)
  addFeatures(command('features', 'what the model can see'), commands, io, finish)
  addModels(command('models', 'look at model bundles, check them, compare them, choose one'), commands, io, finish)
  addInspection(command, commands, io, finish)
  return program
}

function addTrading(command: AddCommand, commands: Commands, io: Io, finish: Finish, demoConfig: string): void {
  const bars = [
    '--bars <number>',
    'stop after so many bars; without it: run until stopped',
    wholeNumber(1, 1e9),
  ] as const
  command('demo', 'trade against the bundled exchange simulator: no network, no keys')
    .option(CONFIG, YAML_FILE, demoConfig)
    .option(...bars)
    .option(...JSON_FLAG)
    .action(async (options: DemoOptions) => finish(await commands.demo(options, io)))
  command('run', 'run in the mode of the configuration: demo, signal, paper or live')
    .requiredOption(CONFIG, YAML_FILE)
    .option(...bars)
    .option(...JSON_FLAG)
    .action(async (options: RunOptions) => finish(await commands.run(options, io)))
  command('replay', 'run recorded tapes through the pipeline')
    .requiredOption('--tape <files...>', 'recorded tapes, in the order of their time')
    .requiredOption(CONFIG, YAML_FILE)
    .option(...JSON_FLAG)
    .action(async (options: ReplayOptions) => finish(await commands.replay(options, io)))
}

function addFeatures(features: Command, commands: Commands, io: Io, finish: Finish): void {
  const config = [CONFIG, 'YAML file whose columns are meant; without it: what can be asked for'] as const
  features
    .command('list')
    .description('what features there are, or the columns of a configuration')
    .option(...config)
    .option(...JSON_FLAG)
    .action(async (options: FeaturesListOptions) => finish(await commands.featuresList(options, io)))
  features
    .command('explain')
    .description('one feature: formula, unit, source, parameters, look-back')
    .argument('<name>', 'a family or a column, as list shows them')
    .option(...config)
    .option(...JSON_FLAG)
    .action(async (name: string, options: FeaturesListOptions) =>
      finish(await commands.featuresExplain({ ...options, name }, io)),
    )
}

function addInspection(command: AddCommand, commands: Commands, io: Io, finish: Finish): void {
  const state = ['--state <folder>', 'state folder', 'state'] as const
  const mode = () => new Option('--mode <mode>', 'which database of the folder').choices(MODES)
  command('status', 'show what a daemon holds and does')
    .option(...state)
    .addOption(mode())
    .option(...JSON_FLAG)
    .action(async (options: StatusOptions) => finish(await commands.status(options, io)))
  command('reset', 'clear a latch that halted entries; stop the daemon first')
    .argument('<latch>', 'its name, as status shows it')
    .option(...state)
    .addOption(mode().makeOptionMandatory())
    .action(async (latch: string, options: Omit<ResetOptions, 'latch'>) =>
      finish(await commands.reset({ ...options, latch }, io)),
    )
  command('why', 'explain one decision')
    .argument('[bar]', '1 for the latest, 2 for the one before, an ISO time inside the bar, or a decision id')
    .option(...state)
    .addOption(mode())
    .option('--symbol <symbol>', 'instrument, e.g. BTC/USDT:USDT')
    .option(...JSON_FLAG)
    .action(async (bar: string | undefined, options: Omit<WhyOptions, 'bar'>) =>
      finish(await commands.why(bar === undefined ? options : { ...options, bar }, io)),
    )
}

function fraction(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value < 1) return value
  throw new InvalidArgumentError('A number from 0 to below 1.')
}
