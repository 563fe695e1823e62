const passed = new Map<string, number>()

/**
 * Kills this process with SIGKILL when the environment's `AIRLOCK_CRASH_AT` is `name`, or `name#K` and it is the K-th
 * time the point is passed. No code runs after it.
 */
export const crashPoint = async (name: string): Promise<void> => {
  const times = (passed.get(name) ?? 0) + 1
  passed.set(name, times)
  const wanted = process.env.AIRLOCK_CRASH_AT
  if (wanted !== `${name}#${times}` && !(wanted === name && times === 1)) return
  process.kill(process.pid, 'SIGKILL')
  // The signal may take a moment to arrive; blocking the thread keeps everything else in the process from running on.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
