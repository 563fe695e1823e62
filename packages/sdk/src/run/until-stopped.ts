/** Does work until it ends or `stop` is aborted, whichever is first. A step's function cannot be killed, only left. */
export async function untilStopped<T>(stop: AbortSignal, work: () => Promise<T>): Promise<T> {
  let leave = () => {}
  const stopped = new Promise<never>((_, reject) => {
    leave = () => reject(stop.reason)
    stop.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work(), stopped])
  } finally {
    stop.removeEventListener('abort', leave)
  }
}
