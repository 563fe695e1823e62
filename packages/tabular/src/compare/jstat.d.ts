// jStat has no types of its own.
declare module 'jstat' {
  export const jStat: {
    /** The regularised incomplete beta function. */
    ibeta(x: number, a: number, b: number): number
    gammaln(x: number): number
    beta: {
      inv(p: number, alpha: number, beta: number): number
    }
    chisquare: {
      inv(p: number, degreesOfFreedom: number): number
    }
    normal: {
      cdf(x: number, mean: number, sd: number): number
      inv(p: number, mean: number, sd: number): number
    }
  }
}
