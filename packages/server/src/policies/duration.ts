const unitMs = { m: 60_000, h: 60 * 60_000, d: 24 * 60 * 60_000 }

/** Milliseconds of a length of time that the contract has checked: `90m`, `24h`, `7d`. */
export const durationMs = (text: string): number =>
  Number(text.slice(0, -1)) * unitMs[text.at(-1) as keyof typeof unitMs]
