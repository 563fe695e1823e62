/** How whoever waits for work is told that there may be some. */
export type Wake = {
  /** Ends the wait that is under way, or the next one at once. */
  call: () => void
  /** Resolves when called, or after `ms`. */
  wait: (ms: number) => Promise<void>
}

export function openWake(): Wake {
  let wasCalled = false
  let end = () => {}
  return {
    call: () => {
      wasCalled = true
      end()
    },
    wait: async (ms) => {
      if (!wasCalled)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          end = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      wasCalled = false
    },
  }
}
