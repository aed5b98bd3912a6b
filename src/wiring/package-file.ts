import { fileURLToPath } from 'node:url'

/** Path of a file that ships with the program, wherever it is started from. Holds for `src/wiring` and `dist/wiring`. */
export const packageFile = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url))
