/** What the trainer tells: people read `text`, programs the rest. */
export interface SidecarEvent {
  readonly kind:
    | 'started'
    | 'training'
    | 'progress'
    | 'trained'
    | 'failed'
    | 'challenge'
    | 'refuse'
    | 'promote'
    | 'shadow'
    /** Something is in the way; the trainer goes on. */
    | 'problem'
  readonly text: string
  readonly version?: string
  readonly numbers?: Readonly<Record<string, number | null>>
}
