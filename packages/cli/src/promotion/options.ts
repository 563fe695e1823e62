/** How long a command waits for a promotion. */
export const timeoutOption = {
  value: 'SECONDS',
  integer: true,
  default: 600,
  summary: 'How long to wait; then it ends with exit code 3',
} as const
