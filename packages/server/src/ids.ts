import { getRandomValues } from 'node:crypto'
import { V7Generator } from 'uuidv7'

/** Asking the system for randomness costs more than an id; it is asked for this many 32-bit numbers at a time. */
const POOL_SIZE = 1_024

const pool = new Uint32Array(POOL_SIZE)
let used = POOL_SIZE

function nextUint32(): number {
  if (used === POOL_SIZE) {
    getRandomValues(pool)
    used = 0
  }
  return pool[used++]!
}

const generator = new V7Generator({ nextUint32 })
// A clock that is set back by more starts a new order: it was wrong before, not now.
generator.setRollbackAllowance(86_400_000)

/** A new UUIDv7: sorts by time, within one process also inside a millisecond and when its clock is set back. */
export const newId = (): string => generator.generate().toString()
