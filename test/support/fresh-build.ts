import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

const BUILT = 'dist/.tsbuildinfo'

/** Tests of the whole program run it as users do, built; this builds it when a source is newer than the last build. */
export default function freshBuild(): void {
  const newest = Math.max(
    ...readdirSync('src', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs),
  )
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs > newest) return
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
  // The compiler leaves the file alone when a change makes no difference.
  utimesSync(BUILT, new Date(), new Date())
}
