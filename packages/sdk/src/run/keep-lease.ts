import { isLeaseLost, type RunSession } from './run-session.ts'

const logsEveryMs = 1_000

/**
 * Keeps a run alive: renews its lease at a third of its length and sends the logs of running steps each second. Answers
 * with the function that ends this. A beat that fails for another reason than a lost lease is tried again at the next.
 */
export function keepLease(session: RunSession, leaseMs: number): () => void {
  let isBeating = false
  const beat = async () => {
    if (isBeating) return
    isBeating = true
    try {
      await session.client.heartbeatRun({ ...session.held, body: { leaseToken: session.leaseToken } })
    } catch (error) {
      if (isLeaseLost(error)) session.noticeLost(error)
    } finally {
      isBeating = false
    }
  }
  const beats = setInterval(beat, leaseMs / 3)
  const flushes = setInterval(() => {
    for (const journal of session.journals) void journal.flush()
  }, logsEveryMs)
  return () => {
    clearInterval(beats)
    clearInterval(flushes)
  }
}
