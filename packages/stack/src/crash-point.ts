/**
 * A named moment after a durable step, where a crash must do no harm. Does nothing; under the exports condition
 * `crash-test` it is replaced by `crash-point.kill.ts`, which can stop the process here.
 */
export const crashPoint = async (_name: string): Promise<void> => {}
