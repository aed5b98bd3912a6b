/** One after another; what has been made is released again when another cannot be. */
export async function eachOrNone<A, B>(
  all: readonly A[],
  make: (one: A) => Promise<B>,
  release: (made: B) => Promise<void>,
): Promise<readonly B[]> {
  const made: B[] = []
  try {
    for (const one of all) made.push(await make(one))
    return made
  } catch (error) {
    await Promise.all(made.map(release))
    throw error
  }
}
