import { type Command, Option } from 'commander'
import type { AnalyzeOfiOptions } from './commands/analyze-ofi.ts'
import type { RecordOptions } from './commands/record.ts'
import type { TapeExportOptions } from './commands/tape-export.ts'
import type { TapeImportOptions } from './commands/tape-import.ts'
import type { TapeInfoOptions } from './commands/tape-info.ts'
import type { TapeVerifyOptions } from './commands/tape-verify.ts'
import type { Io } from './io.ts'
import { type AddCommand, CONFIG, type Finish, JSON_FLAG, wholeNumber, YAML_FILE } from './program-parts.ts'

/** Commands that make tapes or read them. */
export interface TapeCommands {
  record(options: RecordOptions, io: Io): Promise<number>
  tapeInfo(options: TapeInfoOptions, io: Io): Promise<number>
  tapeVerify(options: TapeVerifyOptions, io: Io): Promise<number>
  tapeImport(options: TapeImportOptions, io: Io): Promise<number>
  tapeExport(options: TapeExportOptions, io: Io): Promise<number>
  analyzeOfi(options: AnalyzeOfiOptions, io: Io): Promise<number>
}

const TAPES = ['--tape <files...>', 'recorded tapes, in the order of their time'] as const
const FILES = ['<files...>', 'tapes, in the order of their time'] as const

export function addTapes(command: AddCommand, commands: TapeCommands, io: Io, finish: Finish): void {
  command('record', 'record the market data of a configuration to tapes, without trading')
    .requiredOption(CONFIG, YAML_FILE)
    .option(
      '--dir <folder>',
      "folder of the tapes; without it the configuration's tape.dir, else tapes in its state folder",
    )
    .option(
      '--minutes <number>',
      'stop after so many minutes; without it: record until stopped',
      wholeNumber(1, 10_000_000),
    )
    .option(...JSON_FLAG)
    .action(async (options: RecordOptions) => finish(await commands.record(options, io)))
  addTape(command('tape', 'look at tapes, check them, make them, turn them into tables'), commands, io, finish)
  addAnalyze(command('analyze', 'what recorded tapes show'), commands, io, finish)
}

function addTape(tape: Command, commands: TapeCommands, io: Io, finish: Finish): void {
  tape
    .command('info')
    .description('what tapes hold')
    .argument(...FILES)
    .option(...JSON_FLAG)
    .action(async (files: string[], { json }: { json: boolean }) =>
      finish(await commands.tapeInfo({ files, json }, io)),
    )
  tape
    .command('verify')
    .description('check tapes; exit code 1 with findings')
    .argument(...FILES)
    .option(...JSON_FLAG)
    .action(async (files: string[], { json }: { json: boolean }) =>
      finish(await commands.tapeVerify({ files, json }, io)),
    )
  tape
    .command('import')
    .description("make a tape of somebody else's data")
    .addOption(
      new Option('--from <format>', 'what the files are').choices(['hftbacktest', 'binance-csv']).makeOptionMandatory(),
    )
    .requiredOption('--in <files...>', 'files to read, in the order of their time')
    .requiredOption('--out <file>', 'tape to write; must not be there yet')
    .addOption(
      new Option('--market <market>', 'of CSV files, where their names do not tell').choices(['um', 'cm', 'spot']),
    )
    .option(...JSON_FLAG)
    .action(async (options: TapeImportOptions) => finish(await commands.tapeImport(options, io)))
  tape
    .command('export')
    .description('an Arrow file for Python, polars and others')
    .requiredOption(...TAPES)
    .requiredOption('--out <file>', 'Arrow file to write; must not be there yet')
    .addOption(
      new Option('--what <rows>', 'which rows')
        .choices(['trades', 'quotes', 'book', 'bars', 'klines'])
        .makeOptionMandatory(),
    )
    .option('--symbol <symbol>', 'instrument, where the tapes hold several')
    .option('--bar <bar>', 'of bars: 1s, 5m, tick:100, volume:50, dollar:1000000 …')
    .option('--levels <number>', 'of the book, levels a side', wholeNumber(1, 1_000))
    .option(...JSON_FLAG)
    .action(async (options: TapeExportOptions) => finish(await commands.tapeExport(options, io)))
}

function addAnalyze(analyze: Command, commands: TapeCommands, io: Io, finish: Finish): void {
  analyze
    .command('ofi')
    .description('order-flow imbalance against price moves')
    .requiredOption(...TAPES)
    .option('--bar <span>', 'length of a bar, e.g. 500ms, 1s, 5m', '1s')
    .addOption(new Option('--source <source>', 'best quotes').choices(['bookTicker', 'book']).default('bookTicker'))
    .addOption(new Option('--clock <clock>', 'time of an event').choices(['receive', 'exchange']).default('receive'))
    .option('--symbol <symbol>', 'instrument, where the tapes hold several')
    .option('--plot <file>', 'HTML page to write; without it one under state/reports')
    .option('--no-plot', 'write no page')
    .option('--out <file>', 'bars as CSV')
    .option(...JSON_FLAG)
    .action(async (options: AnalyzeOfiOptions) => finish(await commands.analyzeOfi(options, io)))
}
