import { isLeaseLost, type RunSession } from './run-session.ts'

const logsEveryMs = 1_000
// How long somebody waits who cancels a run.
const longestBeatMs = 2_000
// A clock that was set back must not turn beats into a storm.
const shortestBeatMs = 10

/**
 * Keeps a run alive: renews its lease in time, hears whether somebody cancels it, and sends the logs of running steps each second. Answers
 * with the function that ends this. A beat that fails for another reason than a lost lease is tried again at the next.
 */
export function keepLease(session: RunSession, leaseMs: number): () => void {
  let isBeating = false
  const beat = async () => {
    if (isBeating) return
    isBeating = true
    try {
      const body = { leaseToken: session.leaseToken }
      const { cancelRequest } = await session.client.heartbeatRun({ ...session.held, body })
      if (cancelRequest) session.cancel(cancelRequest)
    } catch (error) {
      if (isLeaseLost(error)) session.noticeEnd(error)
    } finally {
      isBeating = false
    }
  }
  const beats = setInterval(beat, Math.max(shortestBeatMs, Math.min(leaseMs / 3, longestBeatMs)))
  const flushes = setInterval(() => {
    for (const journal of session.journals) void journal.flush()
  }, logsEveryMs)
  return () => {
    clearInterval(beats)
    clearInterval(flushes)
  }
}
