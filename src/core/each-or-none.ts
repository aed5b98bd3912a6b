interface Releasable {
  release(): Promise<unknown>
}

/** One after another; what has been made is released again when another cannot be. */
export async function eachOrNone<A, B>(
  all: readonly A[],
  make: (one: A) => Promise<B>,
  releasable: (made: B) => Releasable,
): Promise<readonly B[]> {
  const made: B[] = []
  try {
    for (const one of all) made.push(await make(one))
    return made
  } catch (error) {
    await releaseAll(made.map(releasable))
    throw error
  }
}

/** What cannot be released is gone already; it must not hide why all are released, nor undo what they were there for. */
export async function releaseAll(all: readonly Releasable[]): Promise<void> {
  await Promise.allSettled(all.map((one) => one.release()))
}
