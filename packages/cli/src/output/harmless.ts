const HARMFUL = /\p{Cc}(?:\[(?:0|1|2|22|3[1-79]|9[0-7])m)?|[\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu

/**
 * Text for a terminal, in which names, reasons and log lines of others stand. What moves the cursor, hides, or turns text
 * around is shown as its number; line ends, tabs and the colours that commands use themselves (`colours.ts`) are kept.
 */
export const harmless = (text: string): string =>
  text.replaceAll(HARMFUL, (found) => {
    const isColour = found.length > 1 && found.startsWith('\u001b')
    if (isColour || found === '\n' || found === '\t') return found
    return `\\u{${found.codePointAt(0)!.toString(16)}}${found.slice(1)}`
  })
