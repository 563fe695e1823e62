import { canonicalJson } from '@airlock-ml/bundle'
import { type Freeze, type Gate, type PolicySpec, reachesGrade } from '@airlock-ml/contract'
import { loosensLimits } from '../monitoring/loosens-limits.ts'
import { driftLimits } from './drift-limits.ts'
import { durationMs } from './duration.ts'

/**
 * Whether a policy lets anything through that the one before would not. Only what is provably as strict in every
 * respect does not; what this function does not know counts as looser, and so does the first policy of a stage, since
 * nothing enters without one.
 */
export function loosens(before: PolicySpec | null, after: PolicySpec): boolean {
  if (before === null) return true
  const { name: _, gates, approvals, freeze, soak, requested_by: by, monitoring, ...rest } = before
  const {
    name: __,
    gates: newGates,
    approvals: newApprovals,
    freeze: newFreeze,
    soak: newSoak,
    requested_by: newBy,
    monitoring: newMonitoring,
    ...newRest
  } = after
  const isAsStrict =
    isSame(rest, newRest) &&
    !loosensLimits(driftLimits(monitoring), driftLimits(newMonitoring)) &&
    (by === undefined || isSame(by, newBy ?? {})) &&
    gates.every((gate) => newGates.some((each) => isAsStrictGate(gate, each))) &&
    areAsStrict(approvals, newApprovals) &&
    freeze.every((window) => newFreeze.some((each) => covers(each, window))) &&
    (soak === undefined || (newSoak !== undefined && durationMs(newSoak) >= durationMs(soak)))
  return !isAsStrict
}

const isSame = (a: object, b: object): boolean =>
  Buffer.from(canonicalJson(a as never)).equals(Buffer.from(canonicalJson(b as never)))

/** The same to the letter, but for a higher least grade. */
const isAsStrictGate = ({ grade, ...gate }: Gate, { grade: newGrade, ...newGate }: Gate): boolean =>
  isSame(gate, newGate) && reachesGrade(newGrade, grade)

type Approvals = PolicySpec['approvals']

function areAsStrict(before: Approvals, after: Approvals): boolean {
  const { required, roles, expires_after: expiry, ...rest } = before
  const { required: newRequired, roles: newRoles, expires_after: newExpiry, ...newRest } = after
  return (
    isSame(rest, newRest) &&
    newRequired >= required &&
    newRoles.every((role) => roles.includes(role)) &&
    (expiry === undefined || (newExpiry !== undefined && durationMs(newExpiry) <= durationMs(expiry)))
  )
}

/** Whether a freeze window holds at every moment at which another does. */
function covers(wide: Freeze, narrow: Freeze): boolean {
  if (wide.timezone !== narrow.timezone) return false
  if ('from' in wide) return 'from' in narrow && wide.from <= narrow.from && narrow.to <= wide.to
  if ('from' in narrow) return false
  const isEveryDay = narrow.weekdays.every((day) => wide.weekdays.includes(day))
  return isEveryDay && wide.between[0] <= narrow.between[0] && narrow.between[1] <= wide.between[1]
}
