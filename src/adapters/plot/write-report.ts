import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'

/** Writes a text file, its folder included: the old content or the new one, never a part. Throws `InputError` naming the file. */
export async function writeReport(file: string, text: string): Promise<void> {
  const temporary = `${file}.writing-${process.pid}`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(temporary, text)
    await rename(temporary, file)
  } catch (thrown) {
    throw new InputError(`${file}: it must be a writable file: ${messageOf(thrown)}`, { file }, thrown)
  }
}
