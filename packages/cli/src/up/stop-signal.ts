/** Resolves when the process is asked to stop: by a signal, or because the one that started it is gone. */
export const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    // Listeners stay: a second Ctrl-C must not cut the drain short.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
    process.on('disconnect', resolve)
  })
