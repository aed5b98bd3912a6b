/** One request to stop, from whoever comes first. */
export interface StopSwitch {
  ask(why: string): void
  readonly asked: Promise<string>
}

export function stopSwitch(): StopSwitch {
  let ask: (why: string) => void = () => undefined
  const asked = new Promise<string>((resolve) => {
    ask = resolve
  })
  return { ask: (why) => ask(why), asked }
}
