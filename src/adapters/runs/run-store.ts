import { mkdir, open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'
import { readPlainFile } from '../bundle/read-plain-file.ts'
import { withTemporaryFolder } from '../bundle/temporary-folder.ts'
import { syncFolder } from '../files/durable-file.ts'
import { parseRunFile, type RunFile } from './run-file.ts'
import { isRunId } from './run-id.ts'

/** Name of a file of a run, and its text in pieces. */
export type RunTexts = Readonly<Record<string, Iterable<string>>>

export interface ListedRun {
  readonly runId: string
  readonly folder: string
  /** Undefined where `run.json` is damaged; then `problem` says how. */
  readonly run?: RunFile
  readonly problem?: string
}

/** Backtest runs under `<state>/runs/<runId>/`. A run never changes once it is there. */
export interface RunStore {
  /** All files or nothing, also when power fails in between. A run of the same id is never replaced: this one gets a number. */
  write(runId: string, texts: RunTexts): Promise<{ readonly runId: string; readonly folder: string }>
  /** Oldest first. */
  list(): Promise<readonly ListedRun[]>
  /** The run whose id is or begins with `text`. Throws `InputError` where that is none, several or damaged. */
  read(text: string): Promise<Required<Omit<ListedRun, 'problem'>>>
}

const RUN_BYTES_MAX = 64 * 1_048_576
const ENTRIES_MAX = 100_000
const SAME_ID_MAX = 999

export function runStore(stateDir: string): RunStore {
  const root = join(stateDir, 'runs')
  const readRun = async (runId: string): Promise<RunFile> => {
    const file = join(root, runId, 'run.json')
    return parseRunFile(Buffer.from(await readPlainFile(file, RUN_BYTES_MAX)).toString('utf8'), file)
  }
  return {
    write: (runId, texts) => write(root, runId, texts),
    list: async () => {
      const listed: ListedRun[] = []
      for (const runId of await runIds(root)) {
        const entry = { runId, folder: join(root, runId) }
        listed.push(
          await readRun(runId).then(
            (run) => ({ ...entry, run }),
            (error: unknown) => ({ ...entry, problem: messageOf(error) }),
          ),
        )
      }
      return listed
    },
    read: async (text) => {
      const runId = find(root, await runIds(root), text)
      return { runId, folder: join(root, runId), run: await readRun(runId) }
    },
  }
}

/** No folder: no run was made yet. Writers' unfinished folders are passed over. */
async function runIds(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new InputError(`${root}: it must be a folder of runs: ${messageOf(error)}`, { folder: root }, error)
  })
  if (entries.length > ENTRIES_MAX)
    throw new InputError(`${root}: ${entries.length} entries; at most ${ENTRIES_MAX}`, { folder: root })
  return entries
    .filter((entry) => entry.isDirectory() && isRunId(entry.name))
    .map(({ name }) => name)
    .sort()
}

function find(root: string, ids: readonly string[], text: string): string {
  const found = ids.includes(text) ? [text] : ids.filter((runId) => runId.startsWith(text))
  const [only, ...others] = found
  if (only !== undefined && text !== '' && others.length === 0) return only
  const shown = found.length > 5 ? [...found.slice(0, 5), '…'] : found
  const rule =
    found.length > 1
      ? `several begin so: ${shown.join(', ')}`
      : `no run in ${root} begins so (\`tickwright runs list\` shows them)`
  throw new InputError(`run was ${JSON.stringify(text)}; ${rule}`, { run: text })
}

async function write(root: string, runId: string, texts: RunTexts) {
  return await withTemporaryFolder(root, async (temporary) => {
    const whole = join(temporary, 'run')
    await mkdir(whole)
    await allOver(Object.entries(texts).map(([name, pieces]) => writePieces(join(whole, name), pieces)))
    await syncFolder(whole)
    const id = await moveInto(whole, root, runId)
    await syncFolder(root)
    return { runId: id, folder: join(root, id) }
  })
}

/** Rejects like the first of them, but only when nothing is being written any more: the folder is removed then. */
async function allOver(writing: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(writing)).find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
}

/** A folder that is not empty is never replaced by a rename. */
async function moveInto(whole: string, root: string, runId: string): Promise<string> {
  for (let number = 1; number <= SAME_ID_MAX; number++) {
    const id = number === 1 ? runId : `${runId}-${number}`
    try {
      await rename(whole, join(root, id))
      return id
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') throw error
    }
  }
  throw new InputError(`${join(root, runId)}: ${SAME_ID_MAX} runs have this id; remove some`, { runId })
}

async function writePieces(file: string, pieces: Iterable<string>): Promise<void> {
  const handle = await open(file, 'w', 0o644)
  try {
    for (const piece of pieces) await handle.writeFile(piece)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
