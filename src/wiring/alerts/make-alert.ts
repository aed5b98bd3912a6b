import type { Alert, AlertKind, AlertSeverity } from '../../core/alert.ts'
import type { EpochMs } from '../../core/units.ts'

const ID_LENGTH_MAX = 200

/** `id` names the event, so that meeting it again says nothing new. */
export const makeAlert = (
  at: EpochMs,
  kind: AlertKind,
  severity: AlertSeverity,
  id: string,
  text: string,
  data: Alert['data'] = {},
): Alert => ({ id: id.slice(0, ID_LENGTH_MAX), at, kind, severity, text, data })
