import type { Alert } from '../../core/alert.ts'
import { ofGroup } from '../models/model-families.ts'
import { makeAlert } from './make-alert.ts'

/** The same, told of the models of a group; undefined: of all. */
export const groupAlert = (group: string | undefined, alert: Alert): Alert => {
  if (group === undefined) return alert
  const { at, kind, severity, id, text, data } = alert
  return makeAlert(at, kind, severity, `${group}:${id}`, `${ofGroup(group)}${text}`, { ...data, group })
}
