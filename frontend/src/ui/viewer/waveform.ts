/** The loudness of audio over time, as bars to draw. Pure. */

export const BARS = 180
/** Samples looked at for each bar. */
const LOOKED = 1000

/** The loudest sample in each of so many equal parts, with the loudest of all as 1. */
export function peaks(samples: Float32Array, bars = BARS): number[] {
  const part = samples.length / bars
  const step = Math.max(1, Math.floor(part / LOOKED))
  const found = Array.from({ length: bars }, (_, bar) => {
    let most = 0
    const end = Math.min(samples.length, Math.floor((bar + 1) * part))
    for (let at = Math.floor(bar * part); at < end; at += step) {
      most = Math.max(most, Math.abs(samples[at] ?? 0))
    }
    return most
  })
  const loudest = Math.max(...found)
  return loudest ? found.map(one => one / loudest) : found
}
