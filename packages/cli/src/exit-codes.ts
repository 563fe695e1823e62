/** What the exit code of every command means. */
export const exitCodes = { done: 0, refused: 1, usage: 2, pending: 3 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
