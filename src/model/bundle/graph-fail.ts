/** Refuses a graph by an `InputError` that names its file. */
export type Fail = (field: string, value: unknown, rule: string) => never
