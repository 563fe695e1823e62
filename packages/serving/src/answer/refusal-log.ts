/** A refusal, as whoever runs the service may know it: nothing of what was sent, which may be about a person. */
export type Refusal = { requestId: string; status: number; code: string; method?: string; path?: string }

/** Names refusals in the log; beyond so many a second they are counted together, so that nobody can fill it. */
export type RefusalLog = { write: (refusal: Refusal) => void }

const MOST_A_SECOND = 20
const SECOND_MS = 1_000

export function openRefusalLog(log: { info: (fields: object, message: string) => void }): RefusalLog {
  let written = 0
  let unnamed = 0
  const nextSecond = () => {
    if (unnamed > 0) log.info({ requests: unnamed }, 'were refused in the same second')
    written = 0
    unnamed = 0
  }
  return {
    write: (refusal) => {
      if (written === 0) setTimeout(nextSecond, SECOND_MS).unref()
      if (written < MOST_A_SECOND) {
        written++
        log.info(refusal, 'a request was refused')
      } else unnamed++
    },
  }
}
